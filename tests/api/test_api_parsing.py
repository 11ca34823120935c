"""Requests are read strictly: one spelling of each value, each field once."""

import json

import pytest
from jsonschema import Draft202012Validator

from chalicelib.api.endpoints import ENDPOINTS, documentation
from chalicelib.api.permissions import PERMISSIONS, Role
from tests.api.office import BPJS, BRI, DINAS, REASON
from tests.support.builders import a_nik

LOOKUP = "POST /enrollments/lookup"
OTHER_TYPES = ["true", "false", "x", "1", 1, 0, 1.5, True, None, [], ["x"], {}, {"a": 1}]


@pytest.mark.parametrize("value", ["true", "yes", "1", 1, 0, 1.0, None, [], [True], {}])
def test_only_true_and_false_are_flags(office, enrolled, value):
    response = office.ask(LOOKUP, {"nik": a_nik(1), "unmask": value, "reason": REASON})
    assert (response.status, response.code) == (400, "request_invalid")
    assert "unmask" in response.body["error"]["message"]


def _bodies():
    """Iterate over each field of each body with a value of each type that it does not take."""
    for endpoint in ENDPOINTS:
        if endpoint.body is None:
            continue
        schema = endpoint.body.model_json_schema(by_alias=True)
        for name in schema["properties"]:
            for value in OTHER_TYPES:
                body = {**endpoint.example, name: value}
                if not Draft202012Validator(schema).is_valid(body):
                    yield pytest.param(endpoint, body, id=f"{endpoint.name} {name} {value!r}")


@pytest.mark.parametrize(("endpoint", "body"), list(_bodies()))
def test_a_value_of_another_type_is_refused(office, enrolled, endpoint, body):
    roles = PERMISSIONS[endpoint.action]
    who = next(who for who in (DINAS, BPJS, BRI) if Role(who.partition("-")[0]) in roles)
    path = endpoint.path.format(batch=enrolled.id, remittance=enrolled.id)
    assert office.ask(f"{endpoint.method} {path}", body, who=who).status == 400


@pytest.mark.parametrize(
    "body",
    [
        '{"nik":"%s","nik":"%s"}',
        '{"nik":"%s","\\u006eik":"%s"}',
        '{"nik":null,"nik":"%.0s%s"}',
        '{"nik":' + "[" * 3000 + "]" * 3000 + ',"nik":"%.0s%s"}',
    ],
)
def test_a_field_that_is_given_twice_is_refused(office, enrolled, body):
    response = office.ask(LOOKUP, (body % (a_nik(1), a_nik(2))).encode())
    assert (response.status, response.code) == (400, "request_invalid")
    assert a_nik(2) not in response.answer.body


def test_an_unknown_field_is_not_repeated_even_if_it_is_given_twice(office, enrolled):
    name = a_nik(3)
    body = f'{{"nik":"{a_nik(1)}","{name}":1,"{name}":2}}'.encode()
    response = office.ask(LOOKUP, body)
    assert response.status == 400
    assert name not in response.answer.body


@pytest.mark.parametrize("limit", ["2e1", "+20", "20.0", " 20", "\u0662\u0660", "0x14", "1_0"])
def test_a_number_in_an_address_has_digits_only(office, enrolled, limit):
    for call in ("GET /batches", f"GET /batches/{enrolled.id}/rows"):
        assert office.ask(call, query={"limit": limit}).status == 400
        assert office.ask(call, query={"limit": "20"}).status == 200


@pytest.mark.parametrize(
    ("body", "is_valid"),
    [
        ({"nik": a_nik(1)}, True),
        ({"nik": a_nik(1), "reference": None}, True),
        ({"reference": "7K3M9QX2-151V"}, True),
        ({}, False),
        ({"nik": None}, False),
        ({"nik": None, "reference": None}, False),
        ({"nik": a_nik(1), "reference": "7K3M9QX2-151V"}, False),
        ({"nik": a_nik(1), "unmask": False}, True),
        ({"nik": a_nik(1), "unmask": True}, False),
        ({"nik": a_nik(1), "unmask": True, "reason": None}, False),
        ({"nik": a_nik(1), "unmask": True, "reason": REASON}, True),
    ],
)
def test_the_documentation_says_which_fields_belong_together(office, enrolled, body, is_valid):
    document = json.loads(json.dumps(documentation()))
    schema = {**document["components"]["schemas"]["LookupRequest"], "components": document}
    assert Draft202012Validator(schema).is_valid(body) is is_valid
    assert (office.ask(LOOKUP, body).status == 400) is not is_valid
