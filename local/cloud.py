"""Builds the cloud that the deployment template describes, and says what came of it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
from moto import mock_aws

from . import (
    moto_calls,
    moto_direct,
    moto_events,
    moto_expressions,
    moto_haste,
    moto_mappings,
    moto_queues,
    moto_transactions,
    moto_wire,
    resources,
)
from .moto_events import Clock
from .template import Attributes, Resource, Template, TemplateError, event_source_mapping, read

REGION = "ap-southeast-3"
ACCOUNT = "123456789012"
TEMPLATE = Path(__file__).parents[1] / ".chalice" / "resources.yaml"
_FUNCTION = "AWS::Serverless::Function"


@dataclass(frozen=True, slots=True)
class EventSource:
    """A queue that feeds a function, as the template joins them.

    `function` is the function's logical id. `batch_size` is None where the app's own holds.
    `mapping` is the UUID under which it may be switched off and on.
    """

    function: str
    mapping: str
    queue_url: str
    queue_arn: str
    batch_size: int | None
    reports_failures: bool


@dataclass(frozen=True, slots=True)
class Cloud:
    """What was made: each resource's attributes by logical id, and what the functions need."""

    made: Mapping[str, Attributes]
    environment: Mapping[str, str]
    functions: tuple[str, ...]
    sources: tuple[EventSource, ...]
    dead_letters: Mapping[str, str]
    """URL of each dead-letter queue, by its logical id."""
    failures: Mapping[str, str]
    """URL of the queue to which Lambda hands what a function could not do, by the function's
    logical id: only of those that no queue feeds."""

    @property
    def bucket(self) -> str:
        """The bucket that banks upload to."""
        return self.made["UploadsBucket"]["Ref"]

    @property
    def user_pool(self) -> str:
        """The id of the pool that staff and banks are in."""
        return self.made["UserPool"]["Ref"]

    @property
    def user_pool_client(self) -> str:
        """The id of the client that signs them in."""
        return self.made["UserPoolClient"]["Ref"]


def read_template(path: Path = TEMPLATE, parameters: Mapping[str, str] | None = None) -> Template:
    """Read the deployment template as it would be deployed to the embedded cloud."""
    pseudo = {
        "AWS::Region": REGION,
        "AWS::AccountId": ACCOUNT,
        "AWS::Partition": "aws",
        "AWS::StackName": "payung-local",
        "AWS::URLSuffix": "amazonaws.com",
    }
    return read(path, parameters=parameters, pseudo=pseudo)


def build(session: boto3.Session, template: Template) -> Cloud:
    """Make everything that the template describes, through the AWS API.

    Raises:
        TemplateError: the template holds something that the embedded cloud does not know.
    """
    made: dict[str, Attributes] = {}
    functions = _Functions()
    clients: Any = _Clients(session)
    for resource in template.in_order():
        properties = template.resolve(dict(resource.properties), made)
        name = f"payung-local-{resource.name}"
        made[resource.name] = resources.make(clients, resource.type, name, dict(properties))
        if resource.type == _FUNCTION:
            made |= functions.add(resource.name, properties, made)
    targets = {_target(template.resolve(dict(each.properties), made)) for each in _queues(template)}
    failures = functions.failures.values()
    return Cloud(
        made=made,
        environment=functions.environment,
        functions=tuple(functions.names),
        sources=tuple(functions.sources),
        dead_letters={
            each.name: made[each.name]["Ref"]
            for each in _queues(template)
            if made[each.name]["Arn"] in targets or made[each.name]["Ref"] in failures
        },
        failures=functions.failures,
    )


class _Clients:
    """A session as those see it who make the resources; it makes each client once."""

    def __init__(self, session: boto3.Session) -> None:
        self.region_name = session.region_name
        self.client = cache(session.client)


@contextmanager
def embedded(clock: Clock | None = None) -> Iterator[boto3.Session]:
    """Put an embedded AWS into this process: every boto3 client made inside it talks to that."""
    with credentials(), mended(clock), moto_wire.unsigned(), moto_direct.near(), mock_aws():
        session = boto3.Session(region_name=REGION)
        # Of the functions' clients too: a session reads each service's description from files.
        with patch.object(boto3, "DEFAULT_SESSION", session):
            yield session


@contextmanager
def mended(clock: Clock | None = None) -> Iterator[None]:
    """Make moto do as AWS does where payung would notice the difference."""
    with (
        moto_transactions.mended(),
        moto_queues.mended(),
        moto_events.mended(clock),
        moto_haste.mended(),
        moto_calls.mended(),
        moto_expressions.mended(),
        moto_wire.mended(),
    ):
        yield


@contextmanager
def credentials() -> Iterator[None]:
    """Take real credentials away for a while: nothing here may ever reach a real account."""
    ours = {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    theirs = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_ENDPOINT_URL")
    with environment(ours, without=theirs):
        yield


@contextmanager
def environment(variables: Mapping[str, str], without: tuple[str, ...] = ()) -> Iterator[None]:
    """Set environment variables, and take others away, for a while."""
    before = {name: os.environ.get(name) for name in (*variables, *without)}
    os.environ.update(variables)
    for name in without:
        os.environ.pop(name, None)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@dataclass(frozen=True, slots=True)
class _Functions:
    """The functions that were met so far, and what goes with them.

    Here all of them share one process, and so one environment.
    """

    names: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    sources: list[EventSource] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)

    def add(
        self, name: str, properties: Mapping[str, Any], made: Mapping[str, Attributes]
    ) -> dict[str, Attributes]:
        """Take a function in; return what it, and the mappings that feed it, answer to."""
        self.names.append(name)
        for variable, value in properties.get("Environment", {}).get("Variables", {}).items():
            if self.environment.setdefault(variable, str(value)) != str(value):
                raise TemplateError(f"{name} wants another {variable} than the functions before it")
        target = properties.get("EventInvokeConfig", {}).get("DestinationConfig", {})
        if queue := target.get("OnFailure", {}).get("Destination"):
            self.failures[name] = _queue_urls(made)[queue]
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:payung-local-{name}"
        answering: dict[str, Attributes] = {name: {"Ref": f"payung-local-{name}", "Arn": arn}}
        for event, source in _sources(name, properties.get("Events", {}), made):
            self.sources.append(source)
            answering[event_source_mapping(name, event)] = {"Ref": source.mapping}
        return answering


def _sources(
    function: str, events: Mapping[str, Any], made: Mapping[str, Attributes]
) -> Iterator[tuple[str, EventSource]]:
    """Iterate over what feeds a function, by the names of its events."""
    urls = _queue_urls(made)
    for name, event in events.items():
        if event["Type"] == "Schedule":
            continue  # there is no night in the embedded cloud; call the function by hand
        if event["Type"] != "SQS":
            raise TemplateError(f"{name}: events of type {event['Type']} are not known here")
        properties = event["Properties"]
        queue = properties["Queue"]
        yield (
            name,
            EventSource(
                function=function,
                mapping=moto_mappings.put(ACCOUNT, REGION, function=function, queue_arn=queue),
                queue_url=urls[queue],
                queue_arn=queue,
                batch_size=properties.get("BatchSize"),
                reports_failures="ReportBatchItemFailures"
                in properties.get("FunctionResponseTypes", ()),
            ),
        )


def _queue_urls(made: Mapping[str, Attributes]) -> dict[str, str]:
    return {each["Arn"]: each["Ref"] for each in made.values() if "QueueName" in each}


def _queues(template: Template) -> list[Resource]:
    return [each for each in template.resources.values() if each.type == "AWS::SQS::Queue"]


def _target(properties: Mapping[str, Any]) -> str | None:
    target: str | None = properties.get("RedrivePolicy", {}).get("deadLetterTargetArn")
    return target
