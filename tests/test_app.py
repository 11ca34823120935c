"""The routes and triggers as Chalice calls them, over the embedded cloud."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from builders import NOW, a_batch, a_nik, an_enrollment
from chalice.test import Client

from chalicelib import wiring
from chalicelib.adapters.protocols import Checkpoint
from chalicelib.domain.batch import BatchStatus
from chalicelib.domain.outcome import Tally
from local.application import application

now = NOW


@pytest.fixture
def api(aws) -> Iterator[Client]:
    with application(aws.cloud.environment, lambda: now) as app, Client(app) as client:
        yield client


@pytest.fixture
def enrolled(api):
    """One person enrolled by a file of one row."""
    world = wiring.world()
    batch = a_batch(
        status=BatchStatus.ENROLLING, rows=1, chunks=1, chunk_rows=10, programme="sulut-2026"
    )
    world.batches.claim(batch)
    tally = Tally(accepted=1, premium_total=33_600, aid_total=1_200_000)
    enrollment = an_enrollment(1, batch=batch.id)
    world.enrollments.commit([enrollment], Checkpoint(batch.id, 1, 0, 1, tally))
    return enrollment


def look_up(api: Client, body: str) -> tuple[int, dict]:
    answer = api.http.post(
        "/enrollments/lookup", headers={"Content-Type": "application/json"}, body=body.encode()
    )
    return answer.status_code, answer.json_body


def test_an_enrolled_person_is_found_and_masked(api, enrolled):
    status, body = look_up(api, json.dumps({"nik": a_nik(1)}))

    found = body["enrollments"][0]
    assert (status, body["protected_today"]) == (200, True)
    assert (found["starts"], found["ends"]) == ("2026-11-22", "2027-02-21")
    assert (found["premium"], found["reference"]) == (33_600, enrolled.reference)
    assert a_nik(1) not in json.dumps(body)
    assert enrolled.recipient.phone not in json.dumps(body)


def test_a_nik_may_be_typed_with_dots_and_spaces(api, enrolled):
    nik = a_nik(1)
    assert look_up(api, json.dumps({"nik": f" {nik[:6]}.{nik[6:12]} {nik[12:]}"}))[0] == 200


@pytest.mark.parametrize(("days", "protected"), [(-1, False), (0, True), (91, True), (92, False)])
def test_protection_is_told_for_the_day_of_the_question(
    api, enrolled, monkeypatch, days, protected
):
    wiring.set_clock(lambda: NOW + timedelta(days=days))
    _, body = look_up(api, json.dumps({"nik": a_nik(1)}))
    assert body["protected_today"] is protected


def test_somebody_who_is_not_enrolled_is_not_found(api):
    status, body = look_up(api, json.dumps({"nik": a_nik(5)}))
    assert (status, body["error"]["code"]) == (404, "not_enrolled")
    assert a_nik(5) not in json.dumps(body)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ('{"nik": "123"}', "nik_length"),
        ('{"nik": ""}', "nik_missing"),
        ('{"nik": 7171014107800001}', "request_invalid"),
        ('{"nik": "7171014107800001", "reason": "?"}', "request_invalid"),
        ('{"7171014107800001": "x"}', "request_invalid"),
        ("{}", "request_invalid"),
        ("not json", "request_invalid"),
        ("", "request_invalid"),
        ('{"nik": "' + "1" * 1000 + '"}', "request_invalid"),
    ],
)
def test_a_question_that_cannot_be_read_is_answered_with_a_code_and_a_sentence(api, sent, code):
    status, body = look_up(api, sent)
    assert (status, body["error"]["code"]) == (400, code)
    assert body["error"]["message"].endswith(".")
    assert "7171014107800001" not in json.dumps(body)


def test_a_file_is_shown_with_its_counts_and_sums(api, enrolled):
    answer = api.http.get(f"/batches/{enrolled.batch}")

    body = answer.json_body
    assert (body["status"], body["rows"], body["accepted"]) == ("enrolling", 1, 1)
    assert (body["premium_total"], body["net_aid_total"]) == (33_600, 1_166_400)
    assert (body["progress"], body["sms"]["pending"]) == (1.0, 1)


def test_a_files_number_may_be_typed_in_small_letters(api, enrolled):
    assert api.http.get(f"/batches/{enrolled.batch.lower()}").status_code == 200


def test_an_unknown_file_is_not_found(api):
    answer = api.http.get("/batches/AAAAAAAA")
    assert (answer.status_code, answer.json_body["error"]["code"]) == (404, "batch_unknown")


def test_a_fault_tells_nothing_of_the_inside(api, enrolled, monkeypatch, capfd):
    def broken(_: str) -> None:
        raise KeyError(a_nik(1))

    monkeypatch.setattr(wiring.world().enrollments, "of_person", broken)
    status, body = look_up(api, json.dumps({"nik": a_nik(1)}))

    assert (status, body["error"]["code"]) == (500, "internal")
    assert a_nik(1) not in json.dumps(body)
    assert a_nik(1) not in "".join(capfd.readouterr())


def test_a_trigger_answers_with_the_messages_that_failed(api):
    event = api.events.generate_sqs_event(["no job"], queue_name="payung-chunks")
    answer = api.lambda_.invoke("enroll", event)
    assert len(answer.payload["batchItemFailures"]) == 1


def test_the_sweep_is_a_function_of_its_own(api):
    event = api.events.generate_cw_event("aws.events", "Scheduled Event", {}, [], region="x")
    assert api.lambda_.invoke("sweep", event).payload is None
