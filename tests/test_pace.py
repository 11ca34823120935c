import itertools

import pytest

from chalicelib.pace import Pace


class Time:
    """A clock that only sleeping moves, and work that takes a while."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def sent_at(rate: float, messages: int, *, work: float = 0.0, parts: int = 1) -> list[float]:
    time = Time()
    pace = Pace(rate, clock=time, sleep=time.sleep)
    moments = []
    for _ in range(messages):
        pace.wait(parts)
        moments.append(time.now)
        time.now += work
    return moments


@pytest.mark.parametrize("work", [0.0, 0.02, 0.09])
def test_the_rate_is_kept_within_five_per_cent_over_any_minute(work):
    moments = sent_at(10, 3000, work=work)
    for start in range(0, int(moments[-1]) - 60, 7):
        count = sum(start <= moment < start + 60 for moment in moments)
        assert count == pytest.approx(600, rel=0.05)


def test_two_workers_with_half_the_rate_each_keep_the_whole():
    moments = sorted(sent_at(10, 1000) + sent_at(10, 1000, work=0.03))
    assert sum(moment < 60 for moment in moments) == pytest.approx(1200, rel=0.05)


def test_slow_work_is_not_followed_by_a_burst():
    moments = sent_at(10, 5, work=1.0)
    gaps = [later - sooner for sooner, later in itertools.pairwise(moments)]
    assert gaps == [1.0] * 4


def test_parts_are_counted_not_messages():
    assert sent_at(10, 3, parts=2) == pytest.approx([0.0, 0.2, 0.4])


def test_no_rate_is_no_limit():
    assert sent_at(0, 100) == [0.0] * 100
