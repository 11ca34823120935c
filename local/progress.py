"""Says how far a run is: bars on a terminal, else a plain line now and then; on standard error."""

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
    """Where the position is told; `quiet` tells nobody."""

    def __init__(self, *, quiet: bool = False) -> None:
        """Choose the way of telling by what standard error is."""
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
        """How many seconds to leave between two tellings."""
        return _BETWEEN_BARS if self._bars else _BETWEEN_LINES

    @property
    def quiet(self) -> bool:
        """Whether nobody listens."""
        return self._quiet

    def tell(self, position: Position) -> None:
        """Tell how far it is."""
        done, known, sent, to_send = position
        if self._bars:
            self._bars.update(self._rows, completed=done, total=known or None)
            self._bars.update(self._sms, completed=sent, total=to_send or None)
        elif position != self._last:
            print(f"baris {done}/{known}, SMS {sent}/{to_send}", file=sys.stderr, flush=True)
        self._last = position

    def close(self) -> None:
        """Take the bars down."""
        if self._bars:
            self._bars.stop()


class Watch:
    """Looks at the position, but not too often: looking takes time too."""

    def __init__(self, progress: Progress, position: Callable[[], Position]) -> None:
        """Begin to watch."""
        self._progress = progress
        self._position = position
        self._next = time.monotonic() + progress.pause

    def look(self) -> None:
        """Tell the position if it is time to."""
        if not self._progress.quiet and time.monotonic() >= self._next:
            self._progress.tell(self._position())
            self._next = time.monotonic() + self._progress.pause

    def finish(self) -> None:
        """Tell the last position, whatever the time."""
        if not self._progress.quiet:
            self._progress.tell(self._position())
        self._progress.close()
