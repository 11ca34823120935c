"""A ticket: with it, a bank's browser uploads one file directly to the bucket."""

import secrets
from datetime import datetime, timedelta

from pydantic import Field

from chalicelib.adapters import bucket_keys
from chalicelib.adapters.ports import Clock, Links
from chalicelib.api.audit import Subject
from chalicelib.api.operations.model import RequestModel, View
from chalicelib.api.permissions import Caller
from chalicelib.api.refusals import BadRequest, Conflict, NotAllowed, TooLarge
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.file.file_name import plain_name
from chalicelib.files.limits import Limits
from chalicelib.kinds.registry import KINDS

_VALID = timedelta(minutes=15)


class UploadRequest(RequestModel):
    """The file to upload; `size` is bytes, and the bucket accepts exactly this size."""

    scheme: str = Field(
        min_length=1,
        max_length=32,
        description="a scheme, or the folder of another kind of file: KONFIRMASI",
    )
    file_name: str = Field(min_length=1, max_length=255)
    size: int = Field(ge=1)


class UploadTicket(View):
    """Where and how to post the file: all `fields` unchanged, and the form field `file` last."""

    url: str
    fields: dict[str, str]
    key: str
    file: str = Field(description="the name that the list of files will show")
    expires_at: datetime
    max_bytes: int


def ticket(
    request: UploadRequest,
    *,
    caller: Caller,
    subject: Subject,
    links: Links,
    agreements: Agreements,
    clock: Clock,
    limits: Limits | None = None,
) -> UploadTicket:
    """Return a ticket for one file of the caller's bank; it is valid for 15 minutes.

    Raises:
        NotAllowed: the caller belongs to no bank, or the bank is in no agreement.
        BadRequest: there is no such scheme.
        Conflict: no programme accepts files of this scheme from this bank now.
        TooLarge: the file has more bytes than the limit.
    """
    if caller.bank is None:
        raise NotAllowed("not_allowed", "Hanya bank yang dapat mengunggah berkas.")
    subject.bank = caller.bank
    folder = KINDS.folder(request.scheme)
    scheme, now = folder or agreements.scheme(request.scheme), clock()
    if agreements.bank(caller.bank) is None:
        raise NotAllowed("bank_unknown", "Bank Anda belum terdaftar dalam perjanjian.")
    if scheme is None:
        raise BadRequest("scheme_unknown", "Skema itu tidak dikenal. Pilih skema dari daftar.")
    # A confirmation speaks of people who are enrolled already, also after a programme has closed.
    if folder is None and agreements.programme_at(scheme, caller.bank, now) is None:
        raise Conflict(
            "programme_closed",
            f"Tidak ada program yang menerima berkas {scheme} dari bank Anda saat ini. Hubungi"
            " Dinas Koperasi.",
        )
    most = (limits or Limits()).upload_bytes
    if request.size > most:
        raise TooLarge(
            "file_too_large",
            f"Berkas terlalu besar; paling besar {most // 1024**2} MB. Bagi menjadi beberapa"
            " berkas, masing-masing dengan judul kolom.",
        )
    # The random part makes names unique, and nobody can guess one name from another.
    file = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}-{plain_name(request.file_name)}"
    subject.file = file
    key = bucket_keys.upload(caller.bank, scheme, file)
    url, fields = links.upload(key, size=request.size, valid=_VALID)
    return UploadTicket(
        url=url,
        fields=dict(fields),
        key=key,
        file=file,
        expires_at=now + _VALID,
        max_bytes=most,
    )
