"""The time that the functions see: the machine's time plus an offset."""

import sys
import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.agreements.programme import load_agreements

_NORTH_SULAWESI = ZoneInfo("Asia/Makassar")
_MORNING = time(9, 0)


def open_day() -> date | None:
    """Return a day on which a programme accepts files, or None if today is one.

    The programmes close some day, but the demonstration must always work.
    """
    programmes = load_agreements().programmes.values()
    now = datetime.now(UTC)
    if any(programme.is_open(programme.local_day(now)) for programme in programmes):
        return None
    day = max(programme.closes for programme in programmes)
    print(f"Tidak ada program yang buka hari ini; seolah-olah {day}.", file=sys.stderr)
    return day


class MovedClock:
    """A clock that runs like the machine's with an offset. It can be advanced."""

    def __init__(self, today: date | None = None) -> None:
        """Start at 09:00 of `today` in North Sulawesi, or at the machine's time if it is None."""
        now = datetime.now(UTC)
        start = datetime.combine(today, _MORNING, _NORTH_SULAWESI) if today else now
        self._moved = start - now
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        """Return the time, in UTC."""
        return datetime.now(UTC) + self._moved

    def advance(self, seconds: float) -> None:
        """Advance the clock at once."""
        with self._lock:
            self._moved += timedelta(seconds=seconds)
