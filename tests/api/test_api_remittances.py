"""A bank lists and pays, BPJS gives the code and receives; only then is anybody protected."""

from datetime import date, timedelta

import pytest

from chalicelib.api.permissions import PERMISSIONS, Action, Role
from chalicelib.domain.money.standing import Leaf
from tests.api.office import BPJS, BRI, BSG, DINAS, REASON
from tests.support.builders import PROGRAMME, a_nik
from tests.support.world import a_line

PREMIUM = 33_600
PEOPLE = range(1, 11)
SUM = 10 * PREMIUM
CODE = "632611000101"
BILL = {"code": CODE, "bill": SUM, "expires": "2026-11-25"}
PAY = {"code": CODE, "reference": "FT-1", "amount": SUM, "day": "2026-11-22", "channel": "RTGS"}
RECEIVE = {
    "code": CODE,
    "reference": "R-1",
    "amount": SUM,
    "day": "2026-11-22",
    "starts": "2026-11-22",
    "ends": "2027-02-21",
}


@pytest.fixture
def file(office):
    """A file of BRI's whose ten people are all deducted."""
    file = office.run([a_line(n, phone="") for n in PEOPLE])
    rows = "\n".join(f"{a_nik(n)},dipotong,,," for n in PEOPLE)
    office.run(
        f"NIK,Status Potong,Jumlah Dipotong,No Bukti,Alasan\n{rows}\n",
        "incoming/002/KONFIRMASI/k.csv",
    )
    return file


def listed(office, **request):
    made = office.ask("POST /remittances", {"programme": PROGRAMME, **request}, who=BRI)
    assert made.status == 202, made.body
    assert made.body["state"] == "listing"
    office.drive()
    return made.body["id"]


def step(office, id_, name, body, who, status=200):
    answer = office.ask(f"POST /remittances/{id_}/{name}", body, who=who)
    assert answer.status == status, answer.body
    return answer.body if status == 200 else answer.code


def paid(office, **changes):
    id_ = listed(office)
    step(office, id_, "code", BILL, BPJS)
    step(office, id_, "payment", PAY | changes, BRI)
    return id_


def cover(office, number=1, **request):
    found = office.ask("POST /enrollments/lookup", {"nik": a_nik(number), **request}).body
    return found["protected"], found["enrollments"][0]


def leaves(office, file):
    moved = office.batches.moved(file.id).leaves
    return {leaf: each.people for leaf, each in moved.items() if each.people and leaf != Leaf.OPEN}


def test_a_person_is_protected_once_bpjs_has_received_the_list(office, file):
    id_ = listed(office)
    view = office.ask(f"GET /remittances/{id_}", who=BRI).body
    assert (view["state"], view["people"], view["rupiah"]) == ("listed", 10, SUM)
    assert view["files"] == [file.id]
    assert view["may"] == ["cancel_remittance"]

    assert step(office, id_, "code", BILL, BPJS)["may"] == ["bill_remittance"]
    assert cover(office)[1]["status"] == "deducted"
    step(office, id_, "payment", PAY, BRI)
    assert (cover(office)[0], cover(office)[1]["status"]) == (False, "remitted")
    assert leaves(office, file) == {Leaf.AWAITING: 10}

    office.now += timedelta(days=1)
    done = step(office, id_, "receipt", RECEIVE, BPJS)
    assert (done["state"], done["received"], done["may"]) == ("received", SUM, [])
    is_protected, person = cover(office)
    assert (is_protected, person["status"], person["phase"]) == (True, "active", "active")
    assert (person["starts"], person["ends"]) == (RECEIVE["starts"], RECEIVE["ends"])
    assert [each["after"] for each in person["money"]] == ["to_remit", "awaiting", "covered"]
    then = cover(office, on=str(date(2026, 11, 22)))[1]["known_then"]
    assert "belum terlindungi" in then
    assert leaves(office, file) == {Leaf.COVERED: 10}


def test_a_list_takes_its_people_in_many_jobs(office, file):
    office.chunk_rows = 3
    id_ = listed(office, files=[file.id])
    assert office.remittances.get(id_).people == 10
    office.now += timedelta(seconds=1)
    again = office.ask("POST /remittances", {"programme": PROGRAMME, "files": [file.id]}, who=BRI)
    office.drive()
    other = office.ask(f"GET /remittances/{again.body['id']}", who=BRI).body
    assert (other["state"], other["people"]) == ("cancelled", 0)


def test_a_short_receipt_protects_nobody_until_people_are_cut(office, file):
    id_ = paid(office)
    view = step(office, id_, "receipt", RECEIVE | {"amount": SUM - PREMIUM}, BPJS)
    assert (view["state"], view["short"]) == ("paid", PREMIUM)
    assert not cover(office)[0]
    reference = cover(office, 10)[1]["reference"]
    cut = {"references": [reference], "reason": REASON}
    done = step(office, id_, "cut", cut, BRI)
    assert (done["state"], done["people"], done["cut_people"]) == ("received", 9, 1)
    assert cover(office)[0]
    is_protected, person = cover(office, 10)
    assert (is_protected, person["status"]) == (False, "deducted")
    assert "Dikeluarkan dari daftar" in person["money"][-1]["text"]
    assert leaves(office, file) == {Leaf.COVERED: 9, Leaf.TO_REMIT: 1}
    assert step(office, id_, "cut", cut, BRI, 400) == "not_on_list"


def test_who_is_cut_comes_on_another_list(office, file):
    id_ = paid(office)
    step(office, id_, "receipt", RECEIVE | {"amount": SUM - PREMIUM}, BPJS)
    reference = cover(office, 10)[1]["reference"]
    step(office, id_, "cut", {"references": [reference], "reason": REASON}, BRI)
    office.now += timedelta(minutes=1)
    assert office.remittances.get(listed(office)).people == 1


def test_a_cancelled_list_gives_its_people_back(office, file):
    id_ = listed(office)
    view = step(office, id_, "cancellation", {"reason": REASON}, BRI)
    assert (view["state"], view["cancelled_because"]) == ("cancelled", REASON)
    office.now += timedelta(minutes=1)
    assert office.remittances.get(listed(office)).people == 10


def test_a_deduction_that_goes_back_leaves_the_list(office, file):
    id_ = listed(office)
    rows = f"NIK,Status Potong,Jumlah Dipotong,No Bukti,Alasan\n{a_nik(3)},dikembalikan,,,menolak\n"
    office.run(rows, "incoming/002/KONFIRMASI/k2.csv")
    view = office.ask(f"GET /remittances/{id_}", who=BRI).body
    assert (view["people"], view["rupiah"]) == (9, SUM - PREMIUM)
    assert leaves(office, file) == {Leaf.TO_REMIT: 9, Leaf.RETURNED: 1}


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("payment", {"code": "1"}, "code_unknown"),
        ("payment", {"day": "2026-11-26"}, "date_future"),
        ("receipt", {}, "wrong_state"),
        ("cut", {}, "not_on_list"),
    ],
)
def test_a_step_that_is_not_to_be_taken_says_why(office, file, name, changes, code):
    id_ = listed(office)
    step(office, id_, "code", BILL, BPJS)
    body = {"payment": PAY, "receipt": RECEIVE}.get(name, {"references": [], "reason": REASON})
    if name == "cut":
        body["references"] = [cover(office)[1]["reference"]]
        step(office, id_, "cut", body, BRI, 409)
        return
    who = BPJS if name == "receipt" else BRI
    assert step(office, id_, name, body | changes, who, 409) == code


def test_a_payment_reference_counts_once(office, file):
    id_ = paid(office)
    assert step(office, id_, "payment", PAY | {"reference": "ft 1"}, BRI, 409) == "reference_known"


def test_nothing_is_listed_where_nothing_is_due(office, file):
    body = {"programme": PROGRAMME}
    assert office.ask("POST /remittances", body, who=BSG).code == "nothing_due"
    other = office.ask("POST /remittances", body | {"files": [file.id]}, who=BSG)
    assert other.code == "file_unknown"
    unknown = office.ask("POST /remittances", {"programme": "x"}, who=BRI)
    assert unknown.code == "programme_unknown"


def test_no_role_takes_the_steps_of_both_organisations():
    ours = {Action.MAKE_REMITTANCE, Action.PAY_REMITTANCE, Action.CUT_REMITTANCE}
    theirs = {Action.BILL_REMITTANCE, Action.RECEIVE_REMITTANCE}
    for role in Role:
        may = {action for action, roles in PERMISSIONS.items() if role in roles}
        assert not (may & ours and may & theirs)


def test_another_bank_sees_nothing_of_a_list(office, file):
    id_ = listed(office)
    assert office.ask("GET /remittances", who=BSG).body["remittances"] == []
    assert office.ask(f"GET /remittances/{id_}", who=BSG).code == "no_such_remittance"
    assert office.ask("GET /remittances/x", who=BRI).code == "no_such_remittance"
    for who in (DINAS, BPJS, BRI):
        (view,) = office.ask("GET /remittances", who=who, query={"state": "listed"}).body[
            "remittances"
        ]
        assert view["id"] == id_


def test_a_confirmation_whose_people_are_listed_is_not_reversed(office, file):
    listed(office)
    (confirmation,) = [each for each in office.tables.files.values() if each.scheme == "KONFIRMASI"]
    path = f"POST /batches/{confirmation.id}/reversal"
    office.ask(path, {"reason": REASON}, who=DINAS, user="ani")
    decision = {"approve": True, "reason": REASON}
    office.ask(f"{path}/decision", decision, who=DINAS, user="budi")
    office.drive()
    assert office.tables.files[confirmation.id].reversal.state.value == "refused"
    assert leaves(office, file) == {Leaf.TO_REMIT: 10}


def test_the_sweep_sends_the_job_of_a_list_again(office, file):
    made = office.ask("POST /remittances", {"programme": PROGRAMME}, who=BRI).body["id"]
    office.chunk_queue.bodies.clear()
    office.sweep()
    office.drive()
    assert office.remittances.get(made).state.value == "listed"
