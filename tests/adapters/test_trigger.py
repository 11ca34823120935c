"""The event source mapping is told only what it does not do already, and only when it listens."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from chalicelib.adapters.trigger import LambdaTrigger
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
    """Lambda, which answers what a test says, in that order, and nothing else."""
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


def stands(aws: Stubber, state: str) -> None:
    aws.add_response("get_event_source_mapping", {"State": state}, {"UUID": MAPPING})


@pytest.mark.parametrize(("before", "on"), [("Disabled", True), ("Enabled", False)])
def test_what_stands_otherwise_is_switched(client, aws, before, on):
    stands(aws, before)
    aws.add_response("update_event_source_mapping", {}, {"UUID": MAPPING, "Enabled": on})
    assert LambdaTrigger(client, mapping=MAPPING).switch(on=on)


@pytest.mark.parametrize(("before", "on"), [("Enabled", True), ("Disabled", False)])
def test_what_stands_as_wanted_is_left_alone(client, aws, before, on):
    stands(aws, before)
    assert not LambdaTrigger(client, mapping=MAPPING).switch(on=on)


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("state", ["Creating", "Enabling", "Disabling", "Updating", "Deleting"])
def test_what_is_being_switched_is_busy(client, aws, state, on):
    stands(aws, state)
    with pytest.raises(Busy):
        LambdaTrigger(client, mapping=MAPPING).switch(on=on)


@pytest.mark.parametrize(
    "code", ["ResourceInUseException", "ResourceConflictException", "TooManyRequestsException"]
)
def test_another_who_switches_makes_it_busy(client, aws, code):
    stands(aws, "Enabled")
    aws.add_client_error("update_event_source_mapping", code, http_status_code=400)
    with pytest.raises(Busy):
        LambdaTrigger(client, mapping=MAPPING).switch(on=False)
