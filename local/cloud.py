"""Builds the cloud that the deployment template describes, and says what came of it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from . import moto_calls, moto_events, moto_haste, moto_queues, moto_transactions, resources
from .moto_events import Clock
from .template import Attributes, Resource, Template, TemplateError, read

REGION = "ap-southeast-3"
ACCOUNT = "123456789012"
TEMPLATE = Path(__file__).parents[1] / ".chalice" / "resources.yaml"
_FUNCTION = "AWS::Serverless::Function"


@dataclass(frozen=True, slots=True)
class EventSource:
    """A queue that feeds a function, as the template joins them.

    `function` is the function's logical id. `batch_size` is None where the app's own holds.
    """

    function: str
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
    environment: dict[str, str] = {}
    sources: list[EventSource] = []
    functions: list[Resource] = []
    for resource in template.in_order():
        properties = template.resolve(dict(resource.properties), made)
        if resource.type == _FUNCTION:
            functions.append(resource)
            variables = properties.get("Environment", {}).get("Variables", {})
            _join(environment, variables, resource.name)
            sources += _sources(resource.name, properties.get("Events", {}), made)
        made[resource.name] = resources.make(
            session, resource.type, f"payung-local-{resource.name}", properties
        )
    targets = {_target(template.resolve(dict(each.properties), made)) for each in _queues(template)}
    return Cloud(
        made=made,
        environment=environment,
        functions=tuple(function.name for function in functions),
        sources=tuple(sources),
        dead_letters={
            each.name: made[each.name]["Ref"]
            for each in _queues(template)
            if made[each.name]["Arn"] in targets
        },
    )


@contextmanager
def embedded(clock: Clock | None = None) -> Iterator[boto3.Session]:
    """Put an embedded AWS into this process: every boto3 client made inside it talks to that."""
    with credentials(), mended(clock), mock_aws():
        yield boto3.Session(region_name=REGION)


@contextmanager
def mended(clock: Clock | None = None) -> Iterator[None]:
    """Make moto do as AWS does where payung would notice the difference."""
    with (
        moto_transactions.mended(),
        moto_queues.mended(),
        moto_events.mended(clock),
        moto_haste.mended(),
        moto_calls.mended(),
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


def _join(environment: dict[str, str], variables: Mapping[str, Any], function: str) -> None:
    """Add a function's variables; here all functions share one process, and so one environment."""
    for name, value in variables.items():
        if environment.setdefault(name, str(value)) != str(value):
            raise TemplateError(f"{function} wants another {name} than the functions before it")


def _sources(
    function: str, events: Mapping[str, Any], made: Mapping[str, Attributes]
) -> Iterator[EventSource]:
    urls = {each["Arn"]: each["Ref"] for each in made.values() if "QueueName" in each}
    for name, event in events.items():
        if event["Type"] == "Schedule":
            continue  # there is no night in the embedded cloud; call the function by hand
        if event["Type"] != "SQS":
            raise TemplateError(f"{name}: events of type {event['Type']} are not known here")
        properties = event["Properties"]
        yield EventSource(
            function=function,
            queue_url=urls[properties["Queue"]],
            queue_arn=properties["Queue"],
            batch_size=properties.get("BatchSize"),
            reports_failures="ReportBatchItemFailures"
            in properties.get("FunctionResponseTypes", ()),
        )


def _queues(template: Template) -> list[Resource]:
    return [each for each in template.resources.values() if each.type == "AWS::SQS::Queue"]


def _target(properties: Mapping[str, Any]) -> str | None:
    target: str | None = properties.get("RedrivePolicy", {}).get("deadLetterTargetArn")
    return target
