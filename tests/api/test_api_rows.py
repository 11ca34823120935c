"""The rows of a file, page by page."""

import gzip

import pytest

from chalicelib.adapters import bucket_keys
from chalicelib.domain.jobs import ChunkJob
from chalicelib.errors import ObjectMalformed, PublishRefused
from chalicelib.files import work
from chalicelib.kinds.recipients.rows import RecipientRow
from tests.api.office import BPJS, BRI, BSG, DINAS
from tests.support.builders import a_nik
from tests.support.world import a_line


def rows(office, batch, **query):
    """Return all rows, and how many pages they took."""
    found, cursor, pages = [], None, 0
    while True:
        asked = query | ({"cursor": cursor} if cursor else {})
        response = office.ask(f"GET /batches/{batch.id}/rows", query=asked)
        assert response.status == 200, response.body
        found += response.body["rows"]
        cursor, pages = response.body["next"], pages + 1
        if cursor is None:
            return found, pages
        assert pages < 100


def test_every_row_is_listed_with_its_outcome(office, enrolled):
    found, _ = rows(office, enrolled)
    dispositions = [(each["row"], each["disposition"]) for each in found]
    assert dispositions == [
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


def test_a_row_says_what_became_of_its_persons_message(office):
    office.sms_sender.failing["+6281200000002"] = PublishRefused("unreachable")
    batch = office.run([a_line(1), a_line(2), a_line(3, phone=""), a_line(1)])
    found, _ = rows(office, batch)
    assert [each["sms"] for each in found] == ["sent", "failed", "not_possible", None]
    assert [bool(each["sms_explanation"]) for each in found] == [False, True, False, False]


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


def test_when_many_chunks_must_be_read_a_page_is_short_and_has_a_next_page(office):
    office.chunk_rows = 1
    batch = office.run([a_line(n) for n in range(1, 21)])
    found, pages = rows(office, batch, limit="50")
    assert (len(found), pages) == (20, 3)


def test_an_unfinished_file_shows_its_settled_rows_without_a_gap(office):
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


def test_an_erased_person_is_an_empty_row(office, enrolled):
    key = bucket_keys.rows(enrolled.id, 1)
    first, *others = work.decode_rows(office.objects.stored[key], RecipientRow)
    office.objects.stored[key] = work.encode_rows([first.blanked(), *others])
    (row, *_), _ = rows(office, enrolled)
    assert (row["nik"], row["name"], row["disposition"]) == (None, None, "accepted")


def test_a_name_cell_that_holds_a_number_is_not_shown(office):
    batch = office.run([a_line(1), a_line(2, name=a_nik(7))])
    found, _ = rows(office, batch)
    assert found[1]["name"] is None
    response = office.ask(f"GET /batches/{batch.id}/rows")
    assert a_nik(7) not in response.answer.body


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
        response = office.ask(path.format(batch.id), who=who, query=query | {"cursor": cursor})
        assert response.code == "cursor_invalid"


@pytest.mark.parametrize(
    ("line", "answer"), [(2, "row"), (4, "row"), (1, "before"), (6, "behind"), (99, "behind")]
)
def test_a_single_row_is_found_without_reading_the_others(office, line, answer):
    batch = office.take(office.put([a_line(n) for n in range(1, 5)]))
    body = office.objects.stored[bucket_keys.rows(batch.id, 1)]
    found = work.find_row(body, line, RecipientRow)
    if answer == "row":
        assert found == next(
            e for e in work.decode_rows(body, RecipientRow) if e.source.line == line
        )
    else:
        assert found is work.Elsewhere(answer)


OLDER = gzip.compress(b'[12,["a"],[],null,null,null]\n[13,["b"],[],null,null,null]\n', mtime=0)


@pytest.mark.parametrize("body", [b"", b"x", work.encode_rows([]), OLDER])
def test_an_invalid_row_object_is_malformed(body):
    with pytest.raises(ObjectMalformed):
        work.find_row(body, 2, RecipientRow)


def test_only_the_department_sees_what_disagrees_across_banks(office):
    office.run([a_line(1), a_line(2)])
    other = office.run(
        [a_line(1, name="Johannes Lain Sekali"), a_line(2)], "incoming/127/KUR/a.csv"
    )
    answers = {
        who: [
            office.ask(f"GET /batches/{other.id}/rows", who=who),
            office.ask(f"GET /batches/{other.id}", who=who),
        ]
        for who in (DINAS, BPJS, BSG)
    }
    for who, (listed, file) in answers.items():
        noted = [[each["code"] for each in row["for_department"]] for row in listed.body["rows"]]
        if who is DINAS:
            assert noted == [
                ["department_conflict_other_bank", "department_bpum_and_kur"],
                ["department_bpum_and_kur"],
            ]
            assert "BRI" in listed.body["rows"][0]["for_department"][0]["message"]
            assert file.body["for_department"] == {
                "department_bpum_and_kur": 2,
                "department_conflict_other_bank": 1,
            }
        else:
            assert noted == [[], []]
            assert file.body["for_department"] == {}
            # Neither row tells more than the other.
            first, second = (row["findings"] for row in listed.body["rows"])
            assert first == second
            assert "BRI" not in str(listed.body)
        assert file.body["codes"] == {"duplicate_other_bank": 2}


def test_the_rows_of_a_confirmation_are_listed_with_what_they_changed(office, enrolled):
    lines = (f"{a_nik(1)},dipotong", f"{a_nik(2)},PENDING", f"{a_nik(99)},dipotong")
    content = "\n".join(("NIK,Status Potong", *lines)) + "\n"
    batch = office.run(content, "incoming/002/KONFIRMASI/a.csv")
    found, _ = rows(office, batch)
    codes = [[each["code"] for each in row["findings"]] for row in found]
    assert codes == [[], ["status_unknown"], ["person_unknown"]]
    assert [row["disposition"] for row in found] == ["accepted", "rejected", "rejected"]
    assert (found[0]["premium"], found[0]["starts"]) == (33_600, None)
    assert found[0]["reference"].startswith(enrolled.id)


def test_rows_are_filtered_by_why_their_message_failed(office):
    for number, why in ((2, "unreachable"), (5, "invalid_number"), (9, "unreachable")):
        office.sms_sender.failing[f"+628120000000{number}"] = PublishRefused(why)
    batch = office.run([*(a_line(n) for n in range(1, 10)), a_line(2), a_line(10, phone="")])
    failed, _ = rows(office, batch, sms="failed")
    assert [(each["row"], each["sms"]) for each in failed] == [
        (3, "failed"),
        (6, "failed"),
        (10, "failed"),
    ]
    for limit in ("1", "2", "50"):
        found, _ = rows(office, batch, sms_reason="unreachable", limit=limit)
        assert [each["row"] for each in found] == [3, 10]
        assert {each["sms_reason"] for each in found} == {"unreachable"}
    assert rows(office, batch, sms_reason="blocked")[0] == []
    assert rows(office, batch, sms="failed", disposition="rejected")[0] == []


def test_only_people_whose_message_failed_are_read_for_that_filter(office):
    office.sms_sender.failing["+6281200000002"] = PublishRefused("unreachable")
    batch = office.run([a_line(n) for n in range(1, 10)])
    asked, owners = [], office.enrollments.owners
    office.enrollments.owners = lambda programme, niks: (
        asked.extend(niks) or owners(programme, niks)
    )
    assert len(rows(office, batch, sms="failed")[0]) == 1
    assert set(asked) == {a_nik(2)}


def test_a_cursor_is_of_one_filter_of_messages(office):
    for number in (1, 2):
        office.sms_sender.failing[f"+628120000000{number}"] = PublishRefused("unreachable")
    batch = office.run([a_line(1), a_line(2)])
    path = f"GET /batches/{batch.id}/rows"
    cursor = office.ask(path, query={"sms": "failed", "limit": "1"}).body["next"]
    assert office.ask(path, query={"cursor": cursor}).status == 400
