"""The rows of a file, page by page."""

import gzip

import pytest
from builders import a_nik
from office import BRI, BSG, DINAS
from world import a_line

from chalicelib.domain.jobs import ChunkJob
from chalicelib.erase import _without_person
from chalicelib.errors import ObjectMalformed
from chalicelib.files import work


def rows(office, batch, **query):
    """Return all rows, and how many pages they took."""
    found, cursor, pages = [], None, 0
    while True:
        asked = query | ({"cursor": cursor} if cursor else {})
        told = office.ask(f"GET /batches/{batch.id}/rows", query=asked)
        assert told.status == 200, told.body
        found += told.body["rows"]
        cursor, pages = told.body["next"], pages + 1
        if cursor is None:
            return found, pages
        assert pages < 100


def test_every_row_is_told_with_what_became_of_it(office, enrolled):
    found, _ = rows(office, enrolled)
    told = [(each["row"], each["disposition"]) for each in found]
    assert told == [
        (2, "accepted"),
        (3, "accepted"),
        (4, "accepted"),
        (5, "duplicate"),
        (6, "rejected"),
    ]
    first, rejected = found[0], found[-1]
    assert (first["premium"], first["starts"]) == (33_600, "2026-11-22")
    assert first["nik"] == f"{a_nik(1)[:4]}********{a_nik(1)[-4:]}"
    assert first["reference"].startswith(enrolled.id)
    assert (rejected["nik"], rejected["premium"], rejected["reference"]) == (None, 0, None)
    assert rejected["name"].startswith("Siti Contoh")
    assert rejected["findings"][0]["code"] == "nik_length"
    assert found[2]["findings"][0]["message"].endswith(".")


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 50])
def test_pages_add_up_to_the_file_in_its_order(office, limit):
    batch = office.run([a_line(n) for n in range(1, 14)])
    found, _ = rows(office, batch, limit=str(limit))
    assert [each["row"] for each in found] == list(range(2, 15))


@pytest.mark.parametrize(
    ("disposition", "count"), [("rejected", 3), ("accepted", 37), ("conflict", 0)]
)
def test_rows_are_narrowed_down_and_chunks_without_any_are_not_read(office, disposition, count):
    office.chunk_rows = 2
    batch = office.run([a_line(n, **({"nik": "1"} if n in {3, 20, 39} else {})) for n in range(40)])
    read = []
    plain = office.objects.read
    office.objects.read = lambda key: read.append(key) or plain(key)
    found, _ = rows(office, batch, disposition=disposition, limit="50")
    assert len(found) == count
    if disposition != "accepted":
        assert len([key for key in read if "/rows/" in key]) == count


def test_where_many_chunks_must_be_read_a_page_is_short_and_leads_on(office):
    office.chunk_rows = 1
    batch = office.run([a_line(n) for n in range(1, 21)])
    found, pages = rows(office, batch, limit="50")
    assert (len(found), pages) == (20, 3)


def test_a_file_on_its_way_shows_what_is_settled_without_a_gap(office):
    batch = office.take(office.put([a_line(n) for n in range(1, 10)]))
    assert rows(office, batch)[0] == []
    for chunk in (1, 3):
        office.enroll(ChunkJob(batch=batch.id, chunk=chunk))
    assert [each["row"] for each in rows(office, batch)[0]] == [2, 3, 4, 5]
    office.enroll(ChunkJob(batch=batch.id, chunk=2))
    assert [each["row"] for each in rows(office, batch)[0]] == list(range(2, 11))


def test_a_refused_file_has_no_rows(office):
    batch = office.run("Nama\nSiti\n")
    assert rows(office, batch)[0] == []


def test_rows_that_are_kept_no_longer_are_left_out(office, enrolled):
    for key in [key for key in office.objects.stored if key.startswith("work/")]:
        del office.objects.stored[key]
    assert rows(office, enrolled)[0] == []


def test_somebody_who_was_erased_is_an_empty_row(office, enrolled):
    key = work.rows_key(enrolled.id, 1)
    first, *others = work.decode_rows(office.objects.stored[key])
    office.objects.stored[key] = work.encode_rows([_without_person(first), *others])
    (row, *_), _ = rows(office, enrolled)
    assert (row["nik"], row["name"], row["disposition"]) == (None, None, "accepted")


def test_a_name_cell_that_holds_a_number_is_not_shown(office):
    batch = office.run([a_line(1), a_line(2, name=a_nik(7))])
    found, _ = rows(office, batch)
    assert found[1]["name"] is None
    told = office.ask(f"GET /batches/{batch.id}/rows")
    assert a_nik(7) not in told.answer.body


def test_a_cursor_is_good_for_its_own_file_and_question_only(office, enrolled):
    other = office.run([a_line(n) for n in range(10, 15)], "incoming/127/BPUM/b.csv")
    path = "GET /batches/{}/rows"
    cursor = office.ask(path.format(enrolled.id), query={"limit": "1"}).body["next"]
    for batch, who, query in (
        (other, DINAS, {}),
        (other, BSG, {}),
        (enrolled, DINAS, {"disposition": "accepted"}),
        (enrolled, BRI, {}),
    ):
        told = office.ask(path.format(batch.id), who=who, query=query | {"cursor": cursor})
        assert told.code == "cursor_invalid"


@pytest.mark.parametrize(
    ("line", "answer"), [(2, "row"), (4, "row"), (1, "before"), (6, "behind"), (99, "behind")]
)
def test_a_single_row_is_found_without_reading_the_others(office, line, answer):
    batch = office.take(office.put([a_line(n) for n in range(1, 5)]))
    body = office.objects.stored[work.rows_key(batch.id, 1)]
    found = work.find_row(body, line)
    if answer == "row":
        assert found == next(e for e in work.decode_rows(body) if e.source.line == line)
    else:
        assert found is work.Elsewhere(answer)


OLDER = gzip.compress(b'[12,["a"],[],null,null,null]\n[13,["b"],[],null,null,null]\n')


@pytest.mark.parametrize("body", [b"", b"x", work.encode_rows([]), OLDER])
def test_what_is_no_row_object_is_said_to_be_none(body):
    with pytest.raises(ObjectMalformed):
        work.find_row(body, 2)
