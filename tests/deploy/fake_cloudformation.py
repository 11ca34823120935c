"""A CloudFormation in memory, for the calls that a deployment makes.

It checks the parameters of each call against botocore's own description of the service. moto's
CloudFormation names no replacements, and gives no outputs to a stack that a change set has made.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError, WaiterError
from botocore.session import Session
from botocore.validate import ParamValidator

from local.deploy import REGION

_PREFIX = f"arn:aws:cloudformation:{REGION}:123456789012"


@cache
def _model() -> Any:
    return Session().get_service_model("cloudformation")


class FakeCloudFormation:
    """The stacks of an account, and what was done to them.

    `shows` replaces the changes that the next change sets name; `refusal` is the reason with which
    they fail. `fails` is the reason with which the execution of a change set fails.
    """

    def __init__(self) -> None:
        self.stacks: dict[str, dict[str, Any]] = {}
        self.templates: dict[str, Any] = {}
        self.change_sets: dict[str, dict[str, Any]] = {}
        self.policies: dict[str, Any] = {}
        self.protected: list[tuple[str, bool]] = []
        self.executed: list[str] = []
        self.outputs: dict[str, str] = {"EndpointURL": "https://api/"}
        self.shows: list[list[dict[str, Any]]] | None = None
        self.refusal: str | None = None
        self.fails: str | None = None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operations = {xform_name(each): each for each in _model().operation_names}
        if name not in operations:
            raise AttributeError(name)
        operation = operations[name]
        do = getattr(type(self), f"do_{name}")

        def call(**given: Any) -> Any:
            shape = _model().operation_model(operation).input_shape
            report = ParamValidator().validate(given, shape)
            assert not report.has_errors(), report.generate_report()
            return do(self, given)

        return call

    def get_waiter(self, name: str) -> Any:
        return _Waiter(self, name)

    def get_paginator(self, name: str) -> Any:
        pages = getattr(self, name)

        class Paginator:
            def paginate(self, **given: Any) -> Iterator[Any]:
                yield pages(**given)

        return Paginator()

    def do_describe_stacks(self, given: Mapping[str, Any]) -> Any:
        wanted = given["StackName"]
        found = [e for e in self.stacks.values() if wanted in {e["StackName"], e["StackId"]}]
        if not found:
            raise _error("ValidationError", f"Stack with id {wanted} does not exist")
        return {"Stacks": found}

    def do_get_template(self, given: Mapping[str, Any]) -> Any:
        return {"TemplateBody": self.templates[given["StackName"]]}

    def do_create_change_set(self, given: Mapping[str, Any]) -> Any:
        name = given["StackName"]
        is_new = given["ChangeSetType"] == "CREATE"
        state = self.stacks.get(name, {}).get("StackStatus")
        assert is_new == (state in {None, "REVIEW_IN_PROGRESS"})
        if is_new:
            self.stacks[name] = {"StackName": name, "StackId": f"{_PREFIX}:stack/{name}/1",
                                 "StackStatus": "REVIEW_IN_PROGRESS"}  # fmt: skip
        arn = f"{_PREFIX}:changeSet/{given['ChangeSetName']}/1"
        self.change_sets[arn] = dict(given)
        return {"Id": arn, "StackId": self.stacks[name]["StackId"]}

    def reason_of(self, arn: str) -> str | None:
        asked = self.change_sets[arn]
        name = asked["StackName"]
        same = self._content(asked) == self.stacks[name].get("content")
        return self.refusal or ("No updates are to be performed." if same else None)

    def do_describe_change_set(self, given: Mapping[str, Any]) -> Any:
        asked = self.change_sets[given["ChangeSetName"]]
        pages = self.shows or [
            [
                {"Action": "Add", "LogicalResourceId": name, "ResourceType": each["Type"]}
                for name, each in self._template(asked)["Resources"].items()
            ]
        ]
        place = int(given.get("NextToken", "0"))
        changes = [{"Type": "Resource", "ResourceChange": each} for each in pages[place]]
        for each in changes:
            shape = _model().shape_for("Change")
            report = ParamValidator().validate(each, shape)
            assert not report.has_errors(), report.generate_report()
        more = {"NextToken": str(place + 1)} if place + 1 < len(pages) else {}
        return {"Changes": changes, **more}

    def do_delete_change_set(self, given: Mapping[str, Any]) -> Any:
        del self.change_sets[given["ChangeSetName"]]

    def do_execute_change_set(self, given: Mapping[str, Any]) -> Any:
        asked = self.change_sets.pop(given["ChangeSetName"])
        name = given["StackName"]
        self.executed.append(name)
        is_new = asked["ChangeSetType"] == "CREATE"
        if self.fails:
            self.stacks[name]["StackStatus"] = (
                "ROLLBACK_COMPLETE" if is_new else "UPDATE_ROLLBACK_COMPLETE"
            )
            return
        template = self._template(asked)
        self.templates[name] = template
        outputs = {key: key for key in template.get("Outputs", {})} | self.outputs
        self.stacks[name] |= {
            "StackStatus": "CREATE_COMPLETE" if is_new else "UPDATE_COMPLETE",
            "Parameters": asked["Parameters"],
            "Tags": asked["Tags"],
            "Outputs": [{"OutputKey": key, "OutputValue": v} for key, v in outputs.items()],
            "content": self._content(asked),
        }

    def do_describe_stack_events(self, given: Mapping[str, Any]) -> Any:
        events = [("Echo", "Resource creation cancelled"), ("Cause", self.fails), ("Well", None)]
        return {
            "StackEvents": [
                {
                    "LogicalResourceId": name,
                    "ResourceStatus": "CREATE_FAILED" if why else "CREATE_COMPLETE",
                    "ResourceStatusReason": why or "",
                }
                for name, why in events
            ]
        }

    def do_list_stack_resources(self, given: Mapping[str, Any]) -> Any:
        return {
            "StackResourceSummaries": [
                {"LogicalResourceId": name, "ResourceType": each["Type"],
                 "ResourceStatus": "CREATE_COMPLETE", "PhysicalResourceId": each["id"]}
                for name, each in self.templates[given["StackName"]]["Resources"].items()
            ]
        }  # fmt: skip

    def do_delete_stack(self, given: Mapping[str, Any]) -> Any:
        assert not self.stacks[given["StackName"]].get("EnableTerminationProtection")
        del self.stacks[given["StackName"]]

    def do_set_stack_policy(self, given: Mapping[str, Any]) -> Any:
        self.policies[given["StackName"]] = json.loads(given["StackPolicyBody"])

    def do_update_termination_protection(self, given: Mapping[str, Any]) -> Any:
        on = given["EnableTerminationProtection"]
        self.protected.append((given["StackName"], on))
        self.stacks[given["StackName"]]["EnableTerminationProtection"] = on

    @staticmethod
    def _template(asked: Mapping[str, Any]) -> Any:
        """Return the template; that of a stage is in S3, and empty here."""
        return json.loads(asked.get("TemplateBody", '{"Resources": {}}'))

    @staticmethod
    def _content(asked: Mapping[str, Any]) -> Any:
        return [asked.get("TemplateBody") or asked["TemplateURL"], asked["Parameters"]]


class _Waiter:
    def __init__(self, fake: FakeCloudFormation, name: str) -> None:
        self._fake = fake
        self._name = name

    def wait(self, **given: Any) -> None:
        if self._name == "change_set_create_complete":
            reason = self._fake.reason_of(given["ChangeSetName"])
            if reason:
                answer = {"Status": "FAILED", "StatusReason": reason}
                raise WaiterError("ChangeSetCreateComplete", "failed", answer)
        elif self._fake.fails:
            raise WaiterError("StackCreateComplete", "failed", {})


def _error(code: str, message: str) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": message}}
    return ClientError(answer, "DescribeStacks")
