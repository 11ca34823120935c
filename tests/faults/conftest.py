import gc
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.case_count import CASES
from tests.faults.harness import Stage, a_stage
from tests.faults.scenarios import set_the_stage


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Give the prepared stage; each trial runs on a copy of it."""
    with a_stage() as made:
        set_the_stage(made)
        gc.collect()
        gc.freeze()  # the garbage collector need not scan it again, here or in a copy
        yield made
    gc.unfreeze()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the number of cases."""
    reports = [
        each for kind in ("passed", "failed") for each in terminalreporter.stats.get(kind, ())
    ]
    cases = sum(
        int(value) for each in reports for name, value in each.user_properties if name == CASES
    )
    if cases:
        terminalreporter.write_line(f"{cases} cases of calls that failed")
