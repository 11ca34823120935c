"""The time that the functions see: the machine's, moved."""

import sys
import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.programme import load_agreements

_NORTH_SULAWESI = ZoneInfo("Asia/Makassar")
_MORNING = time(9, 0)


def open_day() -> date | None:
    """Return a day on which files are taken, None where today is one.

    The sample programme is not open for ever, and what it shows must be.
    """
    programmes = load_agreements().programmes.values()
    now = datetime.now(UTC)
    if any(programme.is_open(programme.local_day(now)) for programme in programmes):
        return None
    day = max(programme.closes for programme in programmes)
    print(f"Tidak ada program yang buka hari ini; seolah-olah {day}.", file=sys.stderr)
    return day


class MovedClock:
    """A clock that runs like the machine's, but from another moment, and can be wound on."""

    def __init__(self, today: date | None = None) -> None:
        """Let it be nine in the morning of `today` in North Sulawesi; None: the machine's time."""
        now = datetime.now(UTC)
        start = datetime.combine(today, _MORNING, _NORTH_SULAWESI) if today else now
        self._moved = start - now
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        """Return the time, in UTC."""
        return datetime.now(UTC) + self._moved

    def wind_on(self, seconds: float) -> None:
        """Let so many seconds pass in no time."""
        with self._lock:
            self._moved += timedelta(seconds=seconds)
