"""Creates the cloud that the deployment template describes, and returns its resources."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest.mock import patch

import boto3
from moto import mock_aws

from . import moto_patches, resources
from .assembly.assemble import assemble
from .moto_patches import events, mappings
from .moto_patches.events import Clock
from .template import Attributes, Resource, Template, TemplateError, event_source_mapping

REGION = "ap-southeast-3"
ACCOUNT = "123456789012"
_FUNCTION = "AWS::Serverless::Function"


@dataclass(frozen=True, slots=True)
class EventSource:
    """An event source mapping of the template: a queue that feeds a function.

    `function` is the function's logical id. `batch_size` is None if the app's own value applies.
    `mapping` is the UUID with which the mapping can be switched off and on. `allows_loops` says
    that Lambda does not stop a chain of messages that the function sends to its own queue.
    """

    function: str
    mapping: str
    queue_url: str
    queue_arn: str
    batch_size: int | None
    reports_failures: bool
    allows_loops: bool = False


@dataclass(frozen=True, slots=True)
class Cloud:
    """The created cloud: the attributes of each resource by logical id, and the functions' data."""

    made: Mapping[str, Attributes]
    environment: Mapping[str, str]
    functions: tuple[str, ...]
    sources: tuple[EventSource, ...]
    dead_letters: Mapping[str, str]
    """The URL of each dead-letter queue, by its logical id."""
    failures: Mapping[str, str]
    """The URL of the queue into which Lambda puts failed events, by the function's logical id; only
    for functions that no queue feeds."""

    @property
    def bucket(self) -> str:
        """The name of the bucket that banks upload to."""
        return self.made["UploadsBucket"]["Ref"]

    @property
    def user_pool(self) -> str:
        """The id of the user pool of staff and banks."""
        return self.made["UserPool"]["Ref"]

    @property
    def user_pool_client(self) -> str:
        """The id of the client with which the page signs users in."""
        return self.made["UserPoolClient"]["Ref"]


def read_template(parameters: Mapping[str, str] | None = None) -> Template:
    """Return the deployment template with the parameters of the embedded cloud.

    There nobody needs a second factor, unless `parameters` says so.

    Raises:
        AssemblyError: the files of `.chalice/` do not fit together.
    """
    pseudo = {
        "AWS::Region": REGION,
        "AWS::AccountId": ACCOUNT,
        "AWS::Partition": "aws",
        "AWS::StackName": "payung-local",
        "AWS::URLSuffix": "amazonaws.com",
    }
    given = {"SecondFactor": "optional", **(parameters or {})}
    return Template(assemble().template, parameters=given, pseudo=pseudo)


def build(session: boto3.Session, template: Template) -> Cloud:
    """Create all resources of the template, through the AWS API.

    Raises:
        TemplateError: the template has something that the embedded cloud does not know.
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
    return Cloud(
        made=made,
        environment=functions.environment,
        functions=tuple(functions.names),
        sources=tuple(functions.sources),
        dead_letters={
            each.name: made[each.name]["Ref"]
            for each in _queues(template)
            if made[each.name]["Arn"] in targets
        },
        failures=functions.failures,
    )


class _Clients:
    """The session that the makers of resources use; it creates each client once."""

    def __init__(self, session: boto3.Session) -> None:
        self.region_name = session.region_name
        self.client = cache(session.client)


@contextmanager
def embedded(clock: Clock | None = None) -> Iterator[boto3.Session]:
    """Put an embedded AWS into this process: every boto3 client made inside it talks to that."""
    with credentials(), patched(clock), moto_patches.applied(["signing"]), mock_aws():
        session = boto3.Session(region_name=REGION)
        # Of the functions' clients too: a session reads each service's description from files.
        with patch.object(boto3, "DEFAULT_SESSION", session):
            yield session


@contextmanager
def patched(clock: Clock | None = None) -> Iterator[None]:
    """Apply the patches that hold for every embedded cloud, also for one behind a server.

    S3's events take their time (UTC) from `clock`, by default from the machine.
    """
    apart = {"opt_outs", "signing", "versions"}  # applied by the commands that need them
    with events.clock_is(clock), moto_patches.applied(set(moto_patches.TOPICS) - apart):
        yield


@contextmanager
def credentials() -> Iterator[None]:
    """Hide real credentials inside the block: this code must never reach a real account."""
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
    """Set environment variables and remove others inside the block."""
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
    """The functions that were added so far, with their environment, event sources and queues.

    In the embedded cloud all functions share one process, so they share one environment.
    """

    names: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    sources: list[EventSource] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)

    def add(
        self, name: str, properties: Mapping[str, Any], made: Mapping[str, Attributes]
    ) -> dict[str, Attributes]:
        """Add a function; return the attributes of it and of its event source mappings."""
        self.names.append(name)
        for variable, value in properties.get("Environment", {}).get("Variables", {}).items():
            if self.environment.setdefault(variable, str(value)) != str(value):
                raise TemplateError(f"{name} wants another {variable} than the functions before it")
        target = properties.get("EventInvokeConfig", {}).get("DestinationConfig", {})
        if queue := target.get("OnFailure", {}).get("Destination"):
            self.failures[name] = _queue_urls(made)[queue]
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:payung-local-{name}"
        attributes: dict[str, Attributes] = {name: {"Ref": f"payung-local-{name}", "Arn": arn}}
        for event, source in _sources(name, properties, made):
            self.sources.append(source)
            attributes[event_source_mapping(name, event)] = {"Ref": source.mapping}
        return attributes


def _sources(
    function: str, of_function: Mapping[str, Any], made: Mapping[str, Attributes]
) -> Iterator[tuple[str, EventSource]]:
    """Iterate over a function's event sources, as (name of the event, source)."""
    urls = _queue_urls(made)
    for name, event in of_function.get("Events", {}).items():
        if event["Type"] == "Schedule":
            continue  # the embedded cloud has no schedules; call the function by hand
        if event["Type"] != "SQS":
            raise TemplateError(f"{name}: events of type {event['Type']} are not known here")
        properties = event["Properties"]
        queue = properties["Queue"]
        yield (
            name,
            EventSource(
                function=function,
                mapping=mappings.put(ACCOUNT, REGION, function=function, queue_arn=queue),
                queue_url=urls[queue],
                queue_arn=queue,
                batch_size=properties.get("BatchSize"),
                reports_failures="ReportBatchItemFailures"
                in properties.get("FunctionResponseTypes", ()),
                allows_loops=of_function.get("RecursiveLoop") == "Allow",
            ),
        )


def _queue_urls(made: Mapping[str, Attributes]) -> dict[str, str]:
    return {each["Arn"]: each["Ref"] for each in made.values() if "QueueName" in each}


def _queues(template: Template) -> list[Resource]:
    return [each for each in template.resources.values() if each.type == "AWS::SQS::Queue"]


def _target(properties: Mapping[str, Any]) -> str | None:
    target: str | None = properties.get("RedrivePolicy", {}).get("deadLetterTargetArn")
    return target
