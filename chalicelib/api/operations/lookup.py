"""Is this person protected?"""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import ConfigDict, Field, JsonValue, model_validator

from chalicelib.adapters.ports import Batches, Clock, Enrollments, Objects
from chalicelib.api.audit import Shown, Subject
from chalicelib.api.operations import references
from chalicelib.api.operations.listing import Day
from chalicelib.api.operations.model import Reason, RequestModel, View, demand_reason
from chalicelib.api.operations.timeline import ABOUT, MoneyEntry, TimelineEntry, money, timeline
from chalicelib.api.permissions import Action, Caller
from chalicelib.api.refusals import BadRequest, NotFound
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.cells.nik import Nik, mask_nik, parse_nik
from chalicelib.domain.cells.phone import mask_phone
from chalicelib.domain.findings.catalogue import COMMON
from chalicelib.domain.messages.sms_reasons import explained
from chalicelib.domain.money.standing import Cover
from chalicelib.domain.person.answer import answer, known_then
from chalicelib.domain.person.enrollment import Enrollment, MessageKind, Sms
from chalicelib.domain.person.protection import Phase, protection
from chalicelib.domain.person.query import nik_in

Rupiah = Annotated[int, Field(ge=0, description="whole rupiah")]

_ONE_OF_TWO: dict[str, JsonValue] = {
    "oneOf": [
        {
            "required": [one],
            "properties": {one: {"type": "string"}, other: {"type": "null"}},
        }
        for one, other in (("nik", "reference"), ("reference", "nik"))
    ]
}
_UNMASK_WITH_REASON: dict[str, JsonValue] = {
    "if": {"required": ["unmask"], "properties": {"unmask": {"const": True}}},
    "then": {"required": ["reason"], "properties": {"reason": {"type": "string"}}},
}


class PersonRequest(RequestModel):
    """One person: by NIK or by the reference in the SMS, exactly one of the two.

    A NIK in the place of the reference is read as a NIK, also with O for 0, I or L for 1, S for 5.
    """

    model_config = ConfigDict(json_schema_extra=_ONE_OF_TWO)

    nik: str | None = Field(None, max_length=64, description="dots and spaces do not matter")
    reference: str | None = Field(None, max_length=64, description="as in the SMS")

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.nik is None) == (self.reference is None):
            raise ValueError("exactly one of nik and reference")
        if nik := nik_in(self.reference or self.nik or ""):
            self.nik, self.reference = nik, None
        return self


class LookupRequest(PersonRequest):
    """The person to look up; `unmask` shows NIK and phone in full and needs a reason.

    `on` is a day, today at the latest: the answer is then for that day.
    """

    model_config = ConfigDict(json_schema_extra={**_ONE_OF_TWO, **_UNMASK_WITH_REASON})

    unmask: bool = False
    reason: Reason | None = None
    on: Day | None = Field(None, description="the day of the answer; today if it is missing")


class MessageView(View):
    """A person's message of one kind."""

    kind: MessageKind
    about: str = Field(description="the kind in Indonesian")
    state: Sms
    at: datetime | None = Field(description="when the state changed last")
    reason: str | None
    explanation: str | None = Field(description="the reason in Indonesian")


class EnrollmentView(View):
    """One person's cover under one programme."""

    nik: str = Field(description="masked, unless the request has `unmask`")
    name: str
    phone: str | None = Field(description="masked like the NIK; null without a phone")
    programme: str
    scheme: str
    bank: str
    bank_name: str
    batch: str
    row: int = Field(description="line of a CSV, or row of a sheet, in the bank's file")
    reference: str
    status: Cover = Field(description="what payung knows today")
    phase: Phase = Field(description="how far the cover is on the day of the answer")
    protected: bool = Field(description="on the day of the answer, by today's knowledge")
    answer: str = Field(description="how far the cover is, in an Indonesian sentence")
    known_then: str | None = Field(
        description="what was known on that day, in Indonesian; null for an answer for today"
    )
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
    messages: list[MessageView] = Field(
        description="the message of each kind that the person has, the confirmation first"
    )
    timeline: list[TimelineEntry]
    money: list[MoneyEntry] = Field(description="the steps of the premium since enrolling")


class LookupResponse(View):
    """Every cover that a person has or had, latest first; `on` is the day of the answer."""

    on: date
    protected: bool
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
    """Return a person's cover; a bank sees only the cover from its own files.

    Raises:
        BadRequest: the NIK or reference is not valid, the reason is missing, or the day is to come.
        NotAllowed: this caller may not see NIK and phone in full.
        NotFound: no enrollment has this NIK or reference.
    """
    subject.reason = request.reason
    now = clock()
    today = max(each.local_day(now) for each in agreements.programmes.values())
    if request.on is not None and request.on > today:
        raise BadRequest("day_to_come", "Tanggal itu belum tiba. Pilih hari ini atau hari lalu.")
    if request.unmask:
        caller.demand(Action.UNMASK)
        demand_reason(request.reason)
    found = enrolled(
        request,
        caller=caller,
        subject=subject,
        enrollments=enrollments,
        batches=batches,
        objects=objects,
    )
    views = [
        view(
            each,
            caller=caller,
            agreements=agreements,
            now=now,
            on=request.on,
            masked=not request.unmask,
        )
        for each in found
    ]
    views.sort(key=lambda view: (view.starts, view.enrolled_at), reverse=True)
    subject.shown = Shown.FULL if request.unmask else Shown.MASKED
    return LookupResponse(
        on=request.on or today,
        protected=any(view.protected for view in views),
        enrollments=views,
    )


def enrolled(
    request: PersonRequest,
    *,
    caller: Caller,
    subject: Subject,
    enrollments: Enrollments,
    batches: Batches,
    objects: Objects,
) -> list[Enrollment]:
    """Return the enrollments of one person that this caller may see, at least one.

    Raises:
        BadRequest: the NIK or reference is not valid.
        NotFound: there is no such enrollment.
    """
    if request.reference is not None:
        batch, row = references.parsed(request.reference)
        subject.batch = batch
        subject.reference = f"{batch}-{row}"
        nik = references.nik_at(batch, row, caller=caller, batches=batches, objects=objects)
    else:
        batch, row, nik = None, None, _nik(request.nik or "")
    if nik is None:
        raise _not_enrolled(caller)
    subject.niks = (nik,)
    found = enrollments.of_person(nik)
    # The reference of a duplicate row finds nobody: the person's cover has another reference.
    if (
        batch is not None
        and row is not None
        and not any(each.is_row(batch, row) or each.was_row(batch, row) for each in found)
    ):
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
    on: date | None = None,
    masked: bool = True,
) -> EnrollmentView:
    """Return the view of one person's cover for this caller, on a day or today."""
    programme = agreements.programmes[enrollment.programme]
    day = on or programme.local_day(now)
    found = protection(enrollment, programme, day)
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
        status=enrollment.standing.cover,
        phase=found.phase,
        protected=found.protected,
        answer=answer(enrollment, programme, day, bank_name),
        known_then=known_then(enrollment, programme, on) if on else None,
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
        messages=[
            MessageView(
                kind=kind,
                about=ABOUT[kind],
                state=message.state,
                at=message.at,
                reason=message.reason,
                explanation=explained(message.reason),
            )
            for kind in MessageKind
            if (message := enrollment.messages.get(kind))
        ],
        timeline=timeline(enrollment, bank_name=bank_name, caller=caller),
        money=money(enrollment, caller),
    )


def _nik(text: str) -> str:
    nik = parse_nik(text)
    if not isinstance(nik, Nik):
        raise BadRequest(nik.code, COMMON.message(nik))
    return nik.value


def _not_enrolled(caller: Caller) -> NotFound:
    if caller.bank is None:
        message = "NIK atau nomor referensi ini belum terdaftar dalam perlindungan."
    else:  # another bank may have enrolled the person: the text must not deny the cover
        message = "NIK atau nomor referensi ini tidak ada di antara penerima bank Anda."
    return NotFound("not_enrolled", f"{message} Periksa angkanya sekali lagi.")
