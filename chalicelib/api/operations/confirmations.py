"""Sends one person's confirmation, or another message, again, on the order of staff."""

from collections.abc import Callable

from pydantic import Field

from chalicelib.adapters.ports import Batches, Clock, Enrollments, Objects
from chalicelib.api.audit import Shown, Subject
from chalicelib.api.operations.lookup import EnrollmentView, PersonRequest, enrolled, view
from chalicelib.api.operations.model import Reason
from chalicelib.api.permissions import Caller
from chalicelib.api.refusals import BadRequest, Conflict, NotFound
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.person.enrollment import MessageKind
from chalicelib.domain.person.reference import parse_reference
from chalicelib.steps.sending import resend_person as steps
from chalicelib.steps.sending.resend_person import ResendPerson


class ResendRequest(PersonRequest):
    """The person whose message to send again, and why; `phone` corrects the stored number.

    Without a kind, it is the confirmation. Without a programme, it is the enrollment of the
    reference, or else the latest one.
    """

    programme: str | None = Field(None, pattern=r"^[a-z0-9-]{1,64}$")
    phone: str | None = Field(None, max_length=64, examples=["0812-3456-7890"])
    kind: MessageKind = MessageKind.ENROLLED
    reason: Reason


def resend_person(
    request: ResendRequest,
    *,
    caller: Caller,
    subject: Subject,
    begin: Callable[[], None],
    enrollments: Enrollments,
    batches: Batches,
    objects: Objects,
    agreements: Agreements,
    clock: Clock,
    resend: ResendPerson,
) -> EnrollmentView:
    """Order one person's message again; return the enrollment after that.

    It may be ordered once a day, and once more that day to a corrected number.

    Raises:
        BadRequest: the NIK, reference or phone number is not valid.
        NotFound: no enrollment has this NIK or reference.
        Conflict: no other message may go out to this person now.
    """
    subject.reason = request.reason
    found = enrolled(
        request,
        caller=caller,
        subject=subject,
        enrollments=enrollments,
        batches=batches,
        objects=objects,
    )
    programme = request.programme
    if programme is None and request.reference is not None:
        row = parse_reference(request.reference)
        programme = next(
            each.programme for each in found if each.is_row(*row) or each.was_row(*row)
        )
    order = steps.ResendRequest(
        nik=found[0].recipient.nik,
        programme=programme,
        phone=request.phone,
        kind=request.kind,
        reason=request.reason,
    )
    begin()
    try:
        ordered = resend.run(order, by=caller.username)
    except steps.NotEnrolled as refused:
        raise NotFound(refused.code, refused.message) from None
    except steps.CannotBeSent as refused:
        raise BadRequest(refused.code, refused.message) from None
    except steps.NotNow as refused:
        raise Conflict(refused.code, refused.message) from None
    subject.shown = Shown.MASKED
    return view(ordered, caller=caller, agreements=agreements, now=clock())
