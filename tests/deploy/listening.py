"""Listens to what each function asks of AWS while everything happens to it that may."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aws_calls import UnknownCall, needs
from chalice.utils import to_cfn_resource_name
from happenings import API, everything
from iam import Grant, Need, grants
from stage import Stage, _forget

from app import app
from chalicelib import wiring
from chalicelib.deadline import Deadline
from chalicelib.settings import Settings
from local.cloud import Cloud, read_template
from local.pump import CONFIG

FUNCTIONS = sorted({each.name for each in (*app.event_sources, *app.pure_lambda_functions)} | {API})


class Listener:
    """What was asked of AWS, by function: each need, and an operation that had it.

    Also which settings each function read.
    """

    def __init__(self, stage: Stage) -> None:
        self.heard: dict[str, dict[Need, str]] = {}
        self.read: dict[str, set[str]] = {}
        self.unknown: set[str] = set()
        self._begin = stage.aws.begin
        self._stage = stage
        self._instead = stage.aws.instead_of_moto
        self._clients: dict[int, Any] = {}
        stage.aws.instead_of_moto = self._listening  # type: ignore[method-assign]  # a test's
        # Whoever asks for another reserve is given it; `a_stage` puts back what was there before.
        wiring.deadline = lambda remaining, **more: Deadline(
            remaining, sleep=stage.time.sleep, **more
        )
        stage.aws.begin = self._begins  # type: ignore[method-assign]  # a test's

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Take note of each setting that is read, for a while."""
        names, reads = set(Settings.model_fields), self._reads

        def get(settings: Settings, name: str) -> Any:
            if name in names:
                reads(name)
            return object.__getattribute__(settings, name)

        Settings.__getattribute__ = get  # type: ignore[method-assign]  # a test's
        try:
            yield
        finally:
            del Settings.__getattribute__

    def _begins(self, function: str) -> None:
        # Each function in a process of its own, as on Lambda: what another has read is not kept.
        self._begin(function)
        _forget()

    def _reads(self, setting: str) -> None:
        self.read.setdefault(self._stage.aws._function, set()).add(setting)

    def _listening(self, client: Any) -> Any:
        if id(client) in self._clients:
            return client  # heard twice, every call would be made twice
        self._clients[id(client)] = client
        client.meta.events.register("provide-client-params.*.*", self._asked)
        client.meta.events.register("after-call.s3.*", self._answered)
        return self._instead(client)

    def _asked(self, params: Mapping[str, Any], model: Any, context: Any, **_: Any) -> None:
        service = model.service_model.service_name
        context["asked"] = params
        try:
            found = list(needs(service, model.name, params, self._stage.cloud))
        except UnknownCall as unknown:
            self.unknown.add(str(unknown))
            return
        self._hear(found, f"{service} {model.name}")

    def _answered(self, http_response: Any, model: Any, context: Any, **_: Any) -> None:
        # Who may not list is told of a missing object that it is forbidden.
        asked = context.get("asked", {})
        # (Of a version that is gone moto says 400, S3 404.)
        gone = 400 if "VersionId" in asked else 404
        if http_response.status_code in {404, gone} and "Key" in asked:
            prefix = (("s3:prefix", asked["Key"]),)
            bucket = f"arn:aws:s3:::{asked['Bucket']}"
            self._hear([Need("s3:ListBucket", bucket, prefix)], f"s3 {model.name} of nothing")

    def _hear(self, found: list[Need], operation: str) -> None:
        for need in found:
            self.heard.setdefault(self._stage.aws._function, {}).setdefault(need, operation)


def listen(stage: Stage) -> Listener:
    """Let everything happen, and return what was heard."""
    listener = Listener(stage)
    with listener.reading():
        everything(stage)
    return listener


def policies(cloud: Cloud, stage: str = "prod") -> Mapping[str, Mapping[str, Any]]:
    """Return each function's policy, with what it refers to as the cloud has it."""
    template = read_template()
    configured = json.loads(CONFIG.read_text(encoding="utf-8"))["stages"][stage]
    files = {API: configured["iam_policy_file"]} | {
        name: each["iam_policy_file"] for name, each in configured["lambda_functions"].items()
    }
    return {
        name: template.resolve(json.loads((CONFIG.parent / file).read_text()), cloud.made)
        for name, file in files.items()
    }


@dataclass(frozen=True)
class Heard:
    """What was heard on a cloud, and what its policies and template give."""

    listener: Listener
    cloud: Cloud
    policies: Mapping[str, Mapping[str, Any]]

    def grants(self, function: str) -> Sequence[Grant]:
        return tuple(grants(self.policies[function]))

    def needs(self, function: str) -> Mapping[Need, str]:
        return self.listener.heard.get(function, {})

    def own_queues(self, function: str) -> set[str]:
        return {each.queue_arn for each in self.cloud.sources if each.function.lower() == function}

    def log(self, function: str) -> str:
        """Return the ARN of the log group into which a function prints."""
        return self.cloud.made[f"{_logical_id(function)}Log"]["Arn"]

    def environment(self, function: str) -> set[str]:
        """Return the settings that the template gives to a function."""
        properties = read_template().resources[_logical_id(function)].properties
        names: dict[str, Any] = properties["Environment"]["Variables"]
        return {each.removeprefix("PAYUNG_").lower() for each in names if "PAYUNG_" in each}


def _logical_id(function: str) -> str:
    return "APIHandler" if function == API else to_cfn_resource_name(function)
