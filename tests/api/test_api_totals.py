"""The sums over all files."""

import pytest
from office import BRI, BSG, DINAS
from world import a_line


@pytest.fixture
def two_banks(office):
    office.run([a_line(n) for n in range(1, 7)] + [a_line(1), a_line(9, nik="1")])
    office.run([a_line(n) for n in (1, 11, 12)], "incoming/127/KUR/b.csv")
    office.run([a_line(13, phone="")], "incoming/127/BPUM/c.csv")


def totals(office, by, who=DINAS, **query):
    told = office.ask("GET /totals", who=who, query={"by": by, **query})
    assert told.status == 200, told.body
    return told.body


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
