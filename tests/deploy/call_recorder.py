"""Records the AWS calls of each function during a workload that covers everything."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from chalice.utils import to_cfn_resource_name

from app import app
from chalicelib import settings
from chalicelib.deadline import Deadline
from chalicelib.lambdas import wiring
from local.assembly.assemble import assemble
from local.cloud import Cloud, read_template
from tests.deploy.aws_calls import UnknownCall, needs
from tests.deploy.iam import Grant, Need, grants
from tests.deploy.log_lines import Line
from tests.deploy.workload import API, everything
from tests.faults.harness import Stage

FUNCTIONS = sorted({each.name for each in (*app.event_sources, *app.pure_lambda_functions)} | {API})

_OF_JSON = {"dynamodb": "dynamodb", "cloudwatch-logs": "logs"}
"""The services whose calls are JSON, by the names in botocore's events."""


class Listener:
    """The AWS calls of each function: each needed permission, and an operation that needs it.

    Also which settings each function read.
    """

    def __init__(self, stage: Stage) -> None:
        self.needed: dict[str, dict[Need, str]] = {}
        self.read: dict[str, set[str]] = {}
        self.unknown: set[str] = set()
        self._begin = stage.aws.begin
        self._stage = stage
        self._instead = stage.aws.instead_of_moto
        self._clients: dict[int, Any] = {}
        stage.aws.instead_of_moto = self._listening  # type: ignore[method-assign]  # a test's
        # A test can set another reserve; `a_stage` restores the previous one.
        wiring.Deadline = lambda remaining, **more: Deadline(
            remaining, sleep=stage.time.sleep, **more
        )
        stage.aws.begin = self._begins  # type: ignore[method-assign]  # a test's

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Record each setting that is read, in a context."""
        read, reads = settings.read_group, self._reads

        def noted(group: type[settings.AnyGroup], env: Mapping[str, str]) -> settings.AnyGroup:
            for name in group.model_fields:
                reads(name)
            return read(group, env)

        settings.read_group = noted
        try:
            yield
        finally:
            settings.read_group = read

    def _begins(self, function: str) -> None:
        # Each function runs in its own process, as on Lambda: it keeps no settings of another.
        self._begin(function)
        wiring.reset()

    def _reads(self, setting: str) -> None:
        self.read.setdefault(self._stage.aws.function, set()).add(setting)

    def _listening(self, client: Any) -> Any:
        if id(client) in self._clients:
            return client  # with two recorders, every call would be made twice
        self._clients[id(client)] = client
        client.meta.events.register("provide-client-params.*.*", self._asked)
        client.meta.events.register("after-call.s3.*", self._answered)
        made = self._instead(client)
        client.meta.events.register_first("before-send", self._sent)
        return made

    def _asked(self, params: Mapping[str, Any], model: Any, context: Any, **_: Any) -> None:
        context["asked"] = params
        self._needs(model.service_model.service_name, model.name, params)

    def _sent(self, request: Any, event_name: str, **_: Any) -> None:
        """Record a call that is sent without botocore's other events (`adapters.direct`)."""
        _event, service, operation = event_name.split(".")
        if service == "sns":
            body = request.body or ""  # botocore's own calls have text
            form = parse_qs(body.decode() if isinstance(body, bytes) else body)
            self._needs(service, operation, {name: values[0] for name, values in form.items()})
        elif service in _OF_JSON:
            self._needs(_OF_JSON[service], operation, json.loads(request.body))

    def _needs(self, service: str, operation: str, params: Mapping[str, Any]) -> None:
        try:
            found = list(needs(service, operation, params, self._stage.cloud))
        except UnknownCall as unknown:
            self.unknown.add(str(unknown))
            return
        self._record(found, f"{service} {operation}")

    def _answered(self, http_response: Any, model: Any, context: Any, **_: Any) -> None:
        # A caller without permission to list gets "forbidden" for a missing object.
        asked = context.get("asked", {})
        # (For a deleted version moto answers 400, S3 404.)
        gone = 400 if "VersionId" in asked else 404
        if http_response.status_code in {404, gone} and "Key" in asked:
            prefix = (("s3:prefix", asked["Key"]),)
            bucket = f"arn:aws:s3:::{asked['Bucket']}"
            self._record([Need("s3:ListBucket", bucket, prefix)], f"s3 {model.name} of nothing")

    def _record(self, found: list[Need], operation: str) -> None:
        for need in found:
            self.needed.setdefault(self._stage.aws.function, {}).setdefault(need, operation)


def listen(stage: Stage) -> Listener:
    """Run the workload, and return the recorded calls."""
    listener = Listener(stage)
    with listener.reading():
        everything(stage)
    return listener


def policies(cloud: Cloud) -> Mapping[str, Mapping[str, Any]]:
    """Return each function's policy, with its references resolved by the cloud."""
    template = read_template()
    return {
        name: template.resolve(policy, cloud.made) for name, policy in assemble().policies.items()
    }


@dataclass(frozen=True)
class Recorded:
    """The recorded calls on a cloud, and the permissions of its policies and template."""

    listener: Listener
    cloud: Cloud
    policies: Mapping[str, Mapping[str, Any]]
    lines: Sequence[Line] = ()
    """What the functions logged."""
    audit: Sequence[Line] = ()
    """The audit trail."""

    def grants(self, function: str) -> Sequence[Grant]:
        return tuple(grants(self.policies[function]))

    def needs(self, function: str) -> Mapping[Need, str]:
        return self.listener.needed.get(function, {})

    def own_queues(self, function: str) -> set[str]:
        return {each.queue_arn for each in self.cloud.sources if each.function.lower() == function}

    def log(self, function: str) -> str:
        """Return the ARN of a function's log group."""
        return self.cloud.made[f"{_logical_id(function)}Log"]["Arn"]

    def environment(self, function: str) -> set[str]:
        """Return the settings that the template gives to a function."""
        properties = read_template().resources[_logical_id(function)].properties
        names: dict[str, Any] = properties["Environment"]["Variables"]
        given = [each for each, value in names.items() if value != {"Ref": "AWS::NoValue"}]
        return {each.removeprefix("PAYUNG_").lower() for each in given if "PAYUNG_" in each}


def _logical_id(function: str) -> str:
    return "APIHandler" if function == API else to_cfn_resource_name(function)
