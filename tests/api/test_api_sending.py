"""The gate of all messages, resends, and the outreach lists."""

from datetime import timedelta

import pytest

from chalicelib.domain.jobs import OutreachJob
from chalicelib.domain.messages.sending import Window
from chalicelib.domain.person.enrollment import Sms
from chalicelib.errors import PublishRefused
from tests.api.office import BPJS, DINAS, REASON
from tests.support.builders import NOW, a_nik, replace
from tests.support.world import AGREEMENTS, ALWAYS, a_line

ZONE = AGREEMENTS.programmes["sulut-2026"].timezone


def gate(office, who=DINAS):
    response = office.ask("GET /sms/gate", who=who)
    assert response.status == 200, response.body
    return response.body


def switch(office, action, **changes):
    return office.ask("POST /sms/gate", {"action": action, "reason": REASON, **changes})


def test_an_open_gate_says_so(office):
    office.sending = replace(
        ALWAYS, rate=20.0, window=Window.parse("08:00-20:00", ZONE), budget=500_000_000
    )
    body = gate(office, BPJS)
    assert (body["open"], body["why"], body["pause"], body["batches"]) == (True, None, None, [])
    assert body["window"] == {"opens": "08:00", "closes": "20:00", "timezone": "Asia/Makassar"}
    assert (body["budget_usd"], body["reserved_usd"], body["nearly_spent"]) == (
        "500.00",
        "0.00",
        False,
    )
    assert (body["rate"], body["waiting"]) == (20.0, 0)


def test_the_gate_shows_waiting_people_and_the_expected_end(office):
    office.sending = replace(ALWAYS, rate=2.0)
    office.take(office.put([a_line(n) for n in range(1, 9)]))
    office.drive_chunks()
    body = gate(office)
    assert body["waiting"] == 8
    assert body["done_by"] == (NOW + timedelta(seconds=5)).isoformat().replace("+00:00", "Z")


def test_a_pause_closes_it_and_resuming_opens_it(office):
    response = switch(office, "pause")
    assert (response.status, response.body["open"], response.body["why"]) == (200, False, "paused")
    assert response.body["pause"] == {"at": "2026-11-22T02:00:00Z", "by": "ani", "reason": REASON}
    assert "dihentikan" in response.body["explanation"]
    assert switch(office, "resume").body["open"] is True


def test_one_files_messages_are_paused_by_themselves(office, enrolled):
    response = switch(office, "pause", batch=enrolled.id.lower())
    assert response.body["open"] is True
    assert [each["batch"] for each in response.body["batches"]] == [enrolled.id]
    assert office.ask(f"GET /batches/{enrolled.id}").body["sms_paused"] is True
    assert switch(office, "resume", batch=enrolled.id).body["batches"] == []


def test_outside_its_hours_it_says_when_it_opens(office):
    office.sending = replace(ALWAYS, window=Window.parse("11:00-12:00", ZONE))
    body = gate(office)
    assert (body["why"], body["until"]) == ("outside_window", "2026-11-22T03:00:00Z")


def test_a_spent_budget_closes_it(office):
    office.sending = replace(ALWAYS, budget=45_000)
    office.tables.reserved["2026-11", 0] = 45_000
    body = gate(office)
    assert (body["why"], body["nearly_spent"]) == ("budget_spent", True)
    assert body["until"] == "2026-12-01T00:00:00Z"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"reason": "x"}, 400),
        ({"action": "stop"}, 400),
        ({"batch": "7K3M9QX2"}, 404),
        ({"batch": "a/b"}, 400),
    ],
)
def test_a_wrong_order_changes_nothing(office, changes, status):
    asked = {"action": "pause", "reason": REASON} | changes
    assert office.ask("POST /sms/gate", asked).status == status
    assert gate(office)["open"] is True


@pytest.fixture
def failed(office):
    office.sms_sender.failing["+6281200000001"] = PublishRefused("unreachable")
    office.run([a_line(1), a_line(2)])
    return office.enrollments.of_person(a_nik(1))[0]


def again(office, **asked):
    return office.ask("POST /enrollments/resend", {"reason": REASON, **asked})


def test_one_persons_message_is_ordered_again(office, failed):
    office.now += timedelta(minutes=1)
    response = again(office, nik=a_nik(1))
    assert (response.status, response.body["sms"]) == (200, "pending")
    assert response.body["timeline"][-1]["event"] == "resend_asked"
    assert len(office.single_sms_queue.bodies) == 1
    assert a_nik(1) not in response.answer.body


def test_it_may_be_ordered_by_reference_and_to_another_number(office, failed):
    response = again(office, reference=failed.reference, phone="0813-1111-2222")
    assert response.status == 200
    (person,) = office.enrollments.of_person(a_nik(1))
    assert (person.recipient.phone, person.sms) == ("+6281311112222", Sms.PENDING)
    assert response.body["phone"] == "*********222"


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"nik": a_nik(9)}, 404, "not_enrolled"),
        ({"nik": a_nik(1), "programme": "sulut-2021"}, 404, "not_enrolled"),
        ({"nik": a_nik(1), "phone": "12"}, 400, "phone_invalid"),
        ({"nik": "1"}, 400, "nik_length"),
        ({"reference": "x"}, 400, "reference_invalid"),
        ({}, 400, "request_invalid"),
    ],
)
def test_a_refused_order_names_the_reason(office, failed, asked, status, code):
    response = again(office, **asked)
    assert (response.status, response.code) == (status, code)
    assert office.single_sms_queue.bodies == []


def test_it_is_ordered_once_while_it_is_on_its_way_and_once_a_day(office, failed):
    again(office, nik=a_nik(1))
    assert (again(office, nik=a_nik(1)).status, again(office, nik=a_nik(1)).code) == (
        409,
        "sms_on_its_way",
    )
    office.drive()
    assert again(office, nik=a_nik(1)).code == "asked_today"


def test_a_person_who_opted_out_cannot_be_ordered(office, failed):
    office.sms_sender.opted_out.add("+6281200000001")
    response = again(office, nik=a_nik(1))
    assert (response.status, response.code) == (409, "opted_out")


def test_lists_to_call_on_are_ordered_and_linked(office):
    response = office.ask("POST /outreach", {"bank": "bri"})
    assert (response.status, response.body) == (202, {"queued": True})
    assert OutreachJob.model_validate_json(office.report_queue.bodies[-1]).outreach == "002"
    assert office.ask("GET /outreach", query={"bank": "002"}).body["files"] == []
    office.objects.stored["outreach/002/7171-kota-manado.csv"] = b"x"
    office.objects.stored["outreach/127/7171-kota-manado.csv"] = b"x"
    assert office.ask("GET /outreach", query={"bank": "bri"}).code == "reason_missing"
    query = {"bank": "bri", "reason": REASON}
    (file,) = office.ask("GET /outreach", query=query).body["files"]
    assert file["name"] == "7171-kota-manado.csv"
    assert file["url"].startswith("https://bucket/outreach/002/7171-kota-manado.csv?")


@pytest.mark.parametrize("bank", ["999", "a b", ""])
def test_lists_of_an_unknown_bank_are_refused(office, bank):
    assert office.ask("POST /outreach", {"bank": bank}).status == 400
    assert office.ask("GET /outreach", query={"bank": bank}).status == 400
