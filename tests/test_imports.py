"""What a process imports: what its own function needs, and nothing of the others'."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench.first_events import FIRST_EVENTS
from bench.starting import first_call

ROOT = Path(__file__).parents[1]
_STARTED = """
import json, sys, app
from chalicelib import wiring
clients = [service for service, _ in wiring._world._clients] if wiring._world else []
routes = sum(map(len, app.app.routes.values()))
print(json.dumps({"modules": list(sys.modules), "clients": clients, "routes": routes}))
"""
FUNCTIONS = {handler: name for name, (handler, _) in FIRST_EVENTS.items()}
UNKNOWN = ("", "app.nothing_of_ours")
STEPS = {
    "enroll", "erase", "gate", "intake", "notify", "outreach", "overdue", "receipts", "report",
    "resend", "split", "sweep",
}  # fmt: skip
ITS_STEPS = {
    "api": {"gate", "outreach", "report", "resend"},
    "intake": {"gate", "intake", "report", "split"},
    "enroll": {"enroll"},
    "notify": {"notify"},
    "receipts": {"receipts"},
    "resend": {"resend"},
    "gate": {"gate"},
    "report": {"outreach", "report"},
    "sweep": {"notify", "overdue", "report", "sweep"},
    "erase": {"erase", "outreach", "report"},
}
"""The steps that a function is made of; a report's names are known to more than it."""
NEVER = {
    "boto3", "s3transfer", "moto", "pandas", "openpyxl", "phonenumbers", "python_calamine",
    "asyncio", "multiprocessing", "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.utilities.parser",
}  # fmt: skip
OF_REQUESTS = {"chalicelib.api", "chalicelib.endpoints", "chalicelib.queries", "chalicelib.site"}
OF_UPLOADS = {"chalicelib.files.read", "chalicelib.files.workbook", "chalicelib.domain.judgement"}


@pytest.fixture(scope="module")
def started() -> Mapping[str, dict]:
    """Give what a process is like that has started as each function, by Lambda's handler."""

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


def test_every_function_that_is_deployed_is_looked_at():
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    deployed = set(config["stages"]["prod"]["lambda_functions"])
    assert set(FUNCTIONS.values()) == deployed | {"api"} == set(ITS_STEPS)


@pytest.mark.parametrize("handler", FUNCTIONS)
def test_a_function_imports_its_own_steps_only(started, handler):
    loaded = {name.removeprefix("chalicelib.") for name in started[handler]["modules"]}
    assert loaded & STEPS == ITS_STEPS[FUNCTIONS[handler]]


@pytest.mark.parametrize("handler", FUNCTIONS)
def test_no_function_starts_with_what_few_calls_need(started, handler):
    assert not set(started[handler]["modules"]) & NEVER


@pytest.mark.parametrize("handler", FUNCTIONS)
def test_only_what_answers_requests_knows_how_to(started, handler):
    of_requests = set(started[handler]["modules"]) & OF_REQUESTS
    assert of_requests == (OF_REQUESTS if FUNCTIONS[handler] == "api" else set())
    assert (started[handler]["routes"] > 2) == (FUNCTIONS[handler] == "api")


@pytest.mark.parametrize("handler", FUNCTIONS)
def test_only_what_takes_uploads_in_knows_how_to_read_them(started, handler):
    of_uploads = set(started[handler]["modules"]) & OF_UPLOADS
    assert of_uploads == (OF_UPLOADS if FUNCTIONS[handler] == "intake" else set())


@pytest.mark.parametrize("handler", FUNCTIONS)
def test_a_function_starts_with_its_module_and_makes_no_client_yet(started, handler):
    name = "answer" if FUNCTIONS[handler] == "api" else FUNCTIONS[handler]
    assert f"chalicelib.functions.{name}" in started[handler]["modules"]
    assert started[handler]["clients"] == []


@pytest.mark.parametrize("handler", UNKNOWN)
def test_a_process_of_no_known_function_can_still_become_any(started, handler):
    loaded = set(started[handler]["modules"])
    assert not {each for each in loaded if each.startswith("chalicelib.functions.")}
    assert started[handler]["clients"] == []
    assert started[handler]["routes"] > 2


@pytest.mark.parametrize(("name", "asked"), [("enroll", "dynamodb"), ("api", "secretsmanager")])
def test_the_first_call_that_is_measured_asks_aws(name, asked):
    told = first_call(name, ROOT)
    assert asked in told["asked"]
    assert min(told["import"], told["call"]) > 0
