"""The carrier of messages: the same contract for the fake and SNS, as far as possible."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.adapters.sms_sender import SnsOptOuts, SnsSmsSender
from chalicelib.errors import Busy, PublishPostponed, PublishRefused, PublishRejected
from tests.support.fakes import RecordingSmsSender

PHONE = "+6281200000001"
OPTED_OUT = "+6281200000099"  # moto counts every number that ends in 99 as opted out


def sns() -> Any:
    return boto3.client(
        "sns",
        region_name="ap-southeast-3",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def on_sns(client: Any) -> SnsSmsSender:
    return SnsSmsSender(client, sender_id="PAYUNG", max_price="0.50")


@pytest.fixture(params=["memory", "moto"])
def texter(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "memory":
        yield RecordingSmsSender()
        return
    with mock_aws():
        yield on_sns(sns())


@pytest.fixture(params=["memory", "moto"])
def opt_outs(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "memory":
        fake = RecordingSmsSender()
        fake.opted_out.add(OPTED_OUT)
        yield fake
        return
    with mock_aws():
        yield SnsOptOuts(sns())


def test_every_message_has_an_id_of_its_own(texter):
    assert texter.publish(PHONE, "a") != texter.publish(PHONE, "a")


def test_a_number_whose_owner_refuses_messages_is_known(opt_outs):
    assert opt_outs.is_opted_out(OPTED_OUT)
    assert not opt_outs.is_opted_out(PHONE)


@pytest.mark.parametrize(
    ("code", "status", "meant"),
    [
        ("Throttled", 429, Busy),
        ("InternalError", 500, Busy),
        ("InvalidParameter", 400, PublishRefused),
    ],
)
def test_a_failed_query_shows_no_number(code, status, meant):
    client = sns()
    with Stubber(client) as stub:
        stub.add_client_error(
            "check_if_phone_number_is_opted_out",
            code,
            f"Invalid parameter: PhoneNumber Reason: {PHONE} is not valid",
            status,
        )
        with pytest.raises(meant) as raised:
            SnsOptOuts(client).is_opted_out(PHONE)
    assert PHONE not in str(raised.value)


@pytest.mark.parametrize("code", ["InvalidParameter", "InvalidParameterValue"])
@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (
            f"Invalid parameter: PhoneNumber Reason: {PHONE} is not valid to publish to",
            "invalid_number",
        ),
        ("Phone number does not meet the E164 format", "invalid_number"),
        ("Invalid parameter: Phone number is opted out", "opted_out"),
    ],
)
def test_a_refusal_that_is_about_the_number_is_final(code, message, reason):
    client = sns()
    with Stubber(client) as stub:
        stub.add_client_error("publish", code, message, http_status_code=400)
        with pytest.raises(PublishRefused) as refused:
            on_sns(client).publish(PHONE, "a")
    assert refused.value.reason == reason
    assert PHONE not in str(refused.value)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("InvalidParameter", "Invalid parameter: Message too long"),
        ("InvalidParameter", "Invalid parameter: SenderID"),
        ("ParameterValueInvalid", "The message attribute 'AWS.SNS.SMS.MaxPrice' is no number"),
        ("AuthorizationError", "not authorized to perform sns:Publish"),
    ],
)
def test_a_fault_in_our_settings_does_not_fail_the_person(code, message):
    client = sns()
    with Stubber(client) as stub:
        stub.add_client_error("publish", code, message, http_status_code=400)
        with pytest.raises(PublishRejected):
            on_sns(client).publish(PHONE, "a")


def test_a_throttled_message_may_be_tried_again():
    client = sns()
    with Stubber(client) as stub:
        stub.add_client_error("publish", "Throttled", http_status_code=429)
        with pytest.raises(PublishPostponed):
            on_sns(client).publish(PHONE, "a")
