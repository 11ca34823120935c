"""Several rows of one person under different keys, and the numbers of bookings."""

import pytest

from chalicelib.domain.money.standing import Cover
from chalicelib.domain.person.reference import reference
from tests.kinds.confirming import code, confirm, enrolled_world, person
from tests.support.builders import a_nik
from tests.support.world import World

TITLES = "payung_referensi,NIK,Status,Alasan,No Bukti"
NEITHER = ["confirm_twice_in_file"] * 2


@pytest.fixture
def world() -> World:
    return enrolled_world()


def both(world, said="dipotong,,"):
    return f"{reference(world.enrolled.id, 2)},{a_nik(1)},{said}"


def by_nik(said="dipotong,,"):
    return f",{a_nik(1)},{said}"


def by_reference(world, said="dipotong,,"):
    return f"{reference(world.enrolled.id, 2)},,{said}"


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("other", ["gagal,saldo kurang,", "REVERSAL,,", "dikembalikan,,"])
def test_a_row_with_a_nik_alone_contradicts_one_with_a_reference(world, other, is_first):
    lines = [both(world), by_nik(other)]
    rows, _ = confirm(world, *(lines if is_first else lines[::-1]), titles=TITLES)
    assert [code(rows, line) for line in (2, 3)] == NEITHER
    assert person(world, 1).cover is Cover.ENROLLED


def test_equal_rows_under_both_keys_count_once(world):
    rows, summary = confirm(world, both(world), by_nik(), both(world), titles=TITLES)
    assert [code(rows, line) for line in (2, 3, 4)] == ["", *NEITHER]
    assert summary["matched"]["deducted"] == 1


def test_a_second_booking_under_the_other_key_is_owed(world):
    lines = (both(world, "dipotong,,J-1"), by_nik("dipotong,,J-2"))
    rows, _ = confirm(world, *lines, titles=TITLES)
    assert [code(rows, line) for line in (2, 3)] == ["", "deducted_not_due"]


def test_a_file_moves_a_person_once_even_if_nothing_shows_that_two_rows_are_one_persons(world):
    lines = (by_nik("gagal,saldo kurang,"), by_reference(world))
    rows, _ = confirm(world, *lines, titles=TITLES)
    assert [code(rows, line) for line in (2, 3)] == ["", "confirm_twice_in_file"]
    assert person(world, 1).cover is Cover.NOT_DEDUCTED


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("000123", "123"),
        ("jx-1", "JX-1 "),
        ("-", "J-1"),
        ("", "J-1"),
        ("J  1", "J 1"),
        ("0", "n/a"),
    ],
)
def test_a_booking_that_a_spreadsheet_changed_is_the_same(world, one, other):
    rows, _ = confirm(
        world, both(world, f"dipotong,,{one}"), both(world, f"dipotong,,{other}"), titles=TITLES
    )
    assert [code(rows, line) for line in (2, 3)] == ["", "confirm_twice_in_file"]
    again, _ = confirm(world, by_nik(f"dipotong,,{other}"), titles=TITLES, name="b")
    assert code(again) == "confirm_same"
    assert world.batches.moved(world.enrolled.id).not_due.people == 0
