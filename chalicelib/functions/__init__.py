"""What the deployed functions do, a module each: `run` takes what Lambda hands over.

Each module hands its step what that needs of the world, and counts what came of it. All functions
begin in `app`, which imports none of them: each process gets its own alone, with what that stands
on, when it starts or else when it is first called.
"""

import importlib
from typing import Any

from chalicelib import wiring
from chalicelib.faults import log_fault

ANSWER = "answer"
"""The function behind the HTTP API; the others are named as they are deployed."""


def run(name: str, event: Any, context: Any) -> Any:
    """Have a function handle an event; return what Lambda is to be answered."""
    return load(name).run(event, context)


def load(name: str) -> Any:
    """Return a function's module."""
    return importlib.import_module(f"{__name__}.{name}")


def prepare(name: str) -> None:
    """Import what a function needs, and read what its first client is made from, beforehand.

    While a process starts, Lambda lends it more CPU than the function has later. What fails here
    fails again when the function is called, and is told then, as everything that fails.
    """
    try:
        load(name)
        wiring.world().prepare()
    except Exception as fault:  # noqa: BLE001  # it can be called all the same
        log_fault(fault)
