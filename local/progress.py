"""Shows the progress of a run on standard error: bars on a terminal, otherwise plain lines."""

import sys
import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

Position = tuple[int, int, int, int]
"""Rows done, rows known, messages sent, messages to send."""

_BETWEEN_BARS = 0.4
_BETWEEN_LINES = 5.0


class Progress:
    """Shows the position. With `quiet` it shows nothing."""

    def __init__(self, *, quiet: bool = False) -> None:
        """Choose bars if standard error is a terminal, otherwise lines."""
        self._console = Console(stderr=True)
        self._quiet = quiet
        self._bars: Bars | None = None
        self._last: Position | None = None
        if not quiet and self._console.is_terminal:
            self._bars = Bars(
                TextColumn("{task.description:<8}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=self._console,
            )
            self._rows = self._bars.add_task("Baris", total=None)
            self._sms = self._bars.add_task("SMS", total=None)
            self._bars.start()

    @property
    def pause(self) -> float:
        """The seconds between two updates."""
        return _BETWEEN_BARS if self._bars else _BETWEEN_LINES

    @property
    def quiet(self) -> bool:
        """Whether nothing is shown."""
        return self._quiet

    def show(self, position: Position) -> None:
        """Show the position."""
        done, known, sent, to_send = position
        if self._bars:
            self._bars.update(self._rows, completed=done, total=known or None)
            self._bars.update(self._sms, completed=sent, total=to_send or None)
        elif position != self._last:
            print(f"baris {done}/{known}, SMS {sent}/{to_send}", file=sys.stderr, flush=True)
        self._last = position

    def close(self) -> None:
        """Remove the bars."""
        if self._bars:
            self._bars.stop()


class Watch:
    """Updates the position at intervals, because reading the position takes time."""

    def __init__(self, progress: Progress, position: Callable[[], Position]) -> None:
        """Start the first interval."""
        self._progress = progress
        self._position = position
        self._next = time.monotonic() + progress.pause

    def update(self) -> None:
        """Show the position if the interval is over."""
        if not self._progress.quiet and time.monotonic() >= self._next:
            self._progress.show(self._position())
            self._next = time.monotonic() + self._progress.pause

    def finish(self) -> None:
        """Show the last position, also before the end of the interval."""
        if not self._progress.quiet:
            self._progress.show(self._position())
        self._progress.close()
