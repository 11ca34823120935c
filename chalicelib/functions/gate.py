"""Switches the SMS queue's trigger as window, pauses and budget have it."""

from typing import Any

from chalicelib import gate, telemetry, wiring


def run(_: Any, context: Any) -> None:
    """A look by the clock."""
    telemetry.count_gate(gate.keep_gate(**wiring.given(gate.keep_gate, context)))
