"""A reversal that dies at any call of its ports, before or after the call took effect."""

from collections import deque
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.domain.jobs import ChunkJob, ReverseJob
from chalicelib.domain.money.reversal import Reversal, ReversalState
from chalicelib.domain.money.standing import BEGINNING, DEDUCTED
from chalicelib.errors import NotYet
from tests.stateful.money import check_money
from tests.support.builders import NOW, PROGRAMME, a_nik, replace
from tests.support.world import World, a_line

PREMIUM = 33_600
PROPOSED = Reversal(ReversalState.PROPOSED, "ani", NOW, "berkas yang salah")
APPROVED = replace(PROPOSED, state=ReversalState.CHECKING, decided_by="budi", decided_at=NOW)
MOST_CALLS = 200


class Died(Exception):
    """The function was ended from outside."""


@dataclass
class Death:
    """Ends the function at its `at`-th call; `after` the call took effect, or before it."""

    at: int
    after: bool
    calls: int = 0

    def wrap(self, port: Any) -> Any:
        return _Dying(port, self)


class _Dying:
    def __init__(self, port: Any, death: Death) -> None:
        self._port, self._death = port, death

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def call(*given: Any, **named: Any) -> Any:
            self._death.calls += 1
            dies = self._death.calls == self._death.at
            if dies and not self._death.after:
                raise Died
            answer = found(*given, **named)
            if dies:
                raise Died
            return answer

        return call


def approved() -> tuple[World, str]:
    """Return a world with an approved reversal of four people and of owed money."""
    world = World(chunk_rows=2)
    world.run([a_line(n, phone="") for n in range(1, 5)])
    rows = [f"{a_nik(n)},dipotong,J-{n}" for n in range(1, 5)]
    content = "\n".join(("NIK,Status Potong,No Bukti", *rows, f"{a_nik(1)},dipotong,J-9")) + "\n"
    batch = world.run(content, "incoming/002/KONFIRMASI/a.csv")
    assert world.reversals.order(batch, PROPOSED)
    assert world.reversals.order(world.tables.files[batch.id], APPROVED)
    return world, batch.id


def work_off(world: World, batch: str, death: Death | None) -> None:
    """Deliver the jobs of a reversal until it ends; a job that died comes again."""
    stored = world.reversals, world.objects, world.batches
    jobs = deque(ReverseJob(batch=batch, reverse=n) for n in (1, 2, 3))
    while jobs:
        job = jobs.popleft()
        if death:
            world.reversals, world.objects, world.batches = map(death.wrap, stored)
        try:
            world.reverse(job)
        except Died:
            jobs.append(job)
        finally:
            world.reversals, world.objects, world.batches = stored
        jobs += [ReverseJob.model_validate_json(body) for body in world.chunk_queue.bodies]
        world.chunk_queue.bodies.clear()
    for _ in range(6):  # what nobody queued any more is left to the sweep
        world.sweep()
        world.drive()
        world.now += 11 * (NOW.resolution * 60_000_000)


@pytest.mark.parametrize("after", [False, True])
def test_the_end_is_the_same_wherever_it_dies(after):
    for at in range(1, MOST_CALLS):
        world, batch = approved()
        death = Death(at, after)
        work_off(world, batch, death)
        found = world.tables.files[batch].reversal
        about = f"call {at}"
        assert (found.state, found.people, found.rupiah) == (
            ReversalState.DONE, 4, 4 * PREMIUM,
        ), about  # fmt: skip
        assert (found.not_due_people, found.not_due, found.kept) == (1, PREMIUM, {}), about
        for n in range(1, 5):
            person = world.enrollments.find(PROGRAMME, a_nik(n))
            assert (person.standing, len(person.ledger)) == (BEGINNING, 2), about
        assert world.tables.unfinished == {}, about
        assert world.result(world.tables.files[batch], "hasil.csv").count("confirm_reversed") == 5
        check_money(world.tables)
        if death.calls < at:
            assert at > 20
            return
    pytest.fail("it never ends")


def test_a_person_who_was_read_before_a_reversal_ended_is_read_again():
    world, reversed_ = approved()
    rows = "".join(f"{a_nik(n)},dipotong\n" for n in (1, 2))
    other = world.take(world.put(f"NIK,Status Potong\n{rows}", "incoming/002/KONFIRMASI/b.csv"))
    files = world.batches

    class Late:
        """Lets the reversal end when the confirmation has read its people, and asks for it."""

        def __getattr__(self, name):
            return getattr(files, name)

        def get(self, batch):
            if batch == reversed_:
                world.batches = files
                for n in (1, 2, 3, 1, 2, 3):
                    world.reverse(ReverseJob(batch=reversed_, reverse=n))
            return files.get(batch)

    world.batches = Late()
    job = ChunkJob(batch=other.id, chunk=1)
    with pytest.raises(NotYet):
        world.enroll(job)
    assert world.tables.files[reversed_].reversal.state is ReversalState.DONE
    world.enroll(job)

    for n in (1, 2):
        person = world.enrollments.find(PROGRAMME, a_nik(n))
        assert (person.standing, len(person.ledger)) == (DEDUCTED, 3)
