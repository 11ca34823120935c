"""Where premiums are, and which confirmations are overdue, as the API shows them."""

from datetime import timedelta

import pytest

from chalicelib.lambdas import sweep as lambdas_sweep
from chalicelib.steps.sweeping.overdue import UnconfirmedCounts
from tests.api.office import BPJS, BRI, BSG, DINAS
from tests.support.builders import NOW, a_nik
from tests.support.world import a_line

PREMIUM = 33_600
PARTS = ("open", "deferred", "failed", "returned", "deducted")
HEAD = "NIK,Status Potong,Jumlah Dipotong,No Bukti,Alasan"
ROWS = (
    f"{a_nik(1)},dipotong,,J-1,",
    f"{a_nik(2)},dipotong,,J-2,",
    f"{a_nik(3)},gagal,,,saldo_kurang",
    f"{a_nik(4)},dikembalikan,,,",
    f"{a_nik(5)},ditunda,,,",
    f"{a_nik(6)},dipotong,1,,",
    f"{a_nik(7)},dipotong,2,,",
    f"{a_nik(1)},dipotong,,J-99,",
    f"{a_nik(50)},dipotong,,,",
    f"{a_nik(51)},dipotong,,,",
)


@pytest.fixture
def files(office):
    """A file of eight people, and a confirmation of it with breaks, over three chunks."""
    file = office.run([a_line(n, phone="") for n in range(1, 9)])
    stated = office.run("\n".join((HEAD, *ROWS)) + "\n", "incoming/002/KONFIRMASI/k.csv")
    return file, stated


def shown(office, batch, who=BRI):
    return office.ask(f"GET /batches/{batch.id}", who=who).body


def test_a_file_shows_people_and_rupiah_by_where_premiums_are(office, files):
    money = shown(office, files[0])["money"]
    people = {name: each["people"] for name, each in money.items() if each["people"]}
    assert people == {
        "expected": 8, "open": 3, "deferred": 1, "deducted": 2, "failed": 1, "returned": 1,
        "to_remit": 2, "not_due": 1,
    }  # fmt: skip
    assert all(each["rupiah"] == each["people"] * PREMIUM for each in money.values())


@pytest.mark.parametrize("unit", ["people", "rupiah"])
def test_the_sums_hold_for_files_banks_and_programmes(office, files, unit):
    total = office.ask("GET /totals", query={"by": "bank"}).body
    for money in (shown(office, files[0])["money"], *(e["money"] for e in total["lines"])):
        value = {name: each[unit] for name, each in money.items()}
        assert value["expected"] == sum(value[each] for each in PARTS)
        assert value["deducted"] == value["to_remit"] + value["remitted"]
        assert value["remitted"] == value["awaiting"] + value["received"]
    assert total["total"]["money"] == shown(office, files[0])["money"]
    for by in ("scheme", "day"):
        lines = office.ask("GET /totals", query={"by": by}).body["lines"]
        assert [each["money"] for each in lines] == [total["total"]["money"]]
    regencies = office.ask("GET /totals", query={"by": "regency"}).body
    for each in (*regencies["lines"], regencies["total"]):
        assert each["money"] == {**total["total"]["money"], "not_due": None}


def test_the_money_of_a_regency_is_that_of_its_people(office, files):
    other = [f"7172021708{n}0001" for n in range(77, 80)]  # Bitung's
    people = [a_line(20 + n, nik=nik, phone="") for n, nik in enumerate(other)]
    office.run(people, "incoming/002/BPUM/b.csv")
    rows = [f"{other[0]},dipotong,,B-1,", f"{other[1]},gagal,,,saldo_kurang"]
    office.run("\n".join((HEAD, *rows)) + "\n", "incoming/002/KONFIRMASI/b.csv")
    found = office.ask("GET /totals", query={"by": "regency"}).body
    people = {
        each["label"]: [each["money"][name]["people"] for name in ("expected", *PARTS)]
        for each in (*found["lines"], found["total"])
    }
    assert people == {
        "Kota Manado": [8, 3, 1, 1, 1, 2],
        "Kota Bitung": [3, 1, 0, 1, 0, 1],
        "Jumlah": [11, 4, 1, 2, 1, 3],
    }


def test_a_confirmation_shows_what_it_states_and_its_breaks_with_their_rows(office, files):
    stated = shown(office, files[1])
    assert stated["money"] is None
    assert stated["matched"] == {
        "deducted": 2, "failed": 1, "returned": 1, "deferred": 1, "blank": 0,
    }  # fmt: skip
    assert stated["breaks"] == {
        "amount_differs": 2, "deducted_not_due": 1, "person_unknown": 2,
    }  # fmt: skip
    for code, times in stated["breaks"].items():
        rows = office.ask(f"GET /batches/{files[1].id}/rows", who=BRI, query={"code": code}).body[
            "rows"
        ]
        assert len(rows) == times
        assert all(code in [each["code"] for each in row["findings"]] for row in rows)
        assert all(row["findings"][0]["message"] for row in rows)
    assert shown(office, files[0])["matched"] == {}


def test_rows_of_a_code_come_page_by_page(office, files):
    path, query = f"GET /batches/{files[1].id}/rows", {"code": "person_unknown", "limit": "1"}
    first = office.ask(path, query=query).body
    assert [each["row"] for each in first["rows"]] == [10]
    second = office.ask(path, query={**query, "cursor": first["next"]}).body
    assert [each["row"] for each in second["rows"]] == [11]
    other = {"code": "amount_differs", "limit": "1", "cursor": first["next"]}
    assert office.ask(path, query=other).code == "cursor_invalid"


@pytest.mark.parametrize(("days", "people"), [(13, 0), (14, 3), (30, 3)])
def test_premiums_that_a_bank_says_nothing_about_are_overdue_after_some_days(
    office, files, days, people
):
    office.now = NOW + timedelta(days=days)
    answer = office.ask("GET /confirmations", who=DINAS).body
    assert (answer["days"], answer["people"], answer["rupiah"]) == (14, people, people * PREMIUM)
    for line in answer["overdue"]:
        assert (line["bank_name"], line["waits"]) == ("BRI", days)


def test_a_bank_sees_its_own_and_bpjs_sees_all(office, files):
    office.now = NOW + timedelta(days=20)
    numbers = [
        office.ask("GET /confirmations", who=who).body["people"] for who in (DINAS, BPJS, BRI, BSG)
    ]
    assert numbers == [3, 3, 3, 0]


def test_the_sweep_counts_overdue_banks_once_an_hour(office, files):
    step = lambdas_sweep.unconfirmed_step(office.ports)
    late = (NOW + timedelta(days=14)).replace(minute=4)
    assert step.run(late) == UnconfirmedCounts(banks=1, people=3)
    assert step.run(late.replace(minute=5)) is None
    assert step.run(NOW.replace(minute=0)) == UnconfirmedCounts(banks=0, people=0)
