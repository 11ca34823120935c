"""The audit trail: a line is written before anything is shown or changed."""

import json

import pytest

from chalicelib.api.audit import Audit
from chalicelib.api.endpoints import ENDPOINTS
from chalicelib.api.permissions import Action
from tests.api.office import BRI, BSG, DINAS, REASON
from tests.support.builders import a_nik
from tests.support.world import a_line

TRACED = {
    Action.LOOK_UP,
    Action.RESEND,
    Action.LIST_ROWS,
    Action.DOWNLOAD_RESULTS,
    Action.RESEND_BATCH,
    Action.UPLOAD,
    Action.SWITCH_GATE,
    Action.ORDER_OUTREACH,
    Action.DOWNLOAD_OUTREACH,
    Action.ORDER_ACCESS,
    Action.DOWNLOAD_ACCESS,
    Action.PROPOSE_REVERSAL,
    Action.MAKE_REMITTANCE,
    Action.BILL_REMITTANCE,
    Action.PAY_REMITTANCE,
    Action.RECEIVE_REMITTANCE,
    Action.CUT_REMITTANCE,
    Action.CANCEL_REMITTANCE,
    Action.DECIDE_REVERSAL,
}
CHANGING = {
    Action.RESEND,
    Action.RESEND_BATCH,
    Action.SWITCH_GATE,
    Action.ORDER_OUTREACH,
    Action.ORDER_ACCESS,
    Action.PROPOSE_REVERSAL,
    Action.MAKE_REMITTANCE,
    Action.BILL_REMITTANCE,
    Action.PAY_REMITTANCE,
    Action.RECEIVE_REMITTANCE,
    Action.CUT_REMITTANCE,
    Action.CANCEL_REMITTANCE,
    Action.DECIDE_REVERSAL,
}


def test_every_call_that_shows_people_or_changes_data_is_audited():
    assert {each.action for each in ENDPOINTS if each.traced} == TRACED
    assert {each.action for each in ENDPOINTS if each.changes} == CHANGING


def test_the_audit_line_of_a_lookup_has_caller_person_and_shown_fields(office, enrolled):
    office.ask("POST /enrollments/lookup", {"nik": a_nik(1), "reason": REASON}, who="bpjs,other")
    assert office.lines == [
        {
            "at": "2026-11-22T02:00:00.000+00:00",
            "who": "ani",
            "groups": ["bpjs", "other"],
            "action": "look_up",
            "outcome": "ok",
            "nik_hash": [office.audit.hash_of(a_nik(1))],
            "reason": REASON,
            "shown": "masked",
            "request_id": "r-1",
        }
    ]


def test_a_lookup_by_reference_is_found_under_the_same_person(office, enrolled):
    (person,) = office.enrollments.of_person(a_nik(1))
    office.ask("POST /enrollments/lookup", {"reference": person.reference})
    (line,) = office.lines
    assert line["nik_hash"] == [office.audit.hash_of(a_nik(1))]
    assert line["reference"] == f"{enrolled.id}-{person.row}"


def test_an_unmasked_lookup_is_audited_as_such(office, enrolled):
    asked = {"nik": a_nik(1), "unmask": True, "reason": REASON}
    office.ask("POST /enrollments/lookup", asked)
    assert (office.lines[0]["shown"], office.lines[0]["reason"]) == ("full", REASON)


@pytest.mark.parametrize(
    ("who", "asked", "outcome"),
    [
        (BRI, {"nik": a_nik(1), "unmask": True, "reason": REASON}, "not_allowed"),
        (BSG, {"nik": a_nik(1)}, "not_enrolled"),
        (DINAS, {"nik": a_nik(77)}, "not_enrolled"),
        (DINAS, {"nik": "71"}, "nik_length"),
        (DINAS, {}, "request_invalid"),
    ],
)
def test_refusals_are_audited_too(office, enrolled, who, asked, outcome):
    office.ask("POST /enrollments/lookup", asked, who=who)
    (line,) = office.lines
    assert (line["outcome"], line["shown"]) == (outcome, "nothing")


def test_a_call_without_permission_is_audited(office, enrolled):
    office.ask("POST /sms/gate", {"action": "pause", "reason": REASON}, who=BRI)
    (line,) = office.lines
    assert (line["action"], line["outcome"]) == ("switch_gate", "not_allowed")


def test_without_an_audit_line_there_is_no_answer(office, enrolled):
    office.trail.full = True
    response = office.ask("POST /enrollments/lookup", {"nik": a_nik(1)})
    assert (response.status, response.code) == (500, "internal")
    assert "Siti" not in response.answer.body


def test_without_an_audit_line_there_is_no_change(office, enrolled):
    office.trail.full = True
    for call, body in (
        ("POST /sms/gate", {"action": "pause", "reason": REASON}),
        ("POST /outreach", {"bank": "002"}),
        ("POST /enrollments/resend", {"nik": a_nik(1), "reason": REASON}),
        (f"POST /batches/{enrolled.id}/resend", {"reason": REASON}),
    ):
        assert office.ask(call, body).status == 500
    assert office.gates.read("2026-11").pause is None
    queues = (office.report_queue, office.single_sms_queue, office.resend_queue)
    assert [queue.bodies for queue in queues] == [[], [], []]


def test_a_change_is_audited_before_and_after(office, enrolled):
    office.ask("POST /enrollments/resend", {"nik": a_nik(1), "reason": REASON})
    before, after = office.lines
    assert (before["outcome"], after["outcome"]) == ("begun", "ok")
    for line in (before, after):
        assert line["nik_hash"] == [office.audit.hash_of(a_nik(1))]
        assert (line["reason"], line["action"]) == (REASON, "resend")


def test_every_other_audit_line_names_its_subject(office, enrolled):
    office.ask(f"GET /batches/{enrolled.id}/rows", query={})
    office.ask(f"GET /batches/{enrolled.id}/results", query={"reason": REASON})
    office.ask(f"POST /batches/{enrolled.id}/resend", {"reason": REASON})
    office.ask("POST /uploads", {"scheme": "KUR", "file_name": "a.csv", "size": 1}, who=BRI)
    office.objects.stored["outreach/002/x.csv"] = b""
    office.ask("GET /outreach", query={"bank": "002", "reason": REASON})
    rows, shown, results, _, again, upload, outreach = office.lines
    assert (shown["outcome"], shown["batch"], shown["reason"]) == ("shown", enrolled.id, REASON)
    assert (rows["batch"], rows["bank"], rows["shown"], rows["rows"]) == (
        enrolled.id,
        "002",
        "masked",
        5,
    )
    # They are files with the bank's own columns.
    assert (results["batch"], results["shown"]) == (enrolled.id, "full")
    assert (again["batch"], again["reason"]) == (enrolled.id, REASON)
    assert (upload["bank"], upload["file"].split("-")[-1]) == ("002", "a.csv")
    assert (outreach["bank"], outreach["shown"]) == ("002", "full")


def test_no_line_holds_a_nik_a_phone_or_a_name(office, caplog):
    batch = office.run([a_line(n) for n in range(1, 4)])
    (person, *_) = office.tables.people.values()
    for body in (
        {"nik": a_nik(1)},
        {"nik": a_nik(1), "unmask": True, "reason": REASON},
        {"reference": person.reference},
        {"reference": a_nik(1)},
        {"nik": a_nik(1) + "0"},
    ):
        office.ask("POST /enrollments/lookup", body)
    office.ask("POST /enrollments/resend", {"nik": a_nik(2), "reason": REASON, "phone": "0813"})
    office.ask(f"GET /batches/{batch.id}/rows")
    written = json.dumps(office.lines) + caplog.text
    for each in office.tables.people.values():
        assert each.recipient.nik not in written
        assert each.recipient.name not in written
        assert each.recipient.phone[3:] not in written


@pytest.mark.parametrize(
    "number",
    [
        a_nik(1),
        "7171 0141 0780 0001",
        "7171.0141.0780.0001",
        "0812-3456-7890",
        "+62 812 3456 7890",
        "(0812) 345 678",
        "081234567",
        "8123456789",
        "\u0667" * 16,
    ],
)
def test_a_reason_with_personal_data_is_refused_and_not_audited(office, enrolled, number):
    reason = f"Diminta oleh {number}, di loket"
    for call, body in (
        ("POST /enrollments/lookup", {"nik": a_nik(1)}),
        ("POST /enrollments/resend", {"nik": a_nik(1)}),
        ("POST /sms/gate", {"action": "pause"}),
        (f"POST /batches/{enrolled.id}/resend", {}),
    ):
        response = office.ask(call, {**body, "reason": reason})
        assert (response.status, response.code) == (400, "reason_with_number")
        assert number not in response.answer.body
    assert [each["outcome"] for each in office.lines] == ["reason_with_number"] * 4
    assert number not in "".join(office.trail.lines)


@pytest.mark.parametrize(
    "reason",
    [
        "Datang 22-11-2026 pukul 14.05",
        "Datang 08/11/2026 08.10-08.45",
        "Surat 800/123/2026, iuran Rp240.000.000",
        "Berkas 7K3M9QX2, baris 151",
    ],
)
def test_a_reason_may_contain_days_times_and_amounts(office, enrolled, reason):
    assert office.ask("POST /enrollments/lookup", {"nik": a_nik(1), "reason": reason}).status == 200


def test_a_hash_needs_the_key(office):
    other = Audit(office.trail, b"guessed", office.clock)
    assert other.hash_of(a_nik(1)) != office.audit.hash_of(a_nik(1))
    assert len({office.audit.hash_of(a_nik(n)) for n in range(100)}) == 100
