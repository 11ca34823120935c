"""The parser of workbooks without its child process: a thread of the test's own process.

A process of its own costs a tenth of a second for each workbook, and the measurement of what tests
execute does not see it. Tests that are about the process, its bounds and its end keep it: they are
marked with `own_process`.
"""

import contextlib
import os
import subprocess
import threading
from typing import Any, BinaryIO

from chalicelib.files.formats import sheetfeed


class SameProcess:
    """Does for `workbook.Parser` what `subprocess.Popen` does, with two pipes and a thread."""

    def __init__(self, command: list[str], **_options: Any) -> None:
        """Take the command that would start the process."""
        _python, _no_site, _safe, _program, _memory, _seconds, size, kind, *_folders = command
        requests, self.stdin = _pipe()
        self.stdout, output = _pipe()
        self._thread = threading.Thread(
            target=_feed, args=(kind, int(size), requests, output), daemon=True
        )
        self._thread.start()

    def kill(self) -> None:
        """Do nothing: the thread ends when its pipes are closed."""

    def wait(self) -> int:
        """Wait until the thread has ended."""
        self._thread.join()
        return 1


class Processes:
    """Does for `workbook` what the module `subprocess` does."""

    PIPE, DEVNULL = subprocess.PIPE, subprocess.DEVNULL
    Popen = SameProcess


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    """Return the end to read from and the end to write to."""
    read, write = os.pipe()
    return os.fdopen(read, "rb"), os.fdopen(write, "wb", sheetfeed.LONGEST_LINE)


def _feed(kind: str, size: int, requests: BinaryIO, output: BinaryIO) -> None:
    # As with a process, the other side may close its ends at any time.
    try:
        with contextlib.suppress(BrokenPipeError):
            sheetfeed.feed(kind, requests.read(size), requests, output)
    finally:
        with contextlib.suppress(BrokenPipeError):
            output.close()
        requests.close()
