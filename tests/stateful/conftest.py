import sys
from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print how many states were reached."""
    if machine := sys.modules.get("tests.stateful.test_stateful"):
        terminalreporter.write_line(f"{machine.steps_taken} steps in any order")
