"""Tickets to upload with."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.file.file_name import plain_name
from chalicelib.files.limits import Limits
from tests.api.office import BRI
from tests.support.world import a_line


def upload(office, who=BRI, **changes):
    asked = {"scheme": "BPUM", "file_name": "penerima.xlsx", "size": 100} | changes
    return office.ask("POST /uploads", asked, who=who)


def test_a_ticket_is_for_one_object_of_the_banks_own(office):
    body = upload(office, scheme="kur").body
    folder, _, file = body["key"].rpartition("/")
    assert folder == "incoming/002/KUR"
    assert file == body["file"]
    assert file.startswith("20261122T020000Z-")
    assert file.endswith("-penerima.xlsx")
    assert body["fields"] == {"key": body["key"], "size": "100", "valid": "0:15:00"}
    assert body["max_bytes"] == Limits().upload_bytes
    assert body["expires_at"] == "2026-11-22T02:15:00Z"


def test_no_two_tickets_are_for_the_same_object(office):
    assert len({upload(office).body["key"] for _ in range(50)}) == 50


def test_the_file_is_listed_under_the_name_of_its_ticket(office):
    ticket = upload(office).body
    office.take(office.put("x", ticket["key"]))
    (listed,) = office.ask("GET /batches", who=BRI).body["batches"]
    assert (listed["file"], listed["bank"]) == (ticket["file"], "002")


def test_an_unknown_scheme_and_a_closed_programme_are_refused(office):
    response = upload(office, scheme="BLT")
    assert (response.status, response.code) == (400, "scheme_unknown")
    office.now = datetime(2027, 1, 2, tzinfo=UTC)
    response = upload(office)
    assert (response.status, response.code) == (409, "programme_closed")
    assert "BPUM" in response.body["error"]["message"]


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(office):
    assert upload(office, size=Limits().upload_bytes).status == 200
    response = upload(office, size=Limits().upload_bytes + 1)
    assert (response.status, response.code) == (413, "file_too_large")


def test_an_unknown_bank_gets_no_ticket(office):
    assert upload(office, "bank-999").code == "bank_unknown"


@pytest.mark.parametrize(
    "changes",
    [
        {"size": 0},
        {"size": "x"},
        {"size": "10"},
        {"size": True},
        {"size": 10.0},
        {"size": 10.5},
        {"size": None},
        {"scheme": 1},
        {"file_name": ""},
        {"file_name": "a" * 256},
        {"x": 1},
    ],
)
def test_a_wrong_question_is_refused(office, changes):
    assert upload(office, **changes).status == 400


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("penerima november.xlsx", "penerima-november.xlsx"),
        ("7171014107800001.csv", "x.csv"),
        ("NIK 7171 0141 0780 0001.csv", "NIK-x.csv"),
        ("siti 0812-3456-7890.csv", "siti-x.csv"),
        ("20261122 daftar.csv", "20261122-daftar.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\a.xlsx", "a.xlsx"),
        ("${filename}", "filename"),
        ("daftar.tar.gz", "daftar.tar.gz"),
        ("penerima bantuan é.csv", "penerima-bantuan.csv"),
        ("....", "berkas"),
        (".csv", "csv"),
        ("日本.csv", "csv"),
        ("７１７１０１４１０７８００００１ penerima.csv", "x-penerima.csv"),
        ("20261122T020000Z-9f2c41d7-a.csv", "20261122T020000Z-9f2c41d7-a.csv"),
        ("71710141T078000Z-9f2c41d7-a.csv", "71710141T078000Z-9f2c41d7-a.csv"),
    ],
)
def test_a_name_is_made_plain(name, safe):
    assert plain_name(name) == safe


def test_the_name_of_a_file_from_the_banks_own_computers_is_shown_plain(office):
    key = "incoming/002/BPUM/7171015203900007 Maria 0812-3456-7890.csv"
    batch = office.run([a_line(1)], key)
    shown = [
        office.ask("GET /batches", who="bpjs").answer.body,
        office.ask(f"GET /batches/{batch.id}", who="bpjs").answer.body,
        office.result(batch, "ringkasan.json"),
    ]
    for each in shown:
        assert '"x-Maria-x.csv"' in each
        assert "7171015203900007" not in each
    assert office.tables.files[batch.id].upload.key == key


@given(st.text(min_size=1, max_size=255))
def test_a_plain_name_stays_as_it_is(name):
    once = plain_name(name)
    assert plain_name(once) == once


@given(st.text(min_size=1, max_size=255))
def test_any_name_becomes_a_short_plain_one_without_long_numbers(name):
    safe = plain_name(name)
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}", safe)
    assert not re.search(r"[0-9]{10}", safe)


def test_a_ticket_for_a_confirmation_is_given_also_after_the_programme_has_closed(office):
    office.now = datetime(2027, 1, 2, tzinfo=UTC)
    body = upload(office, scheme="konfirmasi", file_name="konfirmasi.xlsx").body
    assert body["key"].startswith("incoming/002/KONFIRMASI/")
