"""A port is patient: it repeats a call while AWS is busy, and stops while there is time left."""

import pytest

from chalicelib.deadline import Deadline, patient
from chalicelib.errors import Busy, Contended, OutOfTime, PublishAmbiguous


class Clock:
    """A function's remaining time; to sleep uses it up."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds
        self.slept: list[float] = []

    def remaining(self) -> int:
        return int(self.left * 1000)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.left -= seconds


class Table:
    """A port that is busy for its first calls."""

    def __init__(self, busy: int, error: Exception | None = None) -> None:
        self.busy = busy
        self.error = error or Busy("throttled")
        self.calls: list[tuple[object, ...]] = []

    def read(self, key: str, *, fresh: bool = False) -> str:
        self.calls.append((key, fresh))
        if len(self.calls) <= self.busy:
            raise self.error
        return f"item of {key}"


def a_deadline(clock: Clock) -> Deadline:
    return Deadline(clock.remaining, reserve=15.0, sleep=clock.sleep)


def test_a_busy_port_is_called_again_with_the_same_arguments():
    clock, table = Clock(60), Table(busy=3)
    assert patient(table, a_deadline(clock)).read("k", fresh=True) == "item of k"
    assert table.calls == [("k", True)] * 4
    assert len(clock.slept) == 3


def test_it_stops_while_there_is_time_to_return_the_message():
    clock, table = Clock(20), Table(busy=10_000)
    with pytest.raises(Busy):
        patient(table, a_deadline(clock)).read("k")
    assert clock.left >= 15.0


@pytest.mark.parametrize("error", [OutOfTime("x"), PublishAmbiguous("x"), ValueError("x")])
def test_only_a_busy_port_is_called_again(error):
    table = Table(busy=1, error=error)
    with pytest.raises(type(error)):
        patient(table, a_deadline(Clock(60))).read("k")
    assert len(table.calls) == 1


def test_a_name_that_the_port_lacks_is_a_fault_at_once():
    with pytest.raises(AttributeError):
        patient(Table(0), a_deadline(Clock(60))).write  # noqa: B018  # to look is the test


def test_waits_grow_while_it_is_busy_and_stay_short_after_conflicts():
    waits = {}
    for error in (Busy("throttled"), Contended("another writer")):
        clock = Clock(10_000)
        patient(Table(busy=200, error=error), a_deadline(clock)).read("k")
        waits[type(error)] = clock.slept
    assert waits[Busy][0] <= 0.05
    assert 0.2 < max(waits[Busy]) <= 5
    assert max(waits[Contended]) <= 0.2


def test_every_conflict_is_counted():
    conflicts = []
    deadline = Deadline(
        Clock(60).remaining, sleep=lambda _: None, on_conflict=lambda: conflicts.append(1)
    )
    patient(Table(busy=3, error=Contended("another writer")), deadline).read("k")
    assert len(conflicts) == 3
