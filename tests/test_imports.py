"""A process imports the modules of its own function, and none of the others."""

import ast
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench.first_events import FIRST_EVENTS
from bench.starting import first_call

ROOT = Path(__file__).parents[1]
_STARTED = """
import json, sys, app
from chalicelib.lambdas import wiring
clients = [service for service, _ in wiring._world._clients] if wiring._world else []
routes = sum(map(len, app.app.routes.values()))
print(json.dumps({"modules": list(sys.modules), "clients": clients, "routes": routes}))
"""
FUNCTIONS = {handler: name for name, (handler, _) in FIRST_EVENTS.items()}
UNKNOWN = ("", "app.nothing_of_ours")
STEPS = {
    "enroll", "erase", "gate", "intake", "notify", "receipts", "report", "resend", "split",
    "staff.access", "staff.outreach", "sweeping",
}  # fmt: skip
ITS_STEPS = {
    "api": {"gate", "resend"},
    "intake": {"gate", "intake", "report", "split"},
    "enroll": {"enroll"},
    "notify": {"notify"},
    "forward": {"receipts"},
    "receipts": {"receipts"},
    "resend": {"resend"},
    "gate": {"gate"},
    "report": {"report", "staff.access", "staff.outreach"},
    "sweep": {"sweeping"},
    "erase": {"erase", "staff.outreach"},
}
"""The steps that a function is made of."""
NEVER = {
    "boto3", "s3transfer", "moto", "pandas", "openpyxl", "phonenumbers", "python_calamine",
    "asyncio", "multiprocessing", "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.utilities.parser",
}  # fmt: skip
OF_REQUESTS = {
    "chalicelib.api.requests",
    "chalicelib.api.endpoints",
    "chalicelib.api.operations",
    "chalicelib.api.site",
    "chalicelib.api.audit",
    "chalicelib.api.cursor",
    "itsdangerous",
}
OF_UPLOADS = {
    "chalicelib.files.read",
    "chalicelib.files.formats.workbook",
    "chalicelib.kinds.recipients.judgement",
    "chalicelib.kinds.recipients.reading",
}
OF_CHUNKS = {
    "chalicelib.kinds.recipients.applying",
    "chalicelib.kinds.recipients.outcome_rules",
}


@pytest.fixture(scope="module")
def started() -> Mapping[str, dict]:
    """Give the state of a process that has started as each function, by Lambda's handler."""

    def start(handler: str) -> dict:
        environment = {
            **os.environ,
            "AWS_DEFAULT_REGION": "ap-southeast-3",
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            "_HANDLER": handler,
        }
        done = subprocess.run(
            [sys.executable, "-c", _STARTED],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    handlers = [*FUNCTIONS, *UNKNOWN]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(handlers, pool.map(start, handlers), strict=True))


def test_every_deployed_function_is_checked():
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    deployed = set(config["lambda_functions"])
    assert set(FUNCTIONS.values()) == deployed | {"api"} == set(ITS_STEPS)


@pytest.mark.parametrize("handler", FUNCTIONS)
def test_a_function_imports_its_own_steps_only(started, handler):
    loaded = {name.removeprefix("chalicelib.steps.") for name in started[handler]["modules"]}
    assert loaded & STEPS == ITS_STEPS[FUNCTIONS[handler]]


@pytest.mark.parametrize("handler", FUNCTIONS)
def test_no_function_imports_rarely_used_modules_at_its_start(started, handler):
    assert not set(started[handler]["modules"]) & NEVER


@pytest.mark.parametrize("handler", FUNCTIONS)
def test_only_the_api_imports_the_code_of_the_api(started, handler):
    of_requests = set(started[handler]["modules"]) & OF_REQUESTS
    assert of_requests == (OF_REQUESTS if FUNCTIONS[handler] == "api" else set())
    assert (started[handler]["routes"] > 2) == (FUNCTIONS[handler] == "api")


@pytest.mark.parametrize("handler", FUNCTIONS)
def test_only_intake_imports_the_file_readers(started, handler):
    of_uploads = set(started[handler]["modules"]) & OF_UPLOADS
    assert of_uploads == (OF_UPLOADS if FUNCTIONS[handler] == "intake" else set())


@pytest.mark.parametrize("handler", FUNCTIONS)
def test_only_enroll_imports_the_code_that_applies_chunks(started, handler):
    of_chunks = set(started[handler]["modules"]) & OF_CHUNKS
    assert of_chunks == (OF_CHUNKS if FUNCTIONS[handler] == "enroll" else set())


@pytest.mark.parametrize("handler", FUNCTIONS)
def test_a_function_starts_with_its_module_and_makes_no_client_yet(started, handler):
    name = "api_handler" if FUNCTIONS[handler] == "api" else FUNCTIONS[handler]
    assert f"chalicelib.lambdas.{name}" in started[handler]["modules"]
    assert started[handler]["clients"] == []


@pytest.mark.parametrize("handler", UNKNOWN)
def test_a_process_of_no_known_function_can_still_become_any(started, handler):
    loaded = set(started[handler]["modules"])
    assert not loaded & {f"chalicelib.lambdas.{name}" for name in ("api_handler", *ITS_STEPS)}
    assert started[handler]["clients"] == []
    assert started[handler]["routes"] > 2


@pytest.mark.parametrize(("name", "asked"), [("enroll", "dynamodb"), ("api", "secretsmanager")])
def test_the_first_call_that_is_measured_asks_aws(name, asked):
    measured = first_call(name, ROOT)
    assert asked in measured["asked"]
    assert min(measured["import"], measured["call"]) > 0


def names_imported(path: Path) -> Iterator[tuple[str, str]]:
    """Iterate over the names that a program imports from our own modules."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.ImportFrom(module=str(module), level=0) if module.startswith("chalicelib."):
                yield from ((module, each.name) for each in node.names)


@pytest.mark.parametrize("folder", ["bench", "local", "tests"])
def test_what_a_program_imports_exists(folder):
    """Programs with targets of their own, such as fuzzers and benchmarks, are imported nowhere."""
    missing = [
        f"{path.relative_to(ROOT)}: {module}.{name}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for module, name in names_imported(path)
        if not is_there(module, name)
    ]
    assert missing == []


def is_there(module: str, name: str) -> bool:
    try:
        return hasattr(importlib.import_module(module), name) or bool(find_spec(f"{module}.{name}"))
    except ModuleNotFoundError:
        return False
