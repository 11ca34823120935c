"""The lists of people whom no message has reached, for officers to call on."""

from collections.abc import Callable

from pydantic import Field

from chalicelib.adapters.protocols import Clock, Links, Objects, Queue
from chalicelib.audit import Shown, Subject
from chalicelib.domain.jobs import OutreachJob
from chalicelib.domain.programme import Agreements
from chalicelib.outreach import outreach_keys
from chalicelib.queries.files import LINK_VALID, FilesResponse, ResultFile
from chalicelib.queries.model import Asked, View
from chalicelib.refusals import BadRequest


class OutreachRequest(Asked):
    """Of which bank's people to write the lists; code or short name."""

    bank: str = Field(pattern=r"^[0-9A-Za-z_-]{1,32}$")


class QueuedResponse(View):
    """That it will be done in a while."""

    queued: bool


def order_outreach(
    request: OutreachRequest,
    *,
    subject: Subject,
    begin: Callable[[], None],
    report_queue: Queue,
    agreements: Agreements,
) -> QueuedResponse:
    """Have a bank's lists written anew.

    Raises:
        BadRequest: there is no such bank.
    """
    subject.bank = _code(request.bank, agreements)
    begin()
    report_queue.send([OutreachJob(outreach=subject.bank).model_dump_json()])
    return QueuedResponse(queued=True)


def show_outreach(
    query: OutreachRequest,
    *,
    subject: Subject,
    objects: Objects,
    links: Links,
    agreements: Agreements,
    clock: Clock,
) -> FilesResponse:
    """Return where a bank's lists can be downloaded; they hold phone numbers in full.

    Raises:
        BadRequest: there is no such bank.
    """
    subject.bank = _code(query.bank, agreements)
    folder, until = outreach_keys(subject.bank), clock() + LINK_VALID
    files = []
    for key in objects.keys(folder):
        name = key.removeprefix(folder)
        url = links.download(key, name=name, valid=LINK_VALID)
        files.append(ResultFile(name=name, url=url, expires_at=until))
    subject.shown = Shown.FULL if files else Shown.NOTHING
    return FilesResponse(files=files)


def _code(bank: str, agreements: Agreements) -> str:
    known = agreements.bank(bank)
    if known is None:
        raise BadRequest("bank_unknown", "Bank itu tidak dikenal. Pilih bank dari daftar.")
    return known.code
