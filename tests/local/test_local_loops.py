"""Recursive loops: the pump stops them as Lambda does; the template names those that are meant."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.config import Config
from botocore.session import Session
from chalice.utils import to_cfn_resource_name

from local import lineage
from local.assembly.assemble import assemble
from local.cloud import ACCOUNT, REGION, build, embedded
from local.moto_patches import queues
from local.pump import Pump
from tests.local.test_local_pump import DEAD, WORK, Function, template

PUT_BACK = 40


class Loop:
    """A function that puts its message back on its own queue, forty times."""

    def __init__(self, session: Any, *, allowed: bool) -> None:
        made = template()
        if allowed:
            made.resources["Work"].properties["RecursiveLoop"] = "Allow"
        self.cloud = build(session, made)
        self.function = Function(self._put_back)
        self.sqs = lineage.make_client(Session(), "sqs", Config(region_name=REGION))
        self.session = session
        self.pump = Pump(self.function.app(), self.cloud, session)

    def start(self) -> None:
        self.session.client("sqs").send_message(
            QueueUrl=self.cloud.made[WORK]["Ref"], MessageBody="1"
        )
        self.pump.drive(lambda: queues.wind_on(ACCOUNT, REGION))

    def _put_back(self, event: Mapping[str, Any]) -> None:
        for record in event["Records"]:
            number = int(record["body"])
            if number < PUT_BACK:
                entry = {"Id": "0", "MessageBody": str(number + 1), "DelaySeconds": 60}
                self.sqs.send_message_batch(QueueUrl=self.cloud.made[WORK]["Ref"], Entries=[entry])

    def dead_letters(self) -> list[str]:
        answer = self.session.client("sqs").receive_message(
            QueueUrl=self.cloud.made[DEAD]["Ref"], MaxNumberOfMessages=10
        )
        return [each["Body"] for each in answer.get("Messages", [])]


@pytest.fixture
def session() -> Iterator[Any]:
    with embedded() as made:
        yield made


def test_a_function_is_called_sixteen_times_in_a_chain(session):
    loop = Loop(session, allowed=False)
    loop.start()

    assert [json.loads(body) for (body,) in loop.function.bodies] == list(range(1, 17))
    assert loop.dead_letters() == ["17"]


def test_a_function_that_may_loop_is_called_as_often_as_it_likes(session):
    loop = Loop(session, allowed=True)
    loop.start()

    assert len(loop.function.bodies) == PUT_BACK
    assert loop.dead_letters() == []


def test_a_function_does_not_see_the_lineage(session):
    loop = Loop(session, allowed=True)
    loop.start()

    events = loop.function.events
    assert [event["Records"][0]["messageAttributes"] for event in events] == [{}] * PUT_BACK


def _fed_by(resources: Mapping[str, Any]) -> dict[str, str]:
    """Return the function that each queue feeds."""
    return {
        event["Properties"]["Queue"]["Fn::Sub"].removeprefix("${").removesuffix(".Arn}"): name
        for name, each in resources.items()
        if each["Type"] == "AWS::Serverless::Function"
        for event in each["Properties"].get("Events", {}).values()
        if event["Type"] == "SQS"
    }


def _sends_to(policy: Mapping[str, Any]) -> set[str]:
    """Return the queues to which a policy lets its function send."""
    found = set()
    for statement in policy["Statement"]:
        actions = statement["Action"]
        if statement["Effect"] == "Allow" and "sqs:SendMessage" in (
            [actions] if isinstance(actions, str) else actions
        ):
            resources = statement["Resource"]
            found |= {
                each["Fn::GetAtt"][0]
                for each in (resources if isinstance(resources, list) else [resources])
            }
    return found


def _loops() -> tuple[set[str], set[str]]:
    """Return the functions whose messages may come back to them, and those that may loop."""
    assembled = assemble()
    resources = assembled.template["Resources"]
    fed = _fed_by(resources)
    calls = {
        to_cfn_resource_name(name): {fed[queue] for queue in _sends_to(policy) if queue in fed}
        for name, policy in assembled.policies.items()
    }
    assert sum(map(len, calls.values())) > 5
    reached = {name: set(others) for name, others in calls.items()}
    for _ in calls:
        for others in reached.values():
            others |= {each for other in set(others) for each in reached.get(other, ())}
    allowed = {
        name
        for name, each in resources.items()
        if each.get("Properties", {}).get("RecursiveLoop") == "Allow"
    }
    return {name for name, others in reached.items() if name in others}, allowed


def test_the_template_allows_the_loops_that_are_meant_and_no_others():
    looping, allowed = _loops()

    assert allowed == {"Intake", "Notify"}
    # A reversal's second round follows its first, and nothing follows the second.
    assert looping == {*allowed, "Enroll"}
