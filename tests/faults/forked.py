"""Runs something in copies of this process: every trial begins with the same world.

A copy may branch off further ones on its way, so that what they have in common is gone once only.
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
"""More than any trial takes; one that hangs ends as a failure."""


class TrialFailed(Exception):
    """The copy ended without a result; the text says how."""


def in_a_copy(do: Callable[["Branches"], Result]) -> Result:
    """Return what `do` returns, run in a fork of this process that ends with it.

    Raises:
        TrialFailed: `do` raised, or its process was ended.
    """
    reading, child = _fork()
    if child == 0:
        # Collecting would touch, and so copy, every page that is shared with this process.
        gc.disable()
        branches = Branches(reading)
        branches.run(do)
    return _told(reading, child)


class Branches:
    """The copies that branched off a copy, and what they told, in their order."""

    def __init__(self, writing: int) -> None:
        self.told: list[tuple[Any, Any]] = []
        self.is_one = False
        """Whether this process is itself a branch."""
        self._writing = writing

    def run(self, do: Callable[["Branches"], object]) -> None:
        """Do it, tell what came of it, and end this process; never return."""
        told: tuple[object, str | None]
        try:
            told = do(self), None
        except BaseException:  # noqa: BLE001  # whatever it is, a copy must never go on as pytest
            told = None, traceback.format_exc()
        with open(self._writing, "wb") as pipe:  # noqa: PTH123  # a file descriptor, not a path
            pickle.dump(told, pipe)
        os._exit(0)

    def off(self, label: object) -> bool:
        """Branch off: return True in the branch; False in the trunk, once the branch has ended."""
        reading, child = _fork()
        if child == 0:
            self._writing, self.is_one, self.told = reading, True, []
            signal.alarm(_BRANCH_SECONDS)
            return True
        try:
            self.told.append((label, _told(reading, child)))
        except TrialFailed as failure:
            self.told.append((label, [str(failure)]))
        return False


def _fork() -> tuple[int, int]:
    """Return our end of a pipe to the other process, and the child's id (0 in the child)."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads: none of ours runs here
        child = os.fork()
    os.close(reading if child == 0 else writing)
    return (writing if child == 0 else reading), child


def _told(reading: int, child: int) -> Any:
    with open(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    if not told:
        raise TrialFailed("the copy ended without a word: it hung, or its process was ended")
    result, fault = pickle.loads(told)  # noqa: S301  # from our own copy
    if fault:
        raise TrialFailed(fault)
    return result
