"""A wrong confirmation is reversed by two users: who may, what goes back, and what it says."""

import csv
import io
import json
from datetime import timedelta

import pytest

from chalicelib.domain.jobs import ChunkJob, ReverseJob
from chalicelib.domain.money import standing as at
from chalicelib.domain.money.reversal import Kept, ReversalState
from chalicelib.errors import NotYet
from tests.api.office import BPJS, BRI, BSG, DINAS, REASON
from tests.stateful.money import check_money
from tests.support.builders import PROGRAMME, a_nik, replace
from tests.support.world import a_line

PREMIUM = 33_600
IDLE = timedelta(minutes=11)
PEOPLE = range(1, 11)
HEAD = "NIK,Status Potong,Jumlah Dipotong,No Bukti,Alasan"


def confirmation(*rows: str) -> str:
    return "\n".join((HEAD, *rows)) + "\n"


def a_row(number, status="dipotong", amount="", evidence="", reason=""):
    return ",".join((a_nik(number), status, amount, evidence, reason))


WRONG = (
    *(a_row(n, evidence=f"J-{n}") for n in range(1, 7)),
    a_row(7, "gagal", reason="rekening_tutup"),
    a_row(8, "ditunda"),
    a_row(9, "dipotong", "1"),
    a_row(3, evidence="J-33"),  # a second booking: owed
)


@pytest.fixture
def file(office):
    """A file of recipients of BRI's: ten people."""
    return office.run([a_line(n, phone="") for n in PEOPLE])


@pytest.fixture
def wrong(office, file):
    """A confirmation of these people over three chunks, which is wrong."""
    return confirmed(office, "salah", *WRONG)


def confirmed(office, name, *rows):
    return office.run(confirmation(*rows), f"incoming/002/KONFIRMASI/{name}.csv")


def propose(office, batch, who=BRI, user="ani"):
    return office.ask(f"POST /batches/{batch.id}/reversal", {"reason": REASON}, who=who, user=user)


def decide(office, batch, who=DINAS, user="budi", *, approve=True):
    body = {"approve": approve, "reason": "Sudah dicocokkan"}
    return office.ask(f"POST /batches/{batch.id}/reversal/decision", body, who=who, user=user)


def reverse(office, batch):
    assert propose(office, batch).status == 200
    assert decide(office, batch).status == 200
    office.drive()
    return office.tables.files[batch.id]


def standing(office, number):
    return office.enrollments.find(PROGRAMME, a_nik(number)).standing


def money(office, batch, who=BRI):
    shown = office.ask(f"GET /batches/{batch.id}", who=who).body["money"]
    return {name: each["rupiah"] for name, each in shown.items() if each["people"]}


def rows_of(office, batch):
    found = csv.DictReader(io.StringIO(office.result(batch, "hasil.csv")))
    return {int(row["payung_baris"]): row for row in found}


def test_everything_that_the_file_moved_goes_back_to_the_rupiah(office, file, wrong):
    before = money(office, file)
    assert before == {
        "expected": 10 * PREMIUM,
        "open": 2 * PREMIUM,
        "deferred": PREMIUM,
        "failed": PREMIUM,
        "deducted": 6 * PREMIUM,
        "to_remit": 6 * PREMIUM,
        "not_due": PREMIUM,
    }

    batch = reverse(office, wrong)

    assert batch.reversal.state is ReversalState.DONE
    found = batch.reversal
    assert (found.people, found.rupiah) == (8, 8 * PREMIUM)
    assert (found.not_due_people, found.not_due, found.kept) == (1, PREMIUM, {})
    assert money(office, file) == {"expected": 10 * PREMIUM, "open": 10 * PREMIUM}
    assert {standing(office, n) for n in PEOPLE} == {at.BEGINNING}
    person = office.enrollments.find(PROGRAMME, a_nik(1))
    assert [line.by for line in person.ledger] == [(), ("ani", "budi")]
    assert office.tables.unfinished == {}
    check_money(office.tables)


def test_the_totals_follow(office, file, wrong):
    reverse(office, wrong)
    total = office.ask("GET /totals", query={"by": "bank"}).body["total"]["money"]
    assert total["open"] == total["expected"] == {"people": 10, "rupiah": 10 * PREMIUM}
    assert total["not_due"] == total["deducted"] == {"people": 0, "rupiah": 0}


def test_results_and_summary_say_what_became_of_each_row(office, file, wrong):
    reverse(office, wrong)
    rows = rows_of(office, wrong)
    assert rows[2]["payung_kode"] == "confirm_reversed"
    assert rows[2]["payung_potong"] == ""
    assert "dibatalkan oleh dua petugas pada 22 November 2026" in rows[2]["payung_pesan"]
    assert "Tercatat" not in rows[2]["payung_pesan"]
    assert rows[10]["payung_kode"] == "amount_differs"
    assert rows[11]["payung_kode"] == "deducted_not_due;confirm_reversed"
    assert rows[11]["payung_wajib_kembali"] == "0"
    summary = json.loads(office.result(wrong, "ringkasan.json"))
    assert summary["reversal"]["people"] == 8
    assert summary["reversal"]["not_due"] == PREMIUM
    assert "ani" not in json.dumps(summary["reversal"])
    (owner,) = [json.loads(office.result(file, "ringkasan.json"))]
    assert owner["money"]["open"] == 10 * PREMIUM
    assert owner["money_people"]["open"] == 10
    listed = office.ask(
        f"GET /batches/{wrong.id}/rows", who=BRI, query={"code": "confirm_reversed"}
    ).body["rows"]
    assert len(listed) == 9


def test_the_same_file_may_be_handed_in_again_and_counts_again(office, file, wrong):
    reverse(office, wrong)
    again = confirmed(office, "lagi", *WRONG)
    assert again.errors == ()
    view = office.ask(f"GET /batches/{again.id}", who=BRI).body
    assert view["matched"] == {
        "deducted": 6, "failed": 1, "returned": 0, "deferred": 1, "blank": 0,
    }  # fmt: skip
    assert view["breaks"] == {"amount_differs": 1, "deducted_not_due": 1}
    assert money(office, file)["to_remit"] == 6 * PREMIUM
    assert len(office.enrollments.find(PROGRAMME, a_nik(1)).ledger) == 3
    check_money(office.tables)


def test_a_file_that_only_repeated_it_may_come_again_too(office, file, wrong):
    repeated = confirmed(office, "ulang", a_row(1, evidence="J-1"), a_row(2, evidence="J-2"))
    assert office.ask(f"GET /batches/{repeated.id}", who=BRI).body["duplicate"] == 2
    reverse(office, wrong)
    again = confirmed(office, "ulang-lagi", a_row(1, evidence="J-1"), a_row(2, evidence="J-2"))
    assert office.ask(f"GET /batches/{again.id}", who=BRI).body["matched"]["deducted"] == 2


def test_what_a_later_file_has_changed_stays(office, file, wrong):
    later = confirmed(office, "susulan", a_row(1, "dikembalikan"), a_row(8, "dipotong"))
    batch = reverse(office, wrong)
    assert batch.reversal.kept == {Kept.MOVED_ON: 2}
    assert standing(office, 1) == at.RETURNED
    assert standing(office, 8) == at.DEDUCTED
    assert standing(office, 2) == at.BEGINNING
    assert rows_of(office, wrong)[2]["payung_kode"] == "confirm_not_reversed"
    view = office.ask(f"GET /batches/{wrong.id}").body["reversal"]
    assert view["kept"] == [{"code": "moved_on", "rows": 2, "message": "sudah diubah berkas lain"}]
    check_money(office.tables)
    # The later file can be reversed; a person is then as the earlier one left them.
    reverse(office, later)
    assert standing(office, 1) == at.DEDUCTED
    assert standing(office, 8) == at.DEFERRED
    check_money(office.tables)


def test_the_second_row_of_one_person_moves_nobody(office, file):
    reference = office.enrollments.find(PROGRAMME, a_nik(1)).reference
    head = "payung_referensi,NIK,Status Potong,Jumlah Dipotong"
    rows = [f"{reference},,ditunda,", f",{a_nik(2)},dipotong,", f",{a_nik(3)},dipotong,"]
    rows += [f",{a_nik(4)},dipotong,", f",{a_nik(1)},dipotong,"]
    content = "\n".join((head, *rows)) + "\n"
    wrong = office.run(content, "incoming/002/KONFIRMASI/dua.csv")
    assert standing(office, 1) == at.DEFERRED
    batch = reverse(office, wrong)
    assert (batch.reversal.people, batch.reversal.kept) == (4, {})
    assert standing(office, 1) == at.BEGINNING
    check_money(office.tables)


def test_a_person_who_was_erased_is_left_out(office, file, wrong):
    del office.tables.people[a_nik(2), PROGRAMME]
    batch = reverse(office, wrong)
    assert (batch.reversal.people, batch.reversal.kept) == (7, {Kept.GONE: 1})


def test_a_file_with_a_remitted_premium_is_not_reversed_at_all(office, file, wrong):
    key = (a_nik(6), PROGRAMME)
    person = office.tables.people[key]
    line = replace(person.ledger[-1], before=at.DEDUCTED, after=at.REMITTED, source=None)
    office.tables.people[key] = person.stepped(line)
    ledgers = {nik: each.ledger for (nik, _), each in office.tables.people.items()}

    batch = reverse(office, wrong)

    assert batch.reversal.state is ReversalState.REFUSED
    assert {nik: each.ledger for (nik, _), each in office.tables.people.items()} == ledgers
    assert office.tables.unfinished == {}
    shown = office.ask(f"GET /batches/{wrong.id}", who=BRI).body["reversal"]
    assert "daftar setoran ke BPJS" in shown["explanation"]
    assert propose(office, wrong, user="cici").status == 200


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ((BRI, "ani"), (DINAS, "budi"), None),
        ((DINAS, "ani"), (DINAS, "budi"), None),
        ((DINAS, "ani"), (BRI, "budi"), None),
        ((BRI, "ani"), (BRI, "budi"), "no_department"),
        ((BRI, "ani"), (BRI, "ani"), "same_user"),
        ((DINAS, "ani"), (DINAS, "ani"), "same_user"),
        ((BRI, "ani"), (BSG, "budi"), "batch_unknown"),
        ((BRI, "ani"), (BPJS, "budi"), "not_allowed"),
    ],
)
def test_two_users_are_needed_and_one_of_the_department(office, wrong, first, second, code):
    assert propose(office, wrong, *first).status == 200
    answer = decide(office, wrong, *second)
    assert answer.code == code
    assert office.tables.files[wrong.id].is_being_reversed is (code is None)
    office.drive()
    assert (standing(office, 1) == at.BEGINNING) is (code is None)


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ((BRI, "ani"), (BRI, "ani"), None),
        ((BRI, "ani"), (DINAS, "budi"), None),
        ((DINAS, "ani"), (BRI, "budi"), "not_yours"),
    ],
)
def test_a_proposal_can_be_dropped_and_made_again(office, wrong, first, second, code):
    propose(office, wrong, *first)
    assert decide(office, wrong, *second, approve=False).code == code
    if code is None:
        assert decide(office, wrong).code == "no_proposal"
        assert propose(office, wrong).status == 200


def test_a_proposal_changes_nothing_and_waits_in_the_list(office, file, wrong):
    before = money(office, file)
    assert propose(office, wrong).body["state"] == "proposed"
    assert office.chunk_queue.bodies == []
    assert money(office, file) == before
    (listed,) = office.ask("GET /confirmations", user="budi").body["reversals"]
    assert (listed["batch"], listed["reversal"]["may"]) == (wrong.id, ["approve", "drop"])
    assert office.ask("GET /confirmations", who=BSG).body["reversals"] == []
    (own,) = office.ask("GET /confirmations", who=BRI).body["reversals"]
    assert own["reversal"]["may"] == ["drop"]
    decide(office, wrong)
    assert office.ask("GET /confirmations").body["reversals"] == []


def test_what_cannot_be_reversed_is_refused_in_words(office, file, wrong):
    assert propose(office, file).code == "not_a_confirmation"
    propose(office, wrong)
    assert propose(office, wrong, DINAS, "budi").code == "reversal_exists"
    nothing = confirmed(office, "kosong", a_row(9, "belum"), a_row(1, evidence="J-1"))
    assert propose(office, nothing).code == "nothing_to_reverse"
    refused = office.run("apa saja\n", "incoming/002/KONFIRMASI/rusak.csv")
    assert propose(office, refused).code == "not_completed"
    reverse_twice = reverse(office, confirmed(office, "sekali", a_row(10)))
    assert propose(office, reverse_twice).code == "reversal_exists"


def test_every_order_is_in_the_audit_trail_before_it_takes_effect(office, wrong):
    propose(office, wrong)
    decide(office, wrong)
    lines = [each for each in office.lines if "reversal" in each["action"]]
    assert [(each["who"], each["outcome"]) for each in lines] == [
        ("ani", "begun"), ("ani", "ok"), ("budi", "begun"), ("budi", "ok"),
    ]  # fmt: skip
    assert all(each["batch"] == wrong.id and each["reason"] for each in lines)
    office.trail.full = True
    other = office.tables.files[wrong.id]
    assert propose(office, wrong).status == 500
    assert office.tables.files[wrong.id] == other


def test_a_bank_does_not_learn_who_of_the_department_decided(office, wrong):
    propose(office, wrong, DINAS, "ani")
    decide(office, wrong, DINAS, "budi")
    office.drive()
    shown = office.ask(f"GET /batches/{wrong.id}", who=BRI).body["reversal"]
    assert (shown["proposed_by"], shown["decided_by"]) == (None, None)
    shown = office.ask(f"GET /batches/{wrong.id}", who=DINAS).body["reversal"]
    assert (shown["proposed_by"], shown["decided_by"]) == ("ani", "budi")
    answer = office.ask("POST /enrollments/lookup", {"nik": a_nik(1)}, who=BRI).body
    (person,) = answer["enrollments"]
    assert [each["by"] for each in person["money"]] == [[], []]
    assert "dibatalkan oleh dua petugas" in person["money"][1]["text"]
    assert person["phase"] == "enrolled"
    assert not person["protected"]


def test_jobs_that_were_lost_are_sent_again_by_the_sweep(office, wrong):
    propose(office, wrong)
    decide(office, wrong)
    office.chunk_queue.bodies.clear()
    for _ in range(3):
        office.sweep()
        office.now += IDLE
    assert office.chunk_queue.bodies
    office.drive_chunks()  # the checks; the jobs of the second round are lost
    office.chunk_queue.bodies.clear()
    for _ in range(3):
        office.sweep()
        office.now += IDLE
    office.drive()
    assert office.tables.files[wrong.id].reversal.state is ReversalState.DONE
    check_money(office.tables)


def test_jobs_may_come_late_twice_and_in_any_order(office, wrong):
    propose(office, wrong)
    decide(office, wrong)
    jobs = [ReverseJob(batch=wrong.id, reverse=n) for n in (3, 1, 1, 2, 2, 3, 1)]
    for job in [*jobs, *jobs]:
        office.reverse(job)
    office.drive()
    for job in jobs:
        office.reverse(job)
    found = office.tables.files[wrong.id].reversal
    assert (found.state, found.people, found.not_due_people) == (ReversalState.DONE, 8, 1)
    check_money(office.tables)


def test_a_confirmation_waits_while_what_it_repeats_is_being_reversed(office, file, wrong):
    propose(office, wrong)
    decide(office, wrong)
    upload = office.put(confirmation(a_row(1, evidence="J-1")), "incoming/002/KONFIRMASI/b.csv")
    right = office.take(upload)
    (job,) = [body for body in office.chunk_queue.bodies if right.id in body]
    office.chunk_queue.bodies.remove(job)
    with pytest.raises(NotYet):
        office.enroll(ChunkJob.model_validate_json(job))
    office.drive()
    office.chunk_queue.bodies.append(job)
    office.drive()
    assert standing(office, 1) == at.DEDUCTED
    assert office.tables.files[wrong.id].reversal.people == 8
    check_money(office.tables)
