import sys
from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how far it went."""
    if machine := sys.modules.get("test_stateful"):
        terminalreporter.write_line(f"{machine.steps_taken} steps in any order")
