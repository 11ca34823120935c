"""What MiniStack 1.5.33 lacks, and how the package is adapted to that: here, and nowhere else.

Each adaptation changes the packaged template in one point, and keeps everything else as it is
deployed. `test_lacks.py` shows that each lack is still there: when one is gone, its test fails, and
the adaptation can go.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from local.deploy.artefact import Artefact

Template = dict[str, Any]
ONLY_ENCRYPTED = "OnlyEncryptedConnections"
BANKS_TAG = "${aws:PrincipalTag/payung-bank}"


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that AWS has and the emulator does not; `adapt` changes a template."""

    reason: str
    adapt: Callable[[Template], None] = lambda _template: None


def _without(kind: str, *, where: Callable[[Any], bool] = lambda _: True) -> Callable[..., None]:
    def adapt(template: Template) -> None:
        found = template["Resources"]
        gone = [n for n, each in found.items() if each["Type"] == kind and where(each)]
        assert gone, f"the template has no such {kind} any more"
        for name in gone:
            del found[name]

    return adapt


def _without_encrypted_connections(template: Template) -> None:
    for each in template["Resources"].values():
        if each["Type"] == "AWS::S3::BucketPolicy":
            document = each["Properties"]["PolicyDocument"]
            document["Statement"] = [
                one for one in document["Statement"] if one.get("Sid") != ONLY_ENCRYPTED
            ]


def _with_the_secrets_arn(template: Template) -> None:
    for statement in _statements(template):
        if statement["Resource"] == {"Ref": "Secret"}:
            statement["Resource"] = {"Fn::GetAtt": ["Secret", "Id"]}


def _with_permission(action: str, of: str, resource: str | None = None) -> Callable[..., None]:
    """Give an action to each role that has another one, on its resources unless one is named."""

    def adapt(template: Template) -> None:
        for policy in _policies(template):
            for statement in list(policy):
                if statement["Effect"] == "Allow" and of in _listed(statement["Action"]):
                    more = {"Effect": "Allow", "Action": action}
                    policy.append({**more, "Resource": resource or statement["Resource"]})

    return adapt


def _with_log_groups_bare(template: Template) -> None:
    for policy in _policies(template):
        for statement in list(policy):
            if "logs:CreateLogStream" in _listed(statement["Action"]):
                group = statement["Resource"]["Fn::GetAtt"][0]
                bare = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
                policy.append(
                    {**statement, "Sid": "Bare", "Resource": {"Fn::Sub": f"{bare}${{{group}}}"}}
                )


LACKS: Mapping[str, Lack] = {
    "firewall before the API": Lack(
        "AWS::WAFv2::WebACLAssociation is no type of its CloudFormation",
        _without("AWS::WAFv2::WebACLAssociation"),
    ),
    "trail of data events": Lack(
        "AWS::CloudTrail::Trail is no type of its CloudFormation",
        _without("AWS::CloudTrail::Trail"),
    ),
    "saved queries": Lack(
        "AWS::Logs::QueryDefinition is no type of its CloudFormation",
        _without("AWS::Logs::QueryDefinition"),
    ),
    "alarms with an expression": Lack(
        "it refuses AWS::CloudWatch::Alarm with Metrics",
        _without("AWS::CloudWatch::Alarm", where=lambda each: "Metrics" in each["Properties"]),
    ),
    "TLS": Lack(
        "with USE_SSL it cannot fetch its own keys for tokens, so it speaks HTTP, and the buckets "
        "would refuse each call",
        _without_encrypted_connections,
    ),
    "ARN of a secret": Lack(
        "Ref of a secret gives its name; on AWS its ARN, which a policy needs",
        _with_the_secrets_arn,
    ),
    "SendMessageBatch": Lack(
        "it wants a permission sqs:SendMessageBatch, which AWS does not have",
        _with_permission("sqs:SendMessageBatch", of="sqs:SendMessage"),
    ),
    "GetEventSourceMapping": Lack(
        "it wants the permission to list all mappings instead, and none to change one",
        _with_permission(
            "lambda:ListEventSourceMappings", of="lambda:GetEventSourceMapping", resource="*"
        ),
    ),
    "ARN of a log group": Lack(
        "it asks for CreateLogStream with the group's ARN without `:*`; AWS takes the one that "
        "GetAtt gives, as in the roles that Lambda's console makes",
        _with_log_groups_bare,
    ),
    "policy variables": Lack(
        "a resource with ${aws:PrincipalTag/…} fits no object, so the test writes the bank's code "
        "into the policy of a bank's own computers"
    ),
    "SMS settings": Lack(
        "SNS has no Get- or SetSMSAttributes, no sandbox, and no list of opt-outs, and there is no "
        "AWS End User Messaging: the deployment reports each and goes on"
    ),
    "receipts of SMS": Lack(
        "SNS writes no delivery logs, so the test writes the carriers' lines into the log group"
    ),
}


def adapted(made: Artefact, folder: Path) -> Artefact:
    """Return the package with a template that the emulator can deploy."""
    template = yaml.safe_load(made.template.read_text(encoding="utf-8"))
    for each in LACKS.values():
        each.adapt(template)
    path = folder / "adapted.yaml"
    path.write_text(yaml.safe_dump(template), encoding="utf-8")
    return Artefact(made.archive, path, made.sizes)


def _policies(template: Template) -> Iterator[list[dict[str, Any]]]:
    """Iterate over the statements of each policy of the functions' roles."""
    for each in template["Resources"].values():
        if each["Type"] == "AWS::IAM::Role":
            for policy in each["Properties"]["Policies"]:
                yield policy["PolicyDocument"]["Statement"]


def _statements(template: Template) -> Iterator[dict[str, Any]]:
    for policy in _policies(template):
        yield from policy


def _listed(actions: str | list[str]) -> list[str]:
    return actions if isinstance(actions, list) else [actions]
