"""Runs trials in copies of this process, so that every trial starts with the same world.

A copy can fork more copies during its run, so that the common part runs only once.
"""

import gc
import os
import pickle
import signal
import traceback
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

Result = TypeVar("Result")

_BRANCH_SECONDS = 120
"""Longer than any trial; a trial that hangs becomes a failure."""


class TrialFailed(Exception):
    """The copy ended without a result; the text says how."""


def in_a_copy(do: Callable[["Branches"], Result]) -> Result:
    """Return what `do` returns, run in a fork of this process that ends with it.

    Raises:
        TrialFailed: `do` raised, or its process was ended.
    """
    reading, child = _fork()
    if child == 0:
        # Garbage collection would write to every page shared with this process, and so copy it.
        gc.disable()
        branches = Branches(reading)
        branches.run(do)
    return _received(reading, child)


class Branches:
    """The branches of a copy, and their results, in order."""

    def __init__(self, writing: int) -> None:
        self.results: list[tuple[Any, Any]] = []
        self.is_one = False
        """Whether this process is itself a branch."""
        self._writing = writing

    def run(self, do: Callable[["Branches"], object]) -> None:
        """Run it, send its result, and end this process; never return."""
        outcome: tuple[object, str | None]
        try:
            outcome = do(self), None
        except BaseException:  # noqa: BLE001  # after any error, a copy must never continue as pytest
            outcome = None, traceback.format_exc()
        with open(self._writing, "wb") as pipe:  # noqa: PTH123  # a file descriptor, not a path
            pickle.dump(outcome, pipe)
        os._exit(0)

    def off(self, label: object) -> bool:
        """Fork: return True in the branch; False in the trunk, once the branch has ended."""
        reading, child = _fork()
        if child == 0:
            self._writing, self.is_one, self.results = reading, True, []
            signal.alarm(_BRANCH_SECONDS)
            return True
        try:
            self.results.append((label, _received(reading, child)))
        except TrialFailed as failure:
            self.results.append((label, [str(failure)]))
        return False


def _fork() -> tuple[int, int]:
    """Return our end of a pipe to the other process, and the child's id (0 in the child)."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads: none of ours runs here
        child = os.fork()
    os.close(reading if child == 0 else writing)
    return (writing if child == 0 else reading), child


def _received(reading: int, child: int) -> Any:
    with open(reading, "rb") as pipe:
        pickled = pipe.read()
    os.waitpid(child, 0)
    if not pickled:
        raise TrialFailed("the copy ended without a result: it hung, or its process was ended")
    result, fault = pickle.loads(pickled)  # noqa: S301  # from our own copy
    if fault:
        raise TrialFailed(fault)
    return result
