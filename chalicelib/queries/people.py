"""Is this person protected?"""

import re
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from chalicelib.adapters.protocols import Batches, Clock, Enrollments, Objects
from chalicelib.audit import Shown, Subject
from chalicelib.domain.enrollment import Cover, Enrollment, Sms
from chalicelib.domain.nik import Nik, mask_nik, parse_nik
from chalicelib.domain.phone import mask_phone
from chalicelib.domain.programme import Agreements
from chalicelib.domain.sms_reasons import explained
from chalicelib.permissions import Action, Caller
from chalicelib.queries import references
from chalicelib.queries.model import Asked, View
from chalicelib.queries.timeline import Happened, timeline
from chalicelib.refusals import BadRequest, NotFound

Rupiah = Annotated[int, Field(ge=0, description="whole rupiah")]

_TELLING_NUMBER = re.compile(
    r"\d{10,}"
    r"|(?:^|\D)\d(?:[\s._-]?\d){15}"  # a NIK, however it is grouped
    r"|(?:^|\D)(?:62[\s.()-]*|0)8\d\d(?:[\s.()-]{0,2}\d{3,})+"  # a mobile number
)
"""What a trail must not hold; days, times and amounts are none of it."""


def _tells_of_nobody(reason: str) -> str:
    if _TELLING_NUMBER.search(reason):
        raise BadRequest(
            "reason_with_number",
            "Alasan disimpan dalam catatan. Jangan tulis NIK atau nomor telepon di dalamnya.",
        )
    return reason


Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=5, max_length=500),
    AfterValidator(_tells_of_nobody),
]
"""Why somebody does something that leaves a trace, in their own words; it holds no NIK or phone."""


class Whom(Asked):
    """One person: by NIK or by the reference in the SMS, exactly one of the two."""

    nik: str | None = Field(None, max_length=64, description="dots and spaces do not matter")
    reference: str | None = Field(None, max_length=64, description="as in the SMS")

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.nik is None) == (self.reference is None):
            raise ValueError("exactly one of nik and reference")
        return self


class LookupRequest(Whom):
    """Whom to look up; `unmask` shows NIK and phone in full and wants a reason."""

    unmask: bool = False
    reason: Reason | None = None


class EnrollmentView(View):
    """One person's cover under one programme."""

    nik: str = Field(description="masked, unless it was asked for in full")
    name: str
    phone: str | None = Field(description="masked like the NIK; null where there is none")
    programme: str
    scheme: str
    bank: str
    bank_name: str
    batch: str
    row: int = Field(description="line of a CSV, or row of a sheet, in the bank's file")
    reference: str
    status: Cover
    protected_today: bool
    starts: date
    ends: date
    premium: Rupiah
    aid: Rupiah
    rule: str
    enrolled_at: datetime
    sms: Sms
    sms_at: datetime | None
    sms_reason: str | None
    sms_explanation: str | None = Field(description="the reason in Indonesian")
    timeline: list[Happened]


class LookupResponse(View):
    """Every cover that a person has or had, the latest first."""

    protected_today: bool
    enrollments: list[EnrollmentView]


def look_up(
    request: LookupRequest,
    *,
    caller: Caller,
    subject: Subject,
    enrollments: Enrollments,
    batches: Batches,
    objects: Objects,
    agreements: Agreements,
    clock: Clock,
) -> LookupResponse:
    """Return a person's cover; to a bank, only what its own files made.

    Raises:
        BadRequest: what was given is no NIK or reference, or the reason is missing.
        NotAllowed: this caller may not see NIK and phone in full.
        NotFound: nobody of that NIK or reference is enrolled.
    """
    subject.reason = request.reason
    if request.unmask:
        caller.demand(Action.UNMASK)
        if request.reason is None:
            raise BadRequest("reason_missing", "Tuliskan alasan untuk melihat data lengkap.")
    found = enrolled(
        request,
        caller=caller,
        subject=subject,
        enrollments=enrollments,
        batches=batches,
        objects=objects,
    )
    now = clock()
    views = [
        view(each, caller=caller, agreements=agreements, now=now, masked=not request.unmask)
        for each in found
    ]
    views.sort(key=lambda view: (view.starts, view.enrolled_at), reverse=True)
    subject.shown = Shown.FULL if request.unmask else Shown.MASKED
    return LookupResponse(
        protected_today=any(view.protected_today for view in views), enrollments=views
    )


def enrolled(
    whom: Whom,
    *,
    caller: Caller,
    subject: Subject,
    enrollments: Enrollments,
    batches: Batches,
    objects: Objects,
) -> list[Enrollment]:
    """Return the enrollments of one person that this caller may know of; one at least.

    Raises:
        BadRequest: what was given is no NIK or reference.
        NotFound: there is none.
    """
    if whom.reference is not None:
        batch, row = references.parsed(whom.reference)
        subject.batch = batch
        subject.reference = f"{batch}-{row}"
        nik = references.nik_at(batch, row, caller=caller, batches=batches, objects=objects)
    else:
        batch, row, nik = None, None, _nik(whom.nik or "")
    if nik is None:
        raise _not_enrolled(caller)
    subject.niks = (nik,)
    found = enrollments.of_person(nik)
    # A row that came second leads to nobody: its person is protected by another one's reference.
    if batch is not None and row is not None and not any(e.is_row(batch, row) for e in found):
        raise _not_enrolled(caller)
    seen = [each for each in found if caller.sees(each.bank)]
    if not seen:
        raise _not_enrolled(caller)
    return seen


def view(
    enrollment: Enrollment,
    *,
    caller: Caller,
    agreements: Agreements,
    now: datetime,
    masked: bool = True,
) -> EnrollmentView:
    """Return one person's cover as this caller sees it."""
    who = enrollment.recipient
    phone = who.phone and (mask_phone(who.phone) if masked else who.phone)
    bank = agreements.bank(enrollment.bank)
    bank_name = bank.name if bank else enrollment.bank
    return EnrollmentView(
        nik=mask_nik(who.nik) if masked else who.nik,
        name=who.name,
        phone=phone or None,
        programme=enrollment.programme,
        scheme=enrollment.scheme,
        bank=enrollment.bank,
        bank_name=bank_name,
        batch=enrollment.batch,
        row=enrollment.row,
        reference=enrollment.reference,
        status=enrollment.cover,
        protected_today=enrollment.protects_on(
            agreements.programmes[enrollment.programme].local_day(now)
        ),
        starts=enrollment.starts,
        ends=enrollment.ends,
        premium=enrollment.premium,
        aid=who.aid,
        rule=enrollment.rule,
        enrolled_at=enrollment.enrolled_at,
        sms=enrollment.sms,
        sms_at=enrollment.sms_at,
        sms_reason=enrollment.sms_reason,
        sms_explanation=explained(enrollment.sms_reason),
        timeline=timeline(enrollment, bank_name=bank_name, caller=caller),
    )


def _nik(text: str) -> str:
    nik = parse_nik(text)
    if not isinstance(nik, Nik):
        raise BadRequest(nik.code.value, nik.message)
    return nik.value


def _not_enrolled(caller: Caller) -> NotFound:
    if caller.bank is None:
        message = "NIK atau nomor referensi ini belum terdaftar dalam perlindungan."
    else:  # whoever another bank has enrolled is protected: that must not be denied
        message = "NIK atau nomor referensi ini tidak ada di antara penerima bank Anda."
    return NotFound("not_enrolled", f"{message} Periksa angkanya sekali lagi.")
