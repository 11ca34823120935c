"""The template, Chalice's configuration and the app must speak of the same functions."""

import json

import pytest
from chalice.utils import to_cfn_resource_name

from app import app
from local.assembly.assemble import assemble
from local.cloud import read_template
from local.pump import CONFIG, read_limits

TEMPLATE = read_template()
ASSEMBLED = assemble()
API = "api_handler"
EVERY = {each.name for each in (*app.event_sources, *app.pure_lambda_functions)}
FED = [config.name for config in app.event_sources if hasattr(config, "queue")]


def events(function):
    return TEMPLATE.resources[to_cfn_resource_name(function)].properties["Events"]


@pytest.mark.parametrize("function", FED)
def test_the_queue_is_set_on_the_event_source_that_chalice_makes(function):
    found = events(function)
    assert f"{to_cfn_resource_name(function)}SqsEventSource" in found
    # Chalice's own value is a Fn::Sub, too. The merge is key by key, so ours must replace it.
    assert all(set(each["Properties"]["Queue"]) == {"Fn::Sub"} for each in found.values())


@pytest.mark.parametrize("function", FED)
def test_a_message_is_hidden_for_six_times_as_long_as_its_function_may_run(function):
    for event in events(function).values():
        queue = event["Properties"]["Queue"]["Fn::Sub"].removeprefix("${").removesuffix(".Arn}")
        hidden = TEMPLATE.resources[queue].properties["VisibilityTimeout"]
        assert hidden >= 6 * read_limits()[function].timeout


def test_every_function_is_configured_with_its_own_policy():
    config = json.loads(CONFIG.read_text())
    functions = config["lambda_functions"]
    assert set(functions) == EVERY
    for name, each in ({API: config} | functions).items():
        assert each["iam_policy_file"] == f"policy-{name}.json"
    assert set(ASSEMBLED.policies) == EVERY | {API}
    # A value of the stage itself would apply to all of its functions, whatever their own values.
    assert all(set(stage) == {"api_gateway_stage"} for stage in config["stages"].values())


def references(value):
    if isinstance(value, list):
        return [name for item in value for name in references(item)]
    if not isinstance(value, dict):
        return []
    if "Fn::GetAtt" in value:
        return [value["Fn::GetAtt"][0]]
    return [name for item in value.values() for name in references(item)]


@pytest.mark.parametrize("function", ASSEMBLED.policies)
def test_a_policy_refers_to_resources_of_the_template(function):
    assert set(references(ASSEMBLED.policies[function])) <= set(TEMPLATE.resources)
