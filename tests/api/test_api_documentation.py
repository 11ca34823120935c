"""The documentation describes this API, and its examples have the format of the answers."""

import json

import pytest
from openapi_spec_validator import validate

from chalicelib.api import examples
from chalicelib.api.endpoints import ENDPOINTS, documentation
from chalicelib.api.requests import ErrorResponse
from chalicelib.domain.cells.nik import Nik, parse_nik
from chalicelib.domain.person.reference import parse_reference
from local.documentation import FILE, current

IDS = [f"{each.method} {each.path}" for each in ENDPOINTS]


def test_it_is_valid():
    validate(documentation())


def test_the_stored_one_is_current():
    assert FILE.read_text("utf-8") == current(), "run: python -m local openapi"


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=IDS)
def test_its_examples_are_of_the_models(endpoint):
    given = endpoint.answer.model_validate_json(json.dumps(endpoint.gives))
    assert json.loads(given.model_dump_json()) == json.loads(json.dumps(endpoint.gives))
    asked = endpoint.body or endpoint.query
    if asked:
        asked.model_validate_json(json.dumps(endpoint.example))


def test_the_reference_of_its_example_is_valid():
    assert isinstance(parse_nik(examples.NIK), Nik)
    example = examples.ENROLLMENT
    assert parse_reference(example["reference"]) == (example["batch"], example["row"])


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=IDS)
def test_every_refusal_is_documented(endpoint):
    responses = documentation()["paths"][endpoint.path][endpoint.method.lower()]["responses"]
    assert {str(endpoint.status), "400", "401", "403", "429", "500"} <= set(responses)
    assert ("404" in responses) == (404 in endpoint.statuses)
    if endpoint.body:
        assert {"413", "415"} <= set(responses)


def test_every_refusal_has_the_same_format():
    components = documentation()["components"]
    for response in components["responses"].values():
        (content,) = response["content"].values()
        assert content["schema"] == {"$ref": "#/components/schemas/ErrorResponse"}
        ErrorResponse.model_validate(content["example"])


def test_every_call_needs_a_token_and_has_its_own_name():
    document = documentation()
    assert document["security"] == [{"IdToken": []}]
    operations = [each for methods in document["paths"].values() for each in methods.values()]
    assert len({each["operationId"] for each in operations}) == len(ENDPOINTS)
    assert not any("security" in each for each in operations)


def test_parameters_that_may_be_left_out_are_never_null():
    for methods in documentation()["paths"].values():
        for operation in methods.values():
            for each in operation.get("parameters", []):
                assert "anyOf" not in each["schema"]
                assert each["schema"]["type"] in {"string", "integer"}
