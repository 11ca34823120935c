"""Counts people's messages in the states that they have, derived again from the people's table.

Every step that changes messages counts them once at its end. A step that died before that is
repeated by its queue, and counts then. Where that never happens, the sweep counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from chalicelib.adapters.ports import Enrollments
from chalicelib.deadline import Deadline
from chalicelib.domain.messages.counted import Counted
from chalicelib.domain.person.enrollment import Enrollment, MessageKind


def count_changed(
    enrollments: Enrollments, deadline: Deadline, counted: Counted, people: Sequence[Enrollment]
) -> None:
    """Count people who were read or changed after `counted` was read.

    Raises:
        Retry: it could not be finished now.
    """
    here = [each for each in people if counted.is_of(each)]
    elsewhere = [each for each in people if not counted.is_of(each)]
    if here and not enrollments.count(counted, here):
        elsewhere = list(people)
    recount(enrollments, deadline, counted.kind, elsewhere)


def recount(
    enrollments: Enrollments, deadline: Deadline, kind: MessageKind, people: Iterable[Enrollment]
) -> int:
    """Read these people again and count their messages; return how many were counted wrong.

    People who are erased or moved by now are left out: that was counted in its own transaction.
    Safe to repeat.

    Raises:
        Retry: it could not be finished now.
    """
    places: defaultdict[tuple[str, int, str], list[str]] = defaultdict(list)
    for each in people:
        if kind in each.messages:
            places[each.batch, each.chunk, each.programme].append(each.recipient.nik)
    wrong = 0
    for (batch, chunk, programme), niks in places.items():
        while True:
            deadline.check()
            # The letters first: a change that comes after them is counted by its own step.
            counted = enrollments.counted(kind, batch, chunk)
            found = filter(counted.is_of, enrollments.owners(programme, niks).values())
            differing = [each for each in found if not counted.agrees(each)]
            if enrollments.count(counted, differing):
                wrong += len(differing)
                break
    return wrong
