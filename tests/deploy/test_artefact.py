"""The package itself, run as Lambda runs it: one file from the upload to its results."""

import json
import logging
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import boto3
import pytest
from moto.server import ThreadedMotoServer
from moto.sns.models import sns_backends

from local.cloud import (
    ACCOUNT,
    REGION,
    Cloud,
    build,
    credentials,
    environment,
    patched,
    read_template,
)
from local.deploy import ROOT, artefact, wheels
from local.deploy.artefact import Artefact
from local.moto_patches import queues
from local.pump import Context, Pump, scheduled_event
from tests.deploy.far_programme import copy_of_the_project
from tests.deploy.lambda_machine import LambdaFunction
from tests.deploy.packaged import LAMBDA, LAMBDA_OLDEST, document, tool
from tests.support.tokens import claims_of

pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).parents[2] / "samples" / "bpum-excel-berantakan.csv"
KEY = "incoming/002/BPUM/penerima.csv"
_SERVERLESS = "AWS::Serverless::Function"
_API = "APIHandler"


@dataclass
class Machine:
    """The functions of the package, each started when it is first called."""

    session: boto3.Session
    cloud: Cloud
    code: Path
    python: Path
    logs: Path
    template: Mapping[str, Any]
    environments: Mapping[str, Mapping[str, str]]
    running: dict[str, LambdaFunction] = field(default_factory=dict)

    @property
    def resources(self) -> dict[str, Any]:
        return {
            name: each["Properties"]
            for name, each in self.template["Resources"].items()
            if each["Type"] == _SERVERLESS
        }

    def function(self, name: str) -> LambdaFunction:
        """Return a function by its logical id."""
        if name not in self.running:
            properties = self.resources[name]
            self.running[name] = LambdaFunction(
                name,
                properties["Handler"],
                self.environments[name],
                code=self.code,
                python=self.python,
                log=self.logs / f"{name}.log",
                memory=properties["MemorySize"],
            )
        return self.running[name]

    def fed_by(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the source of the events of each function with events of that kind."""
        return {
            name: event["Properties"]
            for name, properties in self.resources.items()
            for event in properties.get("Events", {}).values()
            if event["Type"] == kind
        }

    def drive(self) -> None:
        """Feed the queues' messages to these functions until the queues are empty."""

        def handler(name: str) -> Any:
            def handle(event: Any, context: Context) -> Any:
                seconds = context.get_remaining_time_in_millis() / 1000
                return self.function(name).invoke(event, seconds)

            return handle

        app = SimpleNamespace(
            handler_map={n.lower(): handler(n) for n in self.resources if n != _API},
            event_sources=[
                SimpleNamespace(name=name.lower(), queue=name, batch_size=each["BatchSize"])
                for name, each in self.fed_by("SQS").items()
            ],
        )
        pump = Pump(app, self.cloud, self.session)
        pump.drive(lambda: queues.wind_on(ACCOUNT, REGION))

    def end(self) -> None:
        for each in self.running.values():
            each.end()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Artefact:
    folder = tmp_path_factory.mktemp("package")
    project = copy_of_the_project(folder / "project")
    return artefact.build("dev", folder / "dev", architecture=wheels.here(), project=project)


@pytest.fixture(scope="module", params=[LAMBDA_OLDEST, LAMBDA], ids=["oldest", "newest"])
def machine(
    request: pytest.FixtureRequest, made: Artefact, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machine]:
    """Give the functions, on the SDK of the oldest and the newest image of Lambda's Python."""
    python = tool(request.param, "python")
    folder = tmp_path_factory.mktemp("lambda")
    with ZipFile(made.archive) as archive:
        archive.extractall(folder / "task")
    (folder / "logs").mkdir()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with credentials(), patched():
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        endpoint = "http://{}:{}".format(*server.get_host_and_port())
        try:
            # The account is a part of this process, and the image before has left its own there.
            forget = urllib.request.Request(f"{endpoint}/moto-api/reset", b"", method="POST")  # noqa: S310  # this machine
            urllib.request.urlopen(forget).close()  # noqa: S310  # this machine
            with environment({"AWS_ENDPOINT_URL": endpoint}):
                session = boto3.Session(region_name=REGION)
                template = read_template()
                cloud = build(session, template)
                # Messages go out by day only, and it may be night here.
                more = {"AWS_ENDPOINT_URL": endpoint, "PAYUNG_SMS_WINDOW": ""}
                started = Machine(
                    session,
                    cloud,
                    folder / "task",
                    python,
                    folder / "logs",
                    document(made.template),
                    {name: _variables(template, cloud, name) | more for name in cloud.functions},
                )
                try:
                    yield started
                finally:
                    started.end()
        finally:
            server.stop()


def _variables(template: Any, cloud: Cloud, function: str) -> dict[str, str]:
    """Return the variables that the template gives to one function only."""
    properties = template.resolve(dict(template.resources[function].properties), cloud.made)
    return {name: str(value) for name, value in properties["Environment"]["Variables"].items()}


def test_every_function_of_the_package_starts(machine: Machine) -> None:
    for name in machine.resources:
        machine.function(name)
    for name in machine.resources:
        machine.function(name).wait_until_started()


def test_the_functions_use_the_packages_own_sdk(machine: Machine) -> None:
    script = "import botocore, urllib3; print(botocore.__version__, botocore.__file__)"
    done = subprocess.run(
        [machine.python, "-s", "-c", script],
        cwd=machine.code,
        env={"PYTHONPATH": str(machine.code)},
        check=True,
        capture_output=True,
        text=True,
    )
    version, place = done.stdout.split()
    assert f"botocore=={version} " in (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert Path(place).is_relative_to(machine.code)


@pytest.fixture(scope="module")
def finished(machine: Machine) -> Machine:
    """Give the machine after a file was processed to the end, and every schedule ran once."""
    s3 = machine.session.client("s3")
    s3.put_object(Bucket=machine.cloud.bucket, Key=KEY, Body=SAMPLE.read_bytes())
    machine.drive()
    for name in machine.fed_by("Schedule"):
        machine.function(name).invoke(scheduled_event())
    machine.drive()
    return machine


def test_a_file_goes_its_whole_way_through_the_package(finished: Machine) -> None:
    machine = finished
    summary = json.loads(_result(machine, "ringkasan.json"))
    assert summary["status"] == "completed"
    assert summary["accepted"] > 0
    assert summary["rejected"] > 0
    assert summary["rows"] == sum(
        summary[each] for each in ("accepted", "duplicate", "conflict", "rejected")
    )
    assert summary["sms"]["sent"] == len(sns_backends[ACCOUNT][REGION].sms_messages) > 0
    assert _result(machine, "hasil.csv").startswith(b"\xef\xbb\xbf")
    assert not _dead_letters(machine)


def test_staff_and_administrators_reach_the_packages_functions(finished: Machine) -> None:
    machine = finished
    people = machine.session.client("dynamodb").scan(
        TableName=machine.cloud.made["EnrollmentsTable"]["Ref"], Limit=1
    )["Items"]
    nik = people[0]["nik"]["S"]
    answer = machine.function(_API).invoke(
        _request("/enrollments/lookup", {"nik": nik}, machine.environments[_API])
    )
    assert answer["statusCode"] == 200, answer["body"]
    assert json.loads(answer["body"])["enrollments"]
    erased = machine.function("Erase").invoke(
        {"nik": nik, "by": "a test", "reason": "of the package", "also_in": []}
    )
    assert erased


def test_no_function_logs_anything_about_a_person(finished: Machine) -> None:
    machine = finished
    scanned = machine.session.client("dynamodb").scan(
        TableName=machine.cloud.made["EnrollmentsTable"]["Ref"]
    )["Items"]
    logged = "".join(each.logged for each in machine.running.values())
    assert logged
    for person in scanned:
        assert person["nik"]["S"] not in logged
        assert person["name"]["S"] not in logged
        assert person.get("phone", {}).get("S", "+62 none") not in logged


def _result(machine: Machine, name: str) -> bytes:
    s3 = machine.session.client("s3")
    listed = s3.list_objects_v2(Bucket=machine.cloud.bucket, Prefix="results/").get("Contents", [])
    (key,) = (each["Key"] for each in listed if each["Key"].endswith(f"/{name}"))
    body: bytes = s3.get_object(Bucket=machine.cloud.bucket, Key=key)["Body"].read()
    return body


def _dead_letters(machine: Machine) -> int:
    sqs = machine.session.client("sqs")
    name = "ApproximateNumberOfMessages"
    return sum(
        int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])
        for url in machine.cloud.dead_letters.values()
    )


def _request(path: str, body: Mapping[str, Any], variables: Mapping[str, str]) -> dict[str, Any]:
    """Return a request as an event of API Gateway; the caller belongs to the agency."""
    return {
        "resource": path,
        "path": path,
        "httpMethod": "POST",
        "headers": {"Content-Type": "application/json", "Accept": "application/json"},
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": path,
            "httpMethod": "POST",
            "path": f"/v1{path}",
            "stage": "v1",
            "requestId": "11111111-1111-1111-1111-111111111111",
            "requestTimeEpoch": int(time.time() * 1000),
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "test"},
            "authorizer": {"claims": claims_of("dinas", variables)},
        },
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }
