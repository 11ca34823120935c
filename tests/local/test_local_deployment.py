"""The template, Chalice's configuration and the app must speak of the same functions."""

import json

import pytest
from chalice.utils import to_cfn_resource_name

from app import app
from local.cloud import read_template
from local.pump import CONFIG, read_limits

TEMPLATE = read_template()
EVERY = {each.name for each in (*app.event_sources, *app.pure_lambda_functions)}
FED = [config.name for config in app.event_sources if hasattr(config, "queue")]


def events(function):
    return TEMPLATE.resources[to_cfn_resource_name(function)].properties["Events"]


@pytest.mark.parametrize("function", FED)
def test_the_queue_is_set_on_the_event_source_that_chalice_makes(function):
    (name,) = events(function)
    assert name == f"{to_cfn_resource_name(function)}SqsEventSource"
    # Chalice's own is a Fn::Sub, too: merged key by key, ours must take its place.
    assert set(events(function)[name]["Properties"]["Queue"]) == {"Fn::Sub"}


@pytest.mark.parametrize("function", FED)
def test_a_message_is_hidden_for_six_times_as_long_as_its_function_may_run(function):
    (event,) = events(function).values()
    queue = event["Properties"]["Queue"]["Fn::Sub"].removeprefix("${").removesuffix(".Arn}")
    hidden = TEMPLATE.resources[queue].properties["VisibilityTimeout"]
    assert hidden >= 6 * read_limits()[function].timeout


def test_every_stage_configures_every_function_with_a_policy_that_is_there():
    for stage in json.loads(CONFIG.read_text())["stages"].values():
        functions = stage["lambda_functions"]
        assert set(functions) == EVERY
        for each in (stage, *functions.values()):
            policy = json.loads((CONFIG.parent / each["iam_policy_file"]).read_text())
            assert policy["Version"] == "2012-10-17"


def references(value):
    if isinstance(value, list):
        return [name for item in value for name in references(item)]
    if not isinstance(value, dict):
        return []
    if "Fn::GetAtt" in value:
        return [value["Fn::GetAtt"][0]]
    return [name for item in value.values() for name in references(item)]


@pytest.mark.parametrize("path", sorted(CONFIG.parent.glob("policy-*.json")), ids=lambda p: p.stem)
def test_a_policy_refers_to_resources_of_the_template(path):
    assert set(references(json.loads(path.read_text()))) <= set(TEMPLATE.resources)
