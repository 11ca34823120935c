"""Generated requests to every route, by a user of each role, get only documented answers."""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks

from chalicelib.api import examples
from chalicelib.api.endpoints import documentation
from tests.api.served import Served, served, upload
from tests.support.world import a_line

checks.load_all_checks()
HELD_TO = [
    checks.CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "ignored_auth",
    )
]
CONFIG = schemathesis.Config.from_dict({"phases": {"coverage": {"unexpected-methods": []}}})
SCHEMA = schemathesis.openapi.from_dict(documentation(), config=CONFIG)


@pytest.fixture(scope="module")
def api() -> Iterator[Served]:
    with served() as made:
        yield made


@pytest.fixture(scope="module")
def batch(api: Served) -> str:
    """A file in which the person of the documentation's examples is enrolled."""
    return str(upload(api, [a_line(1), a_line(2, nik=examples.NIK), a_line(3, nik="1")])["batch"])


@pytest.mark.slow
@pytest.mark.parametrize("user", ["dinas", "bpjs", "bri"])
@SCHEMA.parametrize()
@settings(
    max_examples=10,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_only_what_is_documented_comes_back(
    case: schemathesis.Case, user: str, api: Served, batch: str
):
    if case.path_parameters.get("batch") == examples.BATCH["batch"]:
        case.path_parameters["batch"] = batch
    headers = {"Authorization": f"Bearer {api.tokens[user]}"}
    case.call_and_validate(base_url=api.url, headers=headers, checks=HELD_TO)
