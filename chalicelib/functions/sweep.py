"""Finds files that make no progress and sends again what they lack."""

from typing import Any

from chalicelib import telemetry, wiring
from chalicelib.sweep import Sweep


def run(_: Any, context: Any) -> None:
    """A look by the clock."""
    telemetry.count_sweep(Sweep(**wiring.given(Sweep, context)).run())
