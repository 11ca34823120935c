"""A ticket with which a bank's browser uploads one file, straight into the bucket."""

import re
import secrets
from datetime import datetime, timedelta

from pydantic import Field

from chalicelib.adapters.protocols import Clock, Links
from chalicelib.audit import Subject
from chalicelib.domain.programme import Agreements
from chalicelib.files.limits import Limits
from chalicelib.permissions import Caller
from chalicelib.queries.model import Asked, View
from chalicelib.refusals import BadRequest, Conflict, NotAllowed, TooLarge

_VALID = timedelta(minutes=15)
_LONGEST = 100
# As many digits may be a NIK, a phone or an account number; addresses and lists show the name.
_NUMBER = re.compile(r"[0-9](?:[._-]*[0-9]){9,}")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class UploadRequest(Asked):
    """Which file is to be uploaded; `size` is bytes, and just so many are taken then."""

    scheme: str = Field(min_length=1, max_length=32)
    file_name: str = Field(min_length=1, max_length=255)
    size: int = Field(ge=1)


class UploadTicket(View):
    """Where and how to post the file: the fields as they are, and last of all `file`."""

    url: str
    fields: dict[str, str]
    key: str
    file: str = Field(description="the name under which the file will be listed")
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
    """Return a ticket for one file of the caller's bank, good for a quarter of an hour.

    Raises:
        NotAllowed: the caller is of no bank, or of one that hands nothing over.
        BadRequest: there is no such scheme.
        Conflict: no programme takes files of it now.
        TooLarge: more bytes than are taken.
    """
    if caller.bank is None:
        raise NotAllowed("not_allowed", "Hanya bank yang dapat mengunggah berkas.")
    subject.bank = caller.bank
    scheme, now = agreements.scheme(request.scheme), clock()
    if agreements.bank(caller.bank) is None:
        raise NotAllowed("bank_unknown", "Bank Anda belum terdaftar dalam perjanjian.")
    if scheme is None:
        raise BadRequest("scheme_unknown", "Skema itu tidak dikenal. Pilih skema dari daftar.")
    if agreements.programme_at(scheme, caller.bank, now) is None:
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
    # The random part keeps names apart, and a name that is known from being a way to guess one.
    file = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}-{safe_name(request.file_name)}"
    subject.file = file
    key = f"incoming/{caller.bank}/{scheme}/{file}"
    url, fields = links.upload(key, size=request.size, valid=_VALID)
    return UploadTicket(
        url=url,
        fields=dict(fields),
        key=key,
        file=file,
        expires_at=now + _VALID,
        max_bytes=most,
    )


def safe_name(name: str) -> str:
    """Return a file's name as it may stand in an address: plain, short, without long numbers."""
    plain = _NUMBER.sub("x", _UNSAFE.sub("-", re.split(r"[/\\]", name)[-1]))
    stem, dot, suffix = plain.strip("-._").rpartition(".")
    if not dot:
        return suffix[:_LONGEST] or "berkas"
    return f"{stem[: _LONGEST - len(suffix) - 1].rstrip('-') or 'berkas'}.{suffix[:_LONGEST]}"
