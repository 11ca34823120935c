import gc
from collections.abc import Iterator
from typing import Any

import pytest
from counting import CASES
from stage import Stage, a_stage
from ways import set_the_stage


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Give the stage, set; a trial plays on a copy of it."""
    with a_stage() as made:
        set_the_stage(made)
        gc.collect()
        gc.freeze()  # nothing of it needs to be looked through again, here or in a copy
        yield made
    gc.unfreeze()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many cases there were."""
    reports = [
        each for kind in ("passed", "failed") for each in terminalreporter.stats.get(kind, ())
    ]
    cases = sum(
        int(value) for each in reports for name, value in each.user_properties if name == CASES
    )
    if cases:
        terminalreporter.write_line(f"{cases} cases of calls that failed")
