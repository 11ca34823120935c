"""A result file that was corrected and handed in again says which file it corrects."""

import csv
import io
import json
from collections.abc import Callable

import pytest

from chalicelib.domain.jobs import ReportJob
from chalicelib.domain.person.reference import reference
from tests.support.builders import a_nik


@pytest.fixture
def first(world, line):
    return world.run([line(1), line(2, amount="x"), line(3, amount="y"), line(4)])


def corrected(world, first, name="ditolak.csv") -> str:
    return world.result(first, name).replace(",x,", ",1200000,").replace(",y,", ",1200000,")


def summary_of(world, batch) -> dict:
    return json.loads(world.result(batch, "ringkasan.json"))


def test_both_files_say_it(world, first):
    again = world.run(corrected(world, first), key="incoming/002/BPUM/ditolak.csv")

    assert summary_of(world, again)["accepted"] == 2
    assert (summary_of(world, again)["corrects"], summary_of(world, again)["corrected_by"]) == (
        first.id,
        [],
    )
    assert (summary_of(world, first)["corrects"], summary_of(world, first)["corrected_by"]) == (
        None,
        [again.id],
    )


def test_a_correction_of_a_correction_is_of_the_latter(world, first):
    text = world.result(first, "ditolak.csv").replace(",x,", ",1200000,")
    second = world.run(text, key="incoming/002/BPUM/2.csv")
    third = world.run(corrected(world, second), key="incoming/002/BPUM/3.csv")

    assert summary_of(world, third)["corrects"] == second.id
    assert summary_of(world, first)["corrected_by"] == [second.id]
    assert summary_of(world, second)["corrected_by"] == [third.id]


def test_a_result_from_before_the_column_came_is_known_by_its_references(world, first):
    text = corrected(world, first, "hasil.csv").replace(f"Berkas {first.id}", "")
    again = world.run(text, key="incoming/002/BPUM/hasil.csv")

    assert summary_of(world, again)["corrects"] == first.id


def test_another_banks_file_is_not_named(world, first):
    again = world.run(corrected(world, first), key="incoming/008/BPUM/ditolak.csv")

    assert summary_of(world, again)["corrects"] is None
    assert summary_of(world, first)["corrected_by"] == []


def test_a_mark_of_no_file_is_none(world, first):
    text = corrected(world, first).replace(first.id, "AAAAAAAA")
    again = world.run(text, key="incoming/002/BPUM/ditolak.csv")

    assert summary_of(world, again)["corrects"] is None


def test_a_file_of_a_banks_own_corrects_nothing(world, first):
    assert summary_of(world, first)["corrects"] is None


def test_to_write_the_first_files_summary_again_leaves_its_results(world, first):
    before = world.result(first, "hasil.csv")
    world.run(corrected(world, first), key="incoming/002/BPUM/ditolak.csv")
    world.report(ReportJob(batch=first.id))

    assert world.result(first, "hasil.csv") == before


def without_guard(text: str) -> str:
    """Return a result file without its columns behind the reference."""
    rows = list(csv.DictReader(io.StringIO(text)))
    kept = [name for name in rows[0] if name not in {"payung_nik", "payung_berkas"}]
    out = io.StringIO()
    writer = csv.DictWriter(out, kept, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def outcomes_of(world, batch) -> list[tuple[str, str]]:
    rows = csv.DictReader(io.StringIO(world.result(batch, "hasil.csv")))
    return [(row["payung_status"], row["payung_kode"]) for row in rows]


@pytest.fixture
def nine(world, line):
    return world.run([line(number) for number in range(1, 10)])


def test_without_the_guard_the_row_of_the_reference_is_compared(world, nine):
    text = without_guard(world.result(nine, "hasil.csv")).replace(a_nik(3), a_nik(20))
    people = len(world.tables.people)

    again = world.run(text, key="incoming/002/BPUM/hasil.csv")

    outcomes = outcomes_of(world, again)
    assert outcomes.pop(2) == ("ditolak", "reference_nik_differs")
    assert set(outcomes) == {("duplikat", "duplicate_same_bank")}
    assert len(world.tables.people) == people


def test_a_nik_that_was_rounded_beside_a_reference_is_found_without_the_guard(world, nine):
    rounded = a_nik(9)  # what LibreOffice makes of the NIK before it
    text = without_guard(world.result(nine, "hasil.csv")).replace(a_nik(8), rounded)

    again = world.run(text, key="incoming/002/BPUM/hasil.csv")

    assert [code for _, code in outcomes_of(world, again)[7:]] == [
        "nik_excel_rounded",
        "duplicate_same_bank",
    ]
    assert "kolom payung_nik" not in world.result(again, "hasil.csv")


def test_rows_in_any_order_are_compared_and_each_chunk_is_read_seldom(world, nine, monkeypatch):
    lines = without_guard(world.result(nine, "hasil.csv")).splitlines()
    mixed = "\n".join([lines[0], *lines[:0:-1], *lines[1::2]])
    monkeypatch.setattr("chalicelib.kinds.recipients.returned._KEPT", 1)

    again = world.run(mixed, key="incoming/002/BPUM/hasil.csv")

    assert {status for status, _ in outcomes_of(world, again)} == {"duplikat"}


def test_another_banks_row_is_not_compared(world, nine):
    text = without_guard(world.result(nine, "hasil.csv")).replace(a_nik(3), a_nik(20))

    again = world.run(text, key="incoming/008/BPUM/hasil.csv")

    assert outcomes_of(world, again)[2][0] == "diterima"


@pytest.mark.parametrize("change", ["expired", "unknown", "mistyped"])
def test_a_reference_that_leads_nowhere_says_nothing(world, nine, change):
    text = without_guard(world.result(nine, "hasil.csv")).replace(a_nik(3), a_nik(20))
    if change == "expired":
        for key in [key for key in world.objects.stored if key.startswith("work/")]:
            del world.objects.stored[key]
    elif change == "unknown":
        text = text.replace(reference(nine.id, 4), reference("AAAAAAAA", 4))
    else:
        text = text.replace(reference(nine.id, 4), f"{nine.id}-4?")

    again = world.run(text, key="incoming/002/BPUM/hasil.csv")

    assert outcomes_of(world, again)[2][0] == "diterima"


def with_niks(text: str, niks: Callable[[list[str]], list[str]]) -> str:
    """Return a result file with its column of NIKs changed alone."""
    rows = list(csv.DictReader(io.StringIO(text)))
    for row, nik in zip(rows, niks([row["NIK"] for row in rows]), strict=True):
        row["NIK"] = nik
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().replace(",x,", ",1200000,")


@pytest.fixture
def returned(world, line):
    """Give the text of `ditolak` with five people whose aid is to be corrected."""
    numbers = [3, 1, 5, 2, 4]
    batch = world.run([line(9), *(line(number, amount="x") for number in numbers)])
    return world.result(batch, "ditolak.csv")


@pytest.mark.parametrize(
    ("change", "many"),
    [
        (sorted, 5),
        (lambda niks: [*niks[1:], niks[0]], 5),
        (lambda niks: [*niks[:2], *sorted(niks[2:])], 3),
    ],
)
def test_nobody_is_enrolled_where_the_niks_were_sorted_alone(world, returned, change, many):
    before = set(world.tables.people)

    again = world.run(with_niks(returned, change), key="incoming/002/BPUM/ditolak.csv")

    outcomes = outcomes_of(world, again)
    assert outcomes.count(("ditolak", "nik_of_other_row")) == many
    assert outcomes.count(("diterima", "")) == 5 - many
    assert len(set(world.tables.people) - before) == 5 - many


def test_two_niks_that_somebody_exchanged_may_be_corrected(world, returned):
    again = world.run(
        with_niks(returned, lambda niks: [niks[1], niks[0], *niks[2:]]),
        key="incoming/002/BPUM/ditolak.csv",
    )

    assert {status for status, _ in outcomes_of(world, again)} == {"diterima"}


def test_new_niks_are_corrected_ones(world, returned):
    again = world.run(
        with_niks(returned, lambda niks: [a_nik(20 + place) for place, _ in enumerate(niks)]),
        key="incoming/002/BPUM/ditolak.csv",
    )

    assert {status for status, _ in outcomes_of(world, again)} == {"diterima"}
