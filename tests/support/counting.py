"""Counts people's messages as the steps do it at the end of a job."""

from typing import Any

from chalicelib.deadline import Deadline
from chalicelib.domain.person.enrollment import Enrollment, MessageKind
from chalicelib.steps.message_counts import recount

_ENDLESS = Deadline(lambda: 10**9)


def count_now(
    enrollments: Any, *people: Enrollment, kind: MessageKind = MessageKind.ENROLLED
) -> int:
    """Count the messages of these people; return how many counts were wrong."""
    return recount(enrollments, _ENDLESS, kind, people)
