"""How far is this file, what was counted, and what did the bank get back?"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from chalicelib.adapters.protocols import Batches, Clock, Links, Objects, Queue
from chalicelib.audit import Shown, Subject
from chalicelib.domain.batch import Batch, BatchStatus
from chalicelib.domain.programme import Agreements
from chalicelib.domain.reference import is_batch_id
from chalicelib.domain.summary import Sums, summary
from chalicelib.permissions import Caller
from chalicelib.queries.counts import Message, Rupiah, SmsCounts, Usd
from chalicelib.queries.model import Asked, View
from chalicelib.queries.outlook import Outlook
from chalicelib.queries.people import Reason
from chalicelib.refusals import NotFound
from chalicelib.report import results_key
from chalicelib.resend import resend_jobs

LINK_VALID = timedelta(minutes=5)
_RESULTS = ("hasil.csv", "ditolak.csv", "ringkasan.json")


class SmsEstimateView(View):
    """What a file's messages were reckoned to take, when it was read."""

    parts: int
    cost_usd: Usd
    left_usd: Usd | None = Field(description="of the month's budget; null where there is none")


class BatchView(View):
    """A file: how far it is, its counts and sums."""

    batch: str
    file: str = Field(description="the file's name as it was uploaded")
    bank: str
    bank_name: str
    scheme: str
    programme: str | None
    status: BatchStatus
    received_at: datetime
    rows: int
    accepted: int
    duplicate: int
    conflict: int
    rejected: int
    warnings: int
    erased: int
    premium_total: Rupiah
    aid_total: Rupiah
    net_aid_total: int = Field(description="whole rupiah")
    sms: SmsCounts
    errors: list[Message]
    file_warnings: list[Message]
    codes: dict[str, int]
    progress: float = Field(ge=0, le=1, description="share of the rows that is settled")
    sms_done_by: datetime | None = Field(
        description="when the last of its people is told; null where none waits, or none knows"
    )
    sms_paused: bool = Field(description="whether staff have stopped this file's messages")
    sms_estimate: SmsEstimateView | None


class ResultFile(View):
    """A file to download; the address is good for some minutes."""

    name: str
    url: str
    expires_at: datetime


class FilesResponse(View):
    """Files to download."""

    files: list[ResultFile]


class ResendBatchRequest(Asked):
    """Why a file's failed messages are sent again."""

    reason: Reason


class ResendBatchResponse(View):
    """How many people's messages had failed, and in how many parts of the file."""

    people: int
    jobs: int


def of_caller(batch: str, *, caller: Caller, subject: Subject, batches: Batches) -> Batch:
    """Return a file that this caller may know of.

    Raises:
        NotFound: there is none of that id, or it is another bank's.
    """
    batch = batch.upper()  # it may have been read out and typed in
    # No table could be asked for just anything: a key of DynamoDB has 2,048 bytes at most.
    found = batches.get(batch) if is_batch_id(batch) else None
    if found is None or not caller.sees(found.bank):
        raise NotFound("batch_unknown", "Tidak ada berkas dengan nomor itu.")
    subject.batch, subject.bank = found.id, found.bank
    return found


def show_batch(
    batch: str,
    *,
    caller: Caller,
    subject: Subject,
    batches: Batches,
    agreements: Agreements,
    outlook: Outlook,
) -> BatchView:
    """Return how a file stands.

    Raises:
        NotFound: there is none of that id, or it is another bank's.
    """
    found = of_caller(batch, caller=caller, subject=subject, batches=batches)
    return view(found, batches=batches, agreements=agreements, outlook=outlook)


def view(batch: Batch, *, batches: Batches, agreements: Agreements, outlook: Outlook) -> BatchView:
    """Return a file as it is shown."""
    sums = Sums.of(batches.chunks(batch.id))
    bank = agreements.bank(batch.bank)
    shown: dict[str, Any] = {
        **summary(batch, sums),
        "bank_name": bank.name if bank else batch.bank,
        "received_at": batch.received_at,
        "progress": _progress(batch, sums),
        "sms_done_by": outlook.done_by(batch, sums),
        "sms_paused": outlook.is_paused(batch),
    }
    return BatchView.model_validate(shown)


def show_results(
    batch: str,
    *,
    caller: Caller,
    subject: Subject,
    batches: Batches,
    objects: Objects,
    links: Links,
    clock: Clock,
) -> FilesResponse:
    """Return where a file's results can be downloaded, as far as they are written.

    Raises:
        NotFound: there is no such file, or it is another bank's.
    """
    found = of_caller(batch, caller=caller, subject=subject, batches=batches)
    keys = {results_key(found, name): name for name in _RESULTS}
    written = [each for each in objects.keys(results_key(found, "")) if each in keys]
    named = [(key, f"{found.id}-{keys[key]}") for key in sorted(written, key=list(keys).index)]
    # They are the bank's own columns, NIK and phone among them.
    subject.shown = Shown.FULL if named else Shown.NOTHING
    return FilesResponse(files=[_link(key, name, links, clock) for key, name in named])


def resend_batch(
    batch: str,
    request: ResendBatchRequest,
    *,
    caller: Caller,
    subject: Subject,
    begin: Callable[[], None],
    batches: Batches,
    resend_queue: Queue,
    clock: Clock,
) -> ResendBatchResponse:
    """Order that a file's failed messages be sent again; who refused messages is left out then.

    Raises:
        NotFound: there is no such file.
    """
    subject.reason = request.reason
    found = of_caller(batch, caller=caller, subject=subject, batches=batches)
    begin()
    chunks = batches.chunks(found.id)
    jobs = resend_jobs(found.id, caller.username, request.reason, clock(), chunks)
    if jobs:
        resend_queue.send([each.model_dump_json() for each in jobs])
    return ResendBatchResponse(people=sum(each.sms.failed for each in chunks), jobs=len(jobs))


def _link(key: str, name: str, links: Links, clock: Clock) -> ResultFile:
    url = links.download(key, name=name, valid=LINK_VALID)
    return ResultFile(name=name.partition("-")[2], url=url, expires_at=clock() + LINK_VALID)


def _progress(batch: Batch, sums: Sums) -> float:
    if batch.status is BatchStatus.REFUSED:
        return 1.0
    return min(1.0, sums.tally.rows / batch.rows) if batch.rows else 0.0
