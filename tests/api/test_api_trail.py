"""The audit trail of large answers and of refusals: whom was shown, and what was tried."""

import json

import pytest

from chalicelib.api.audit import Subject
from chalicelib.api.endpoints import ENDPOINTS
from chalicelib.api.permissions import Action, User
from chalicelib.api.requests import Request, not_json
from chalicelib.domain.jobs import OutreachJob
from chalicelib.kinds.recipients.rows import recipient_store
from chalicelib.lambdas import report
from tests.api.office import BPJS, BRI, BSG, DINAS, REASON, claims_of
from tests.support.builders import a_nik
from tests.support.world import a_line

LOOKUP = "POST /enrollments/lookup"
ROUTES = [f"{each.method} {each.path}" for each in ENDPOINTS]


def hashes(office, *numbers):
    return [office.audit.hash_of(a_nik(number)) for number in numbers]


def test_the_line_of_a_page_of_rows_names_everybody_on_it(office):
    shifted = f"x,{a_line(7)}"
    batch = office.run([a_line(1), a_line(2, amount="abc"), a_line(1), a_line(4, nik="1"), shifted])
    office.ask(f"GET /batches/{batch.id}/rows", who=BRI)
    (line,) = office.lines
    assert (line["outcome"], line["rows"], line["shown"]) == ("ok", 5, "masked")
    # Each person once; a row whose NIK cannot be read has no hash.
    assert line["nik_hash"] == hashes(office, 1, 2)


@pytest.mark.parametrize("who", [DINAS, BPJS, BRI])
def test_everybody_in_the_results_is_named_before_they_are_linked(office, who):
    lines = [a_line(n) for n in range(1, 7)]
    batch = office.run([*lines, a_line(7, amount="abc"), a_line(8, nik="1"), f"x,{a_line(9)}"])
    query = {"reason": REASON}
    assert office.ask(f"GET /batches/{batch.id}/results", who=who, query=query).status == 200
    *shown, last = office.lines
    assert [each["outcome"] for each in shown] == ["shown"] * len(shown)
    assert len(shown) == 3, "one line for each chunk"
    named = [each for line in shown for each in line["nik_hash"]]
    assert named == hashes(office, *range(1, 8), 9)
    assert (last["outcome"], last["rows"], last["shown"]) == ("ok", 8, "full")
    for line in office.lines:
        assert (line["reason"], line["request_id"]) == (REASON, "r-1")
        assert (line["batch"], line["bank"], line["shown"]) == (batch.id, "002", "full")


def test_nothing_is_linked_that_the_trail_does_not_take(office, enrolled):
    office.trail.full = True
    query = {"reason": REASON}
    response = office.ask(f"GET /batches/{enrolled.id}/results", query=query)
    assert (response.status, "url" in response.answer.body) == (500, False)


def test_an_erased_person_is_no_longer_in_the_results(office):
    batch = office.run([a_line(1), a_line(2)])
    rows = recipient_store(office.objects)
    first, second = rows.rows(batch.id, 1)
    rows.write_rows(batch.id, 1, [first.blanked(), second])
    office.ask(f"GET /batches/{batch.id}/results", who=BRI)
    assert office.lines[0]["nik_hash"] == hashes(office, 2)


def test_a_file_without_results_of_people_needs_no_reason(office):
    batch = office.take(office.put([a_line(1)]))
    response = office.ask(f"GET /batches/{batch.id}/results", who=BPJS)
    assert [each["name"] for each in response.body["files"]] == ["ringkasan.json"]
    assert office.lines[-1]["shown"] == "nothing"


@pytest.mark.parametrize("who", [DINAS, BPJS])
@pytest.mark.parametrize(
    "reason", [None, "", "     ", "x", f"NIK {a_nik(1)}", "0 8 1 2 3 4 5 6 7 8"]
)
def test_staff_get_no_whole_file_without_a_reason(office, enrolled, who, reason):
    query = {} if reason is None else {"reason": reason}
    response = office.ask(f"GET /batches/{enrolled.id}/results", who=who, query=query)
    assert response.status == 400
    assert "url" not in response.answer.body
    (line,) = office.lines
    assert (line["tried"]["batch"], line["shown"]) == (enrolled.id, "nothing")
    assert "nik_hash" not in line


def test_everybody_in_the_outreach_lists_is_named(office):
    batch = office.run([a_line(1), a_line(2, phone=""), a_line(3, phone="")])
    assert office.ask("POST /outreach", {"bank": "bri"}).status == 202
    report.outreach_step(office.ports).run(OutreachJob(outreach="002"))
    office.trail.lines.clear()
    assert office.ask("GET /outreach", query={"bank": "bri"}).code == "reason_missing"
    query = {"bank": "bri", "reason": REASON}
    body = office.ask("GET /outreach", query=query).body
    files = body["files"]
    (counted,) = body["reasons"]
    assert (counted["status"], counted["people"]) == ("tidak dapat dikirim", 2)
    assert counted["reason"].startswith("Berkas bank tidak memuat nomor ponsel")
    assert [each["name"] for each in files] == ["7171-kota-manado.csv", "jumlah-menurut-alasan.csv"]
    refused, shown, last = office.lines
    assert (refused["outcome"], refused["tried"]) == ("reason_missing", {"bank": "bri"})
    assert sorted(shown["nik_hash"]) == sorted(hashes(office, 2, 3))
    assert (last["outcome"], last["rows"], last["bank"]) == ("ok", 2, batch.bank)


def test_a_probe_of_another_banks_file_names_the_file(office, enrolled):
    for call in ("", "/rows", "/results"):
        office.ask(f"GET /batches/{enrolled.id.lower()}{call}", who=BSG)
    assert [line["outcome"] for line in office.lines] == ["batch_unknown"] * 3
    assert [line["tried"] for line in office.lines] == [{"batch": enrolled.id.lower()}] * 3
    assert not any("batch" in line for line in office.lines)


@pytest.mark.parametrize("route", ROUTES)
def test_a_user_without_a_role_leaves_a_line_everywhere(office, route):
    ids = {"batch": "7K3M9QX2", "remittance": "002-261129031500-7F3A"}
    call = route.format(**ids)
    office.ask(call, {}, who="somebody,bank-002,bank-008")
    (line,) = office.lines
    assert (line["who"], line["outcome"]) == ("ani", "no_role")
    assert line["groups"] == ["somebody", "bank-002", "bank-008"]
    named = {name: each for name, each in ids.items() if f"{{{name}}}" in route}
    assert line.get("tried", {}) == named


def test_a_forbidden_call_leaves_a_line_with_what_was_tried(office, enrolled):
    person = {"nik": a_nik(1), "reason": REASON}
    office.ask("POST /enrollments/resend", person, who=BPJS)
    office.ask(LOOKUP, {**person, "unmask": True}, who=BRI)
    office.ask("GET /sms/gate", who=BRI)
    office.ask("GET /batches", who=BRI, query={"bank": "bsg"})
    office.ask(
        "POST /sms/gate", {"action": "pause", "batch": enrolled.id, "reason": REASON}, who=BRI
    )
    resend, unmask, gate, listed, pause = office.lines
    assert resend["nik_hash"] == unmask["nik_hash"] == hashes(office, 1)
    assert resend["reason"] == unmask["reason"] == REASON
    assert unmask["tried"] == {"unmask": True}
    assert (gate["action"], gate["outcome"]) == ("show_gate", "not_allowed")
    assert (listed["outcome"], listed["tried"]) == ("other_bank", {"bank": "bsg"})
    assert (pause["outcome"], pause["tried"]) == ("not_allowed", {"batch": enrolled.id})


@pytest.mark.parametrize("route", [route for route in ROUTES if route.startswith("POST")])
def test_a_body_that_is_not_json_leaves_a_line(office, enrolled, route):
    (endpoint,) = [each for each in ENDPOINTS if f"{each.method} {each.path}" == route]
    places = {"batch": enrolled.id} if "{batch}" in route else {}
    request = Request(path=places, claims=claims_of("dinas"), body=b"nik=1", id="r-2")
    answer = not_json(endpoint, request, lambda: office.ports)
    assert (answer.status, json.loads(answer.body)["error"]["code"]) == (415, "not_json")
    (line,) = office.lines
    assert (line["outcome"], line["action"]) == ("not_json", endpoint.name)
    assert line.get("tried", {}) == places


PERSONAL = [
    a_nik(1),
    "Maria Wowor",
    "0812 3456 7890",
    "71710141078",
    "maria",
    "７１７１０１４１０７８００００１",
]


@pytest.mark.parametrize("text", PERSONAL)
@pytest.mark.parametrize("who", [DINAS, BPJS, BRI, "nobody"])
def test_what_was_tried_is_no_personal_data(office, enrolled, text, who):
    for name in ("nik", "reference", "programme", "reason", "phone", "x", text):
        office.ask(LOOKUP, {name: text, "reason": text}, who=who)
        office.ask("POST /enrollments/resend", {name: text, "reason": text}, who=who)
    office.ask("POST /sms/gate", {"batch": text, "action": text, "reason": text}, who=who)
    office.ask("POST /uploads", {"scheme": text, "file_name": text, "size": text}, who=who)
    for call in ("/batches/{}", "/batches/{}/rows", "/batches/{}/results"):
        office.ask(f"GET {call.format(text.replace('/', ''))}", who=who)
    for name in ("bank", "scheme", "reason", "cursor", text):
        office.ask("GET /outreach", query={name: text}, who=who)
        office.ask("GET /batches", query={name: text}, who=who)
    written = "\n".join(office.trail.lines)
    assert len(office.lines) > 10
    for line in office.lines:
        # A text without digits cannot be seen to be a name: staff may write one as their reason.
        line.pop("reason", None)
        assert text not in json.dumps(line, ensure_ascii=False)
    if text != "maria" and not text.startswith("Maria"):
        assert text not in written


def test_the_same_wrong_number_is_recognised(office):
    for nik in ("7171", "7171", "7172"):
        office.ask(LOOKUP, {"nik": nik})
    first, second, third = (line["tried"]["nik"] for line in office.lines)
    assert first == second != third
    assert first.startswith("hash:")


def test_a_refusal_that_cannot_be_recorded_is_no_answer(office, enrolled):
    office.trail.full = True
    for who in ("nobody", BSG):
        assert office.ask(f"GET /batches/{enrolled.id}", who=who).status == 500


def test_a_line_is_never_too_long_for_the_log(office):
    people = [[f"{number:016d}" for number in range(150_000)]]
    audit = office.audit
    subject = Subject(reason="x" * 500, batch="7K3M9QX2", bank="002")
    user = User("u" * 128, ("bank-002",) * 20)
    assert audit.write_people(user, Action.DOWNLOAD_RESULTS, subject, people, "r") == 150_000
    assert max(len(line.encode()) for line in office.trail.lines) < 256 * 1024 - 26
