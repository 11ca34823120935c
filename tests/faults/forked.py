"""Runs something in a copy of this process, so that every trial begins with the same world."""

import os
import pickle
import signal
import traceback
import warnings
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

_SECONDS = 120
"""More than any trial takes; one that hangs ends as a failure."""


class TrialFailed(Exception):
    """The copy ended without a result; the text says how."""


def in_a_copy(do: Callable[[], Result]) -> Result:
    """Return what `do` returns, run in a fork of this process that ends with it.

    Raises:
        TrialFailed: `do` raised, or never ended.
    """
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads: none of ours runs here
        child = os.fork()
    if child == 0:
        os.close(reading)
        _be_the_copy(do, writing)
    os.close(writing)
    with open(reading, "rb") as pipe:  # noqa: PTH123  # a file descriptor, not a path
        told = pipe.read()
    os.waitpid(child, 0)
    if not told:
        raise TrialFailed("the copy ended without a word: it hung, or its process was ended")
    result, fault = pickle.loads(told)  # noqa: S301  # from our own copy
    if fault:
        raise TrialFailed(fault)
    return result


def _be_the_copy(do: Callable[[], object], writing: int) -> None:
    signal.alarm(_SECONDS)
    told: tuple[object, str | None]
    try:
        told = do(), None
    except BaseException:  # noqa: BLE001  # whatever it is, the copy must never go on as pytest
        told = None, traceback.format_exc()
    with open(writing, "wb") as pipe:  # noqa: PTH123  # a file descriptor, not a path
        pickle.dump(told, pipe)
    os._exit(0)
