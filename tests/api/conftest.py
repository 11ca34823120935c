from pathlib import Path

import pytest

from tests.api.office import Office
from tests.support.world import a_line


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Read the sweep of all routes only where it runs: its requests take seconds to make."""
    unwanted = config.option.markexpr == "not slow"
    return True if unwanted and collection_path.name == "test_schemathesis.py" else None


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def enrolled(office):
    """A file of BRI's: two good rows, one without a phone, a repeated one, and a rejected one."""
    return office.run(
        [
            a_line(1),
            a_line(2),
            a_line(3, phone=""),
            a_line(1),
            a_line(4, nik="123"),
        ]
    )
