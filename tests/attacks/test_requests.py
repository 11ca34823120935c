"""A request of any shape gets an answer in words that shows nothing of the inside."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.api.endpoints import ENDPOINTS
from chalicelib.api.requests import Endpoint
from tests.api.office import BPJS, BRI, BSG, DINAS, ApiAnswer, Office
from tests.attacks.payloads import NUMBERS
from tests.attacks.requests_ import (
    BODIES,
    FIELDS,
    IDS,
    PARAMETERS,
    TOGETHER,
    asked_with_a_reason,
)
from tests.support.builders import a_nik
from tests.support.world import a_line

ROLES = (DINAS, BPJS, BRI, BSG)
NAMES = [each.name for each in ENDPOINTS]
_INSIDE = re.compile(r"Traceback|File \"|botocore|pydantic|chalicelib|payung-test|DynamoDB|\.py\b")


@pytest.fixture
def office() -> Office:
    made = Office()
    made.run([a_line(1), a_line(2, nik="123")])
    return made


def check(answer: ApiAnswer) -> None:
    """Check that an answer is one of ours: a status that the API knows, and no inside."""
    assert answer.status < 500
    text = answer.answer.body
    assert not _INSIDE.search(text)
    if answer.status >= 400:
        error = json.loads(text)["error"]
        assert error.keys() >= {"code", "message", "request_id"}
        assert re.fullmatch(r"[a-z_]+", error["code"])
        assert a_nik(1) not in text
        assert not any(number in text for number in NUMBERS)


def call_of(endpoint: Endpoint, batch: str) -> str:
    return f"{endpoint.method} {endpoint.path.format(batch=batch, remittance=batch)}"


def patiently(office: Office, tries: Sequence[Any]) -> Iterator[Any]:
    """Iterate over what an attacker tries, slowly enough to stay below the limits of an hour."""
    for number, each in enumerate(tries):
        if number % 50 == 49:
            office.now += timedelta(hours=1)
        yield each


def with_body() -> list[Endpoint]:
    return [each for each in ENDPOINTS if each.body]


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("endpoint", with_body(), ids=lambda each: each.name)
def test_no_body_breaks_an_operation(office: Office, endpoint: Endpoint, who: str) -> None:
    (batch,) = office.tables.files
    for body in patiently(office, (*BODIES, *FIELDS, *TOGETHER)):
        check(office.ask(call_of(endpoint, batch), body, who=who))
    assert office.tables.files.keys() == {batch}


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=NAMES)
def test_no_parameter_breaks_an_operation(office: Office, endpoint: Endpoint, who: str) -> None:
    (batch,) = office.tables.files
    for query in patiently(office, PARAMETERS):
        check(
            office.ask(
                call_of(endpoint, batch), {} if endpoint.body else None, who=who, query=query
            )
        )


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize(
    "endpoint", [each for each in ENDPOINTS if each.places], ids=lambda each: each.name
)
def test_no_id_leads_to_another_item(office: Office, endpoint: Endpoint, who: str) -> None:
    """Some ids are keys of other items in the same table."""
    for given in IDS:
        if "/" in given:
            continue  # another path
        body, query = asked_with_a_reason(endpoint)
        answer = office.ask(call_of(endpoint, given), body, who=who, query=query)
        check(answer)
        assert answer.status in {400, 403, 404}


@pytest.mark.parametrize("who", [DINAS, BPJS])
@pytest.mark.parametrize("number", NUMBERS)
def test_no_reason_holds_a_number_of_a_person(office: Office, who: str, number: str) -> None:
    """A reason stays in the audit trail for years."""
    asked = {"nik": a_nik(1), "unmask": True, "reason": f"Ditanyakan {number}"}
    answer = office.ask("POST /enrollments/lookup", asked, who=who)
    assert answer.status == 400
    assert not any(number in line for line in office.trail.lines)
