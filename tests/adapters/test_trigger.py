"""The event source mapping is switched only if it must change and is not in transition."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from chalicelib.adapters.event_source import LambdaEventSourceSwitch
from chalicelib.errors import Busy

MAPPING = "4f9d4c4a-2f0f-4a5e-9d6c-1d2f3a4b5c6d"


@pytest.fixture
def client() -> Any:
    return boto3.client(
        "lambda",
        region_name="ap-southeast-3",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


@pytest.fixture
def aws(client) -> Iterator[Stubber]:
    """Lambda with the answers of a test, in that order."""
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


def answer_state(aws: Stubber, state: str) -> None:
    aws.add_response("get_event_source_mapping", {"State": state}, {"UUID": MAPPING})


@pytest.mark.parametrize(("before", "on"), [("Disabled", True), ("Enabled", False)])
def test_a_mapping_in_the_other_state_is_switched(client, aws, before, on):
    answer_state(aws, before)
    aws.add_response("update_event_source_mapping", {}, {"UUID": MAPPING, "Enabled": on})
    assert LambdaEventSourceSwitch(client, mappings=[MAPPING]).switch(on=on)


@pytest.mark.parametrize(("before", "on"), [("Enabled", True), ("Disabled", False)])
def test_a_mapping_in_the_wanted_state_is_not_changed(client, aws, before, on):
    answer_state(aws, before)
    assert not LambdaEventSourceSwitch(client, mappings=[MAPPING]).switch(on=on)


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("state", ["Creating", "Enabling", "Disabling", "Updating", "Deleting"])
def test_a_mapping_in_transition_is_busy(client, aws, state, on):
    answer_state(aws, state)
    with pytest.raises(Busy):
        LambdaEventSourceSwitch(client, mappings=[MAPPING]).switch(on=on)


@pytest.mark.parametrize(
    "code", ["ResourceInUseException", "ResourceConflictException", "TooManyRequestsException"]
)
def test_another_who_switches_makes_it_busy(client, aws, code):
    answer_state(aws, "Enabled")
    aws.add_client_error("update_event_source_mapping", code, http_status_code=400)
    with pytest.raises(Busy):
        LambdaEventSourceSwitch(client, mappings=[MAPPING]).switch(on=False)


def test_one_that_is_busy_does_not_keep_another_from_being_switched(client, aws):
    other = "1b2c3d4e-2f0f-4a5e-9d6c-1d2f3a4b5c6d"
    answer_state(aws, "Enabling")
    aws.add_response("get_event_source_mapping", {"State": "Enabled"}, {"UUID": other})
    aws.add_response("update_event_source_mapping", {}, {"UUID": other, "Enabled": False})
    with pytest.raises(Busy):
        LambdaEventSourceSwitch(client, mappings=[MAPPING, other]).switch(on=False)


def test_it_says_whether_any_was_switched(client, aws):
    other = "1b2c3d4e-2f0f-4a5e-9d6c-1d2f3a4b5c6d"
    answer_state(aws, "Disabled")
    aws.add_response("update_event_source_mapping", {}, {"UUID": MAPPING, "Enabled": True})
    aws.add_response("get_event_source_mapping", {"State": "Enabled"}, {"UUID": other})
    assert LambdaEventSourceSwitch(client, mappings=[MAPPING, other]).switch(on=True)
