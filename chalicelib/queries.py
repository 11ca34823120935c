"""What staff and banks ask: is this person protected, and how far is that file?

NIK and phone leave masked; a NIK comes in the body of a request, never in its address.
"""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.adapters.protocols import Batches, Clock, Enrollments
from chalicelib.domain.batch import Batch
from chalicelib.domain.enrollment import Enrollment
from chalicelib.domain.nik import Nik, mask_nik, parse_nik
from chalicelib.domain.phone import mask_phone
from chalicelib.domain.programme import Agreements
from chalicelib.domain.summary import Sums, summary

Rupiah = Annotated[int, Field(ge=0, description="whole rupiah")]


class QueryError(Exception):
    """A question that cannot be answered; `code` and `message` go to whoever asked."""

    status = 400

    def __init__(self, code: str, message: str) -> None:
        """Keep what is to be answered; it holds nothing of what was asked."""
        super().__init__(code)
        self.code = code
        self.message = message


class BadRequest(QueryError):
    """The question itself is wrong."""


class NotFound(QueryError):
    """There is no such thing."""

    status = 404


class LookupRequest(BaseModel):
    """Whom to look up."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    nik: str = Field(max_length=64)


class EnrollmentView(BaseModel):
    """One person's cover under one programme."""

    nik: str
    name: str
    phone: str | None
    programme: str
    scheme: str
    bank: str
    batch: str
    row: int
    reference: str
    status: str
    protected_today: bool
    starts: date
    ends: date
    premium: Rupiah
    aid: Rupiah
    rule: str
    enrolled_at: datetime
    sms: str


class LookupResponse(BaseModel):
    """Every cover that a person has or had, the latest first."""

    protected_today: bool
    enrollments: list[EnrollmentView]


class Message(BaseModel):
    """A code with its sentence in Indonesian."""

    code: str
    message: str


class SmsCounts(BaseModel):
    """How many accepted people's messages stand where."""

    pending: int
    sent: int
    delivered: int
    failed: int
    unconfirmed: int
    held: int
    unknown: int
    not_possible: int


class BatchView(BaseModel):
    """A file: how far it is, its counts and sums."""

    batch: str
    file: str
    bank: str
    scheme: str
    programme: str | None
    status: str
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
    net_aid_total: Rupiah
    sms: SmsCounts
    errors: list[Message]
    file_warnings: list[Message]
    codes: dict[str, int]
    progress: float = Field(ge=0, le=1, description="share of the rows that is settled")


def look_up(
    request: LookupRequest, *, enrollments: Enrollments, agreements: Agreements, clock: Clock
) -> LookupResponse:
    """Return a person's cover.

    Raises:
        BadRequest: what was given is no NIK.
        NotFound: nobody of that NIK is enrolled.
    """
    nik = parse_nik(request.nik)
    if not isinstance(nik, Nik):
        raise BadRequest(nik.code.value, nik.message)
    found = enrollments.of_person(nik.value)
    if not found:
        raise NotFound("not_enrolled", "NIK ini belum terdaftar dalam perlindungan.")
    now = clock()
    views = [
        _enrollment_view(each, agreements.programmes[each.programme].local_day(now))
        for each in found
    ]
    views.sort(key=lambda view: view.starts, reverse=True)
    return LookupResponse(
        protected_today=any(view.protected_today for view in views), enrollments=views
    )


def show_batch(batch: str, *, batches: Batches) -> BatchView:
    """Return how a file stands.

    Raises:
        NotFound: there is no file of that id.
    """
    batch = batch.upper()  # it may have been read out and typed in
    found = batches.get(batch)
    if found is None:
        raise NotFound("batch_unknown", "Tidak ada berkas dengan nomor itu.")
    return _batch_view(found, Sums.of(batches.chunks(batch)))


def _enrollment_view(enrollment: Enrollment, today: date) -> EnrollmentView:
    who = enrollment.recipient
    return EnrollmentView(
        nik=mask_nik(who.nik),
        name=who.name,
        phone=mask_phone(who.phone) if who.phone else None,
        programme=enrollment.programme,
        scheme=enrollment.scheme,
        bank=enrollment.bank,
        batch=enrollment.batch,
        row=enrollment.row,
        reference=enrollment.reference,
        status=enrollment.cover.value,
        protected_today=enrollment.protects_on(today),
        starts=enrollment.starts,
        ends=enrollment.ends,
        premium=enrollment.premium,
        aid=who.aid,
        rule=enrollment.rule,
        enrolled_at=enrollment.enrolled_at,
        sms=enrollment.sms.value,
    )


def _batch_view(batch: Batch, sums: Sums) -> BatchView:
    settled = sums.tally.rows / batch.rows if batch.rows else 0.0
    return BatchView.model_validate({**summary(batch, sums), "progress": settled})
