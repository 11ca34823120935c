"""Each lack is still there for which the package is adapted. If one goes, its adaptation can go."""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests.ministack.emulator import Emulator
from tests.ministack.lacks import LACKS

pytestmark = pytest.mark.slow


def refused(call: Callable[[], object]) -> str:
    with pytest.raises((ClientError, BotoCoreError)) as error:
        call()
    return str(error.value)


def makes(session: boto3.Session, kind: str, properties: Mapping[str, Any]) -> str:
    """Make a stack of one resource; return its final state."""
    cloudformation = session.client("cloudformation")
    name = f"s{uuid.uuid4().hex}"
    template = {"Resources": {"It": {"Type": kind, "Properties": properties}}}
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    for state in ("create", "rollback"):
        try:
            cloudformation.get_waiter(f"stack_{state}_complete").wait(
                StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
            )
            break
        except BotoCoreError:
            continue
    return str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])


def a_user(emulator: Emulator, *statements: Mapping[str, Any], **tags: str) -> boto3.Session:
    """Return the session of a new user with these permissions."""
    iam = emulator.administrator().client("iam")
    name = f"u{uuid.uuid4().hex}"
    iam.create_user(UserName=name, Tags=[{"Key": k, "Value": v} for k, v in tags.items()])
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return emulator.session(key["AccessKeyId"], key["SecretAccessKey"])


def allow(action: str, resource: str) -> dict[str, str]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def a_bucket(session: boto3.Session) -> str:
    name = f"b{uuid.uuid4().hex}"
    session.client("s3").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-southeast-3"}
    )
    return name


def _no_type(kind: str) -> Callable[[Emulator], None]:
    def shown(emulator: Emulator) -> None:
        said = refused(lambda: makes(emulator.administrator(), kind, {}))
        assert "Unrecognized resource types" in said

    return shown


def _no_expressions(emulator: Emulator) -> None:
    metric = {"Id": "m", "Expression": "1 + 1", "ReturnData": True}
    alarm = {
        "Metrics": [metric],
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    state = makes(emulator.administrator(), "AWS::CloudWatch::Alarm", alarm)
    assert state == "ROLLBACK_COMPLETE"


def _no_tls(emulator: Emulator) -> None:
    assert emulator.endpoint.startswith("http://")
    administrator = emulator.administrator()
    bucket = a_bucket(administrator)
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    denied = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": condition,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [denied]})
    administrator.client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
    user = a_user(emulator, allow("s3:*", "*"))
    said = refused(lambda: user.client("s3").put_object(Bucket=bucket, Key="a", Body=b"a"))
    assert "explicit deny" in said


def _refs_of_secrets_are_names(emulator: Emulator) -> None:
    cloudformation = emulator.administrator().client("cloudformation")
    name = f"s{uuid.uuid4().hex}"
    template = {
        "Resources": {"It": {"Type": "AWS::SecretsManager::Secret", "Properties": {}}},
        "Outputs": {"Ref": {"Value": {"Ref": "It"}}},
    }
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )
    (output,) = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    assert not output["OutputValue"].startswith("arn:")


def _batches_need_a_permission_of_their_own(emulator: Emulator) -> None:
    queue = emulator.administrator().client("sqs").create_queue(QueueName=uuid.uuid4().hex)
    sqs = a_user(emulator, allow("sqs:SendMessage", "*")).client("sqs")
    sqs.send_message(QueueUrl=queue["QueueUrl"], MessageBody="a")
    entries: Any = [{"Id": "1", "MessageBody": "a"}]
    said = refused(lambda: sqs.send_message_batch(QueueUrl=queue["QueueUrl"], Entries=entries))
    assert "sqs:SendMessageBatch" in said


def _mappings_need_the_list_of_all(emulator: Emulator) -> None:
    user = a_user(emulator, allow("lambda:GetEventSourceMapping", "*"))
    uuid_of_none = str(uuid.uuid4())
    said = refused(lambda: user.client("lambda").get_event_source_mapping(UUID=uuid_of_none))
    assert "lambda:ListEventSourceMappings" in said


def _log_groups_are_bare(emulator: Emulator) -> None:
    name = f"/g/{uuid.uuid4().hex}"
    logs = emulator.administrator().client("logs")
    logs.create_log_group(logGroupName=name)
    (group,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert group["arn"].endswith(":*")
    user = a_user(emulator, allow("logs:CreateLogStream", group["arn"])).client("logs")
    refused(lambda: user.create_log_stream(logGroupName=name, logStreamName="a"))


def _policy_variables_stay_unread(emulator: Emulator) -> None:
    bucket = a_bucket(emulator.administrator())
    own = f"arn:aws:s3:::{bucket}/${{aws:PrincipalTag/bank}}/*"
    user = a_user(emulator, allow("s3:PutObject", own), bank="002")
    refused(lambda: user.client("s3").put_object(Bucket=bucket, Key="002/a", Body=b"a"))


def _sms_has_no_settings(emulator: Emulator) -> None:
    sns = emulator.administrator().client("sns")
    for call in (
        sns.get_sms_attributes,
        sns.get_sms_sandbox_account_status,
        lambda: sns.set_sms_attributes(attributes={"DefaultSMSType": "Transactional"}),
        lambda: sns.check_if_phone_number_is_opted_out(phoneNumber="+6281200000001"),
    ):
        assert "Unknown action" in refused(call)
    messaging = emulator.administrator().client("pinpoint-sms-voice-v2")
    refused(messaging.describe_spend_limits)


def _no_receipts(emulator: Emulator) -> None:
    session = emulator.administrator()
    session.client("sns").publish(PhoneNumber="+6281200000001", Message="a")
    groups = session.client("logs").describe_log_groups(logGroupNamePrefix="sns/")["logGroups"]
    assert groups == []


SHOWN: Mapping[str, Callable[[Emulator], None]] = {
    "firewall before the API": _no_type("AWS::WAFv2::WebACLAssociation"),
    "trail of data events": _no_type("AWS::CloudTrail::Trail"),
    "saved queries": _no_type("AWS::Logs::QueryDefinition"),
    "alarms with an expression": _no_expressions,
    "TLS": _no_tls,
    "ARN of a secret": _refs_of_secrets_are_names,
    "SendMessageBatch": _batches_need_a_permission_of_their_own,
    "GetEventSourceMapping": _mappings_need_the_list_of_all,
    "ARN of a log group": _log_groups_are_bare,
    "policy variables": _policy_variables_stay_unread,
    "SMS settings": _sms_has_no_settings,
    "receipts of SMS": _no_receipts,
}


@pytest.mark.parametrize("name", LACKS)
def test_the_emulator_still_lacks_it(name: str, emulator: Emulator) -> None:
    SHOWN[name](emulator)
