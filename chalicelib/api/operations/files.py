"""One file: its progress and counts, the bank's result files, and the resend of messages."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from chalicelib.adapters import bucket_keys
from chalicelib.adapters.ports import Batches, Clock, Links, Objects, Outbox
from chalicelib.api.audit import Shown, Subject
from chalicelib.api.operations.counts import Message, OtherMessages, Rupiah, SmsCounts, Usd
from chalicelib.api.operations.model import Reason, RequestModel, View, demand_reason
from chalicelib.api.operations.money.money_views import MoneyView, money_view
from chalicelib.api.operations.money.reversal_views import ReversalView, reversal_view
from chalicelib.api.operations.outlook import Outlook
from chalicelib.api.permissions import Caller, Role
from chalicelib.api.refusals import NotFound
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.file import standstill
from chalicelib.domain.file.batch import Batch, BatchStatus
from chalicelib.domain.file.summary import Sums, cost_of_messages, figures, summary
from chalicelib.domain.findings.code import FOR_DEPARTMENT
from chalicelib.domain.person.enrollment import Sms
from chalicelib.domain.person.reference import is_batch_id
from chalicelib.kinds.people_in_file import people_of
from chalicelib.kinds.registry import KINDS
from chalicelib.steps.resend import resend_jobs

LINK_VALID = timedelta(minutes=5)
_SUMMARY = "ringkasan.json"
"""It has counts and sums alone, of nobody."""
_RESULTS = (
    "hasil.xlsx", "ditolak.xlsx", "konfirmasi.xlsx", "hasil.csv", "ditolak.csv", "konfirmasi.csv",
    _SUMMARY,
)  # fmt: skip


class SmsEstimateView(View):
    """The estimate of a file's messages; intake makes it when it reads the file."""

    parts: int
    cost_usd: Usd | None = Field(description="null for banks: the department pays for messages")
    left_usd: Usd | None = Field(
        description="what is left of the month's budget; null without a budget"
    )


class NobodyLine(View):
    """A line that is nobody, and why."""

    line: int
    reason: str
    message: str


class NobodyView(View):
    """The lines of a file that are no rows: totals, headings, notes, signatures."""

    count: int
    lines: list[NobodyLine] = Field(description="the first hundred")


class LostView(View):
    """What the results of a file that was given up cannot have; zeros in any other file."""

    rows: int = Field(description="rows that cannot be read any more")
    accepted: int = Field(description="people of those rows who are enrolled")
    premium_total: Rupiah


class StuckView(View):
    """Why a file makes no progress, for staff: the sweep's own words, and what they mean."""

    code: str
    reason: str = Field(description="`chunks: 3`: the code, and how much is missing")
    message: str


class BatchView(View):
    """A file: its progress, counts and sums."""

    batch: str
    file: str = Field(description="the name of the uploaded file")
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
    nobody: NobodyView
    warnings: int
    erased: int
    corrects: str | None = Field(
        description="the file whose rows came back corrected in this one; null in any other"
    )
    corrected_by: list[str] = Field(description="the files in which rows of this one came back")
    premium_total: Rupiah
    aid_total: Rupiah
    net_aid_total: int = Field(description="whole rupiah")
    sms: SmsCounts = Field(description="the confirmations")
    other_messages: OtherMessages
    errors: list[Message]
    file_warnings: list[Message]
    codes: dict[str, int]
    progress: float = Field(ge=0, le=1, description="the share of rows that have an outcome")
    sms_done_by: datetime | None = Field(
        description="when its last message goes out; null if no message waits or it is unknown"
    )
    sms_paused: bool = Field(description="whether staff have paused this file's messages")
    sms_estimate: SmsEstimateView | None
    given_up: bool = Field(
        description="whether the file was given up: its results are final, and say what is missing"
    )
    lost: LostView
    money: MoneyView | None = Field(
        description="where the premiums of a file of recipients are; null in the list of files, and"
        " for other kinds of files"
    )
    matched: dict[str, int] = Field(
        description="the rows of a confirmation by what they state; empty for other kinds of files"
    )
    breaks: dict[str, int] = Field(
        description="the rows of a confirmation by why they changed nobody; the list of rows takes"
        " these codes"
    )
    reversal: ReversalView | None = Field(
        description="the reversal of a confirmation; null if nobody has proposed one"
    )
    stuck: StuckView | None = Field(
        description="why the file makes no progress, or was given up; null for a bank"
    )
    for_department: dict[str, int] = Field(
        description="how often rows disagree with another bank's enrollment; empty unless the"
        " caller is of the department"
    )


class ResultFile(View):
    """A file to download; the address is valid until `expires_at`."""

    name: str
    url: str
    expires_at: datetime


class ResultsQuery(RequestModel):
    """Why the results are needed: staff must say it; a bank gets its own file without a reason."""

    reason: Reason | None = Field(
        None, description="required of staff, once there are results of people"
    )


class FilesResponse(View):
    """Files to download."""

    files: list[ResultFile]


class ResendBatchRequest(RequestModel):
    """Why to send a file's failed messages again."""

    reason: Reason


class ResendBatchResponse(View):
    """How many messages of people have failed, and how many jobs send them again."""

    people: int
    jobs: int


def of_caller(batch: str, *, caller: Caller, subject: Subject, batches: Batches) -> Batch:
    """Return a file that this caller may see.

    Raises:
        NotFound: no file has this id, or it is another bank's.
    """
    batch = batch.upper()  # a user may type the id by hand
    # Query valid ids only: DynamoDB refuses a key of more than 2,048 bytes.
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
    """Return a file with its progress, counts and sums.

    Raises:
        NotFound: no file has this id, or it is another bank's.
    """
    found = of_caller(batch, caller=caller, subject=subject, batches=batches)
    moved = batches.moved(found.id) if found.programme else None
    sums = Sums.of(batches.chunks(found.id), moved)
    shown = view(found, sums, caller=caller, agreements=agreements, outlook=outlook)
    money = money_view(sums.balance) if found.programme else None
    return shown.model_copy(update={"money": money})


def view(
    batch: Batch, sums: Sums, *, caller: Caller, agreements: Agreements, outlook: Outlook
) -> BatchView:
    """Return the view of a file for this caller; `sums` are the sums over its chunks."""
    bank = agreements.bank(batch.bank)
    sums_of = summary(batch, sums, KINDS.catalogue_of(batch.scheme))
    if batch.estimate:
        hidden = {"cost_usd": None, "left_usd": None}
        is_of_bank = caller.role is Role.BANK
        sums_of["sms_estimate"] |= hidden if is_of_bank else cost_of_messages(batch.estimate)
    kind = KINDS.of(batch.scheme)
    stated = (
        figures(batch, sums, KINDS.catalogue_of(batch.scheme), kind.matched) if kind.matched else {}
    )
    shown: dict[str, Any] = {
        **sums_of,
        "bank_name": bank.name if bank else batch.bank,
        "received_at": batch.received_at,
        "progress": _progress(batch, sums),
        "sms_done_by": outlook.done_by(batch, sums),
        "sms_paused": outlook.is_paused(batch),
        "money": None,
        "matched": stated.get("matched", {}),
        "breaks": stated.get("breaks", {}),
        "reversal": reversal_view(batch, caller),
        "stuck": _stuck(batch) if caller.bank is None else None,
        "for_department": _for_department(sums) if caller.role is Role.DINAS else {},
    }
    return BatchView.model_validate(shown)


def _stuck(batch: Batch) -> StuckView | None:
    reason = batch.stuck or batch.given_up
    if not reason:
        return None
    return StuckView(
        code=standstill.code_of(reason), reason=reason, message=standstill.explained(reason)
    )


def show_results(
    batch: str,
    query: ResultsQuery,
    *,
    caller: Caller,
    subject: Subject,
    show: Callable[[Iterable[Sequence[str]]], None],
    batches: Batches,
    objects: Objects,
    links: Links,
    clock: Clock,
) -> FilesResponse:
    """Return links to those of a file's results that are already written.

    The workbooks are for people, the CSV files for programs. `show` records the people in them.

    Raises:
        BadRequest: staff give no reason.
        NotFound: no file has this id, or it is another bank's.
    """
    subject.reason = query.reason
    found = of_caller(batch, caller=caller, subject=subject, batches=batches)
    folder = bucket_keys.result(found.bank, found.id, "")
    keys = {folder + name: name for name in _RESULTS}
    written = [each for each in objects.keys(folder) if each in keys]
    named = [(key, f"{found.id}-{keys[key]}") for key in sorted(written, key=list(keys).index)]
    if any(keys[key] != _SUMMARY for key in written):
        # These hold the bank's own columns, with full NIK and phone.
        if caller.bank is None:
            demand_reason(query.reason)
        subject.shown = Shown.FULL
        show(people_of(found, objects))
    return FilesResponse(files=[_link(key, name, links, clock) for key, name in named])


def resend_batch(
    batch: str,
    request: ResendBatchRequest,
    *,
    caller: Caller,
    subject: Subject,
    begin: Callable[[], None],
    batches: Batches,
    outbox: Outbox,
    clock: Clock,
) -> ResendBatchResponse:
    """Order a file's failed messages again; the resend step skips people who refuse messages.

    Raises:
        NotFound: no file has this id, or it is another bank's.
    """
    subject.reason = request.reason
    found = of_caller(batch, caller=caller, subject=subject, batches=batches)
    begin()
    chunks = batches.chunks(found.id)
    jobs = resend_jobs(found.id, caller.username, request.reason, clock(), chunks)
    outbox.resend(jobs)
    failed = sum(sum(each.in_state(Sms.FAILED).values()) for each in chunks if not each.lost)
    return ResendBatchResponse(people=failed, jobs=len(jobs))


def _link(key: str, name: str, links: Links, clock: Clock) -> ResultFile:
    url = links.download(key, name=name, valid=LINK_VALID)
    return ResultFile(name=name.partition("-")[2], url=url, expires_at=clock() + LINK_VALID)


def _for_department(sums: Sums) -> dict[str, int]:
    codes = sums.tally.codes
    return {code: codes[code] for code in sorted(codes) if code.startswith(FOR_DEPARTMENT)}


def _progress(batch: Batch, sums: Sums) -> float:
    if batch.status in {BatchStatus.REFUSED, BatchStatus.COMPLETED}:
        return 1.0
    return min(1.0, sums.tally.rows / batch.rows) if batch.rows else 0.0
