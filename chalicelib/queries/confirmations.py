"""Staff's word to send one person's confirmation again."""

from collections.abc import Callable

from pydantic import Field

from chalicelib import resend
from chalicelib.adapters.protocols import Batches, Clock, Enrollments, Objects, Queue, Texter
from chalicelib.audit import Shown, Subject
from chalicelib.deadline import Deadline
from chalicelib.domain.programme import Agreements
from chalicelib.domain.reference import parse_reference
from chalicelib.domain.sending import Sending
from chalicelib.permissions import Caller
from chalicelib.queries.people import EnrollmentView, Reason, Whom, enrolled, view
from chalicelib.refusals import BadRequest, Conflict, NotFound


class ResendRequest(Whom):
    """Whose confirmation to send again, and why; `phone` corrects the number that is stored.

    Without a programme it is the cover that the reference means, or the latest.
    """

    programme: str | None = Field(None, pattern=r"^[a-z0-9-]{1,64}$")
    phone: str | None = Field(None, max_length=64, examples=["0812-3456-7890"])
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
    texter: Texter,
    sms_queue: Queue,
    agreements: Agreements,
    sending: Sending,
    clock: Clock,
    deadline: Deadline,
) -> EnrollmentView:
    """Have one person's confirmation sent again, once a day; return how it stands then.

    Raises:
        BadRequest: what was given is no NIK, reference or phone number.
        NotFound: nobody of that NIK or reference is enrolled.
        Conflict: as things stand no further message may go out to this person.
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
        programme = next(each.programme for each in found if each.is_row(*row))
    order = resend.ResendRequest(
        nik=found[0].recipient.nik,
        programme=programme,
        phone=request.phone,
        reason=request.reason,
    )
    begin()
    try:
        ordered = resend.resend_person(
            order,
            by=caller.username,
            enrollments=enrollments,
            texter=texter,
            sms_queue=sms_queue,
            agreements=agreements,
            sending=sending,
            clock=clock,
            deadline=deadline,
        )
    except resend.NotEnrolled as refused:
        raise NotFound(refused.code, refused.message) from None
    except resend.CannotBeSent as refused:
        raise BadRequest(refused.code, refused.message) from None
    except resend.NotNow as refused:
        raise Conflict(refused.code, refused.message) from None
    subject.shown = Shown.MASKED
    return view(ordered, caller=caller, agreements=agreements, now=clock())
