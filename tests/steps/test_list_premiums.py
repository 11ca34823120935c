"""A list whose job dies at any call of its ports, before or after the call took effect."""

import pytest

from chalicelib.domain.jobs import ListJob
from chalicelib.domain.money.listing import RemittanceState
from chalicelib.domain.money.remittance import Cursor, Remittance, remittance_id
from chalicelib.domain.money.standing import DEDUCTED
from chalicelib.errors import ObjectMalformed
from tests.stateful.money import check_money
from tests.steps.test_reverse import MOST_CALLS, Death, Died
from tests.support.builders import NOW, PROGRAMME, a_nik, replace
from tests.support.world import World, a_line

PREMIUM = 33_600


def due(people=5):
    """Return a world with a list to be made: deducted people in chunks of two, and others."""
    world = World(chunk_rows=2)
    file = world.run([a_line(n, phone="") for n in range(1, people + 2)])
    rows = "\n".join(f"{a_nik(n)},dipotong" for n in range(1, people + 1))
    world.run(f"NIK,Status Potong\n{rows}\n", "incoming/002/KONFIRMASI/a.csv")
    id_ = remittance_id("002", NOW, "ani")
    made = Remittance(
        id=id_, bank="002", programme=PROGRAMME, at=NOW, by="ani", files=("AAAAAAAA", file.id)
    )
    assert world.remittances.create(made)
    return world, ListJob(remittance=id_)


def work_off(world, job, death):
    stored = world.remittances, world.objects, world.batches, world.enrollments
    ports = ("remittances", "objects", "batches", "enrollments")
    for _ in range(3):
        for name, port in zip(ports, stored, strict=True):
            setattr(world, name, death.wrap(port))
        try:
            world.make_list(job)
        except Died:
            pass
        finally:
            for name, port in zip(ports, stored, strict=True):
                setattr(world, name, port)
    world.sweep()
    world.drive()


@pytest.mark.parametrize("after", [False, True])
def test_everybody_is_on_the_list_once_wherever_it_dies(after):
    for at in range(1, MOST_CALLS):
        world, job = due()
        death = Death(at, after)
        work_off(world, job, death)
        made = world.remittances.get(job.remittance)
        about = f"call {at}"
        assert (made.state, made.people, made.rupiah) == (
            RemittanceState.LISTED, 5, 5 * PREMIUM,
        ), about  # fmt: skip
        people = list(world.tables.people.values())
        assert sum(each.remittance == made.id for each in people) == 5, about
        check_money(world.tables)
        if death.calls < at:
            assert at > 10
            return
    pytest.fail("it never ends")


def test_a_job_with_little_time_leaves_the_rest_to_the_next():
    world, job = due()
    world.remaining = 60.0
    assert world.make_list(job) == 0
    assert world.remittances.get(job.remittance).cursor == Cursor()
    assert len(world.chunk_queue.bodies) == 1
    world.remaining = 600.0
    world.drive()
    assert world.remittances.get(job.remittance).people == 5


def test_a_run_stops_where_another_run_goes_on():
    world, job = due()
    stale = world.remittances.get(job.remittance)
    real = world.remittances

    class Stale:
        """Reads what was there before another run came."""

        def __getattr__(self, name):
            return getattr(real, name)

        def get(self, remittance):
            return stale

    world.make_list(job)
    world.remittances = Stale()
    stale = replace(stale, cursor=Cursor(1, 1, 0))
    assert world.make_list(job) == 0
    assert real.get(job.remittance).people == 5


def test_who_moved_meanwhile_is_left_out():
    world, job = due()
    first = world.enrollments.find(PROGRAMME, a_nik(1))
    other = Remittance(
        id="002-000000000000-AAAA", bank="002", programme=PROGRAMME, at=NOW, by="b", files=()
    )
    real = world.enrollments

    class Late:
        """Reads people as they were before another list took one of them."""

        def __getattr__(self, name):
            return getattr(real, name)

        def owners(self, programme, niks):
            found = real.owners(programme, niks)
            if first.recipient.nik in found and found[first.recipient.nik].remittance is None:
                world.remittances.create(other)
                world.remittances.put_on(other, [first], Cursor(1))
            return found

    world.enrollments = Late()
    assert world.make_list(job) == 4
    assert world.tables.people[a_nik(1), PROGRAMME].remittance == other.id
    assert world.tables.people[a_nik(1), PROGRAMME].standing == DEDUCTED


def test_a_list_that_is_set_aside_holds_nobody():
    world, job = due()
    world.set_list_aside(job)
    assert world.remittances.get(job.remittance).state is RemittanceState.CANCELLED
    assert world.make_list(job) == 0
    with pytest.raises(ObjectMalformed):
        world.make_list(ListJob(remittance="002-000000000000-AAAA"))
