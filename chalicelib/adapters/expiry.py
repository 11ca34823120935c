"""When an item may be forgotten: DynamoDB's time to live, off unless a number of days is set."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

A_YEAR = 366
ATTRIBUTE = "expires_at"


def expiry(keep_days: int, since: date | datetime) -> dict[str, dict[str, Any]]:
    """Return the attribute that lets an item go `keep_days` after `since`, or none at all.

    `since` is a moment (UTC), or a day, which counts in full. The value is seconds since 1970, as
    DynamoDB wants it.
    """
    if keep_days <= 0:
        return {}
    if not isinstance(since, datetime):
        since = datetime.combine(since + timedelta(days=1), time(), tzinfo=UTC)
    return {ATTRIBUTE: {"N": str(int((since + timedelta(days=keep_days)).timestamp()))}}
