"""The sums over all files."""

import base64
import csv
import io
from datetime import timedelta

import openpyxl
import pytest

from tests.api.office import BRI, BSG, DINAS
from tests.support.builders import a_nik
from tests.support.world import a_line


@pytest.fixture
def two_banks(office):
    office.run([a_line(n) for n in range(1, 7)] + [a_line(1), a_line(9, nik="1")])
    office.run([a_line(n) for n in (1, 11, 12)], "incoming/127/KUR/b.csv")
    office.run([a_line(13, phone="")], "incoming/127/BPUM/c.csv")


def totals(office, by, who=DINAS, **query):
    response = office.ask("GET /totals", who=who, query={"by": by, **query})
    assert response.status == 200, response.body
    return response.body


def counts(line):
    return [line[name] for name in ("accepted", "duplicate", "conflict", "rejected")]


def test_by_bank(office, two_banks):
    body = totals(office, "bank")
    assert (body["programme"], body["by"]) == ("sulut-2026", "bank")
    lines = {each["key"]: each for each in body["lines"]}
    assert {key: counts(each) for key, each in lines.items()} == {
        "002": [6, 1, 0, 1],
        "127": [3, 1, 0, 0],
    }
    assert lines["127"]["label"] == "Bank SulutGo"
    assert lines["127"]["premium_total"] == 3 * 33_600
    assert (lines["127"]["sms"]["sent"], lines["127"]["sms"]["not_possible"]) == (2, 1)
    assert counts(body["total"]) == [9, 2, 0, 1]
    assert (body["total"]["aid_total"], body["total"]["label"]) == (9 * 1_200_000, "Jumlah")


def test_by_scheme_and_by_day(office, two_banks):
    lines = totals(office, "scheme")["lines"]
    assert [(each["key"], each["accepted"]) for each in lines] == [("BPUM", 7), ("KUR", 2)]
    assert lines[1]["label"] == "Kredit Usaha Rakyat"
    (day,) = totals(office, "day")["lines"]
    assert (day["key"], day["label"], day["accepted"]) == ("2026-11-22", "22 November 2026", 9)


def test_by_regency_only_accepted_people_are_counted(office, two_banks):
    body = totals(office, "regency")
    (line,) = body["lines"]
    assert (line["key"], line["label"]) == ("7171", "Kota Manado")
    assert (line["accepted"], line["premium_total"]) == (9, 9 * 33_600)
    for each in (line, body["total"]):
        assert (each["duplicate"], each["conflict"], each["rejected"]) == (None, None, None)
        assert each["aid_total"] is None
    assert line["sms"]["sent"] == 8


@pytest.mark.parametrize("by", ["bank", "scheme", "regency", "day"])
def test_every_view_adds_up_to_the_same_people(office, two_banks, by):
    body = totals(office, by)
    for name in ("accepted", "premium_total"):
        assert sum(each[name] for each in body["lines"]) == body["total"][name]
    assert body["total"]["accepted"] == 9
    for line in (*body["lines"], body["total"]):
        assert sum(line["sms"].values()) == line["accepted"]


def test_a_bank_sees_its_own(office, two_banks):
    assert totals(office, "bank", BSG)["total"]["accepted"] == 3
    assert [each["key"] for each in totals(office, "bank", BRI)["lines"]] == ["002"]
    assert totals(office, "regency", BRI)["total"]["accepted"] == 6


def test_another_programme_may_be_asked_for(office, two_banks):
    body = totals(office, "bank", programme="sulut-2021")
    assert (body["lines"], body["total"]["accepted"]) == ([], 0)
    assert office.ask("GET /totals", query={"by": "bank", "programme": "x"}).status == 404


@pytest.mark.parametrize("query", [{}, {"by": "name"}, {"by": "bank", "bank": "002"}])
def test_a_wrong_question_is_refused(office, query):
    assert office.ask("GET /totals", query=query).status == 400


def test_a_period_is_of_the_days_on_which_files_came(office, two_banks):
    office.now += timedelta(days=2)
    office.run([a_line(20)], "incoming/127/BPUM/d.csv")
    assert totals(office, "bank")["total"]["accepted"] == 10
    assert totals(office, "regency", **{"from": "2026-11-23"})["total"]["accepted"] == 1
    assert totals(office, "bank", to="2026-11-22")["total"]["accepted"] == 9
    late = office.ask("GET /totals", query={"by": "bank", "from": "2026-11-23", "to": "2026-11-22"})
    assert (late.status, late.code) == (400, "period_invalid")


@pytest.mark.parametrize("by", ["bank", "regency"])
def test_the_sums_are_a_workbook_of_numbers_or_a_csv(office, two_banks, by):
    sums = totals(office, by)
    files = {}
    for form in ("xlsx", "csv"):
        body = office.ask("GET /totals/export", query={"by": by, "form": form}).body
        assert body["name"] == f"rekap-sulut-2026-{by}.{form}"
        files[form] = base64.b64decode(body["content"])
    sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"])).active
    rows = [list(each) for each in sheet.iter_rows(values_only=True)]
    assert rows[0][:3] == [
        {"bank": "Bank", "regency": "Kabupaten/Kota"}[by],
        "Diterima",
        "Iuran (Rp)",
    ]
    assert [row[:3] for row in rows[1:]] == [
        [each["label"], each["accepted"], each["premium_total"]]
        for each in (*sums["lines"], sums["total"])
    ]
    text = files["csv"].decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [[*map(str, row)] for row in rows]


@pytest.mark.parametrize("by", ["bank", "regency", "day", "scheme"])
def test_the_file_says_where_the_premiums_are_in_people_and_rupiah(office, two_banks, by):
    head = "NIK,Status Potong,Alasan"
    rows = [f"{a_nik(1)},dipotong,", f"{a_nik(2)},gagal,saldo_kurang", f"{a_nik(3)},ditunda,"]
    office.run("\n".join((head, *rows)) + "\n", "incoming/002/KONFIRMASI/k.csv")
    body = office.ask("GET /totals/export", query={"by": by, "form": "csv"}).body
    text = base64.b64decode(body["content"]).decode("utf-8-sig")
    (*_, total) = csv.DictReader(io.StringIO(text))
    people = {
        "Seharusnya": 9, "Belum dikonfirmasi": 6, "Ditunda": 1, "Dipotong": 1, "Gagal": 1,
        "Dikembalikan": 0,
    }  # fmt: skip
    assert {title: total[f"{title} (orang)"] for title in people} == {
        title: str(n) for title, n in people.items()
    }
    assert {title: total[f"{title} (Rp)"] for title in people} == {
        title: str(n * 33_600) for title, n in people.items()
    }


def test_a_bank_exports_its_own_sums_only(office, two_banks):
    asked = {"by": "bank", "form": "csv"}
    body = office.ask("GET /totals/export", who=BSG, query=asked).body
    assert b"BRI" not in base64.b64decode(body["content"])
