"""Attribute values in the low-level client's own form; the version and the expiry of items.

Items are written by hand, not by boto3's serializer: this is the hot path, and the code shows what
is stored. The attribute `v` is the version of an item's shape. Items expire by DynamoDB's time to
live, unless no number of days is set.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from chalicelib.errors import NewerVersion

Item = dict[str, dict[str, Any]]

VERSION = 1
"""The newest shape of item that this code writes and reads."""
A_YEAR = 366
ATTRIBUTE = "expires_at"


def text(value: str) -> dict[str, str]:
    """Return a string attribute."""
    return {"S": value}


def number(value: int) -> dict[str, str]:
    """Return a number attribute."""
    return {"N": str(value)}


def moment_text(value: datetime) -> str:
    """Return a moment (UTC) as a text whose order is the order in time."""
    return value.isoformat(timespec="milliseconds")


def moment(value: datetime) -> dict[str, str]:
    """Return a moment (UTC) as an attribute whose order is the order in time."""
    return {"S": moment_text(value)}


def text_of(item: Mapping[str, Any], name: str) -> str | None:
    """Return a string attribute's value; None if it is absent."""
    attribute = item.get(name)
    return attribute["S"] if attribute else None


def int_of(item: Mapping[str, Any], name: str) -> int:
    """Return a number attribute's value; 0 if it is absent."""
    attribute = item.get(name)
    return int(attribute["N"]) if attribute else 0


def moment_of(item: Mapping[str, Any], name: str) -> datetime | None:
    """Return the moment (UTC) that an attribute holds; None if it is absent."""
    attribute = item.get(name)
    return datetime.fromisoformat(attribute["S"]) if attribute else None


def is_newer(item: Mapping[str, Any]) -> bool:
    """Whether newer code wrote an item."""
    return int(item["v"]["N"]) > VERSION


def check_version(item: Mapping[str, Any]) -> None:
    """Check that this code can read an item.

    Raises:
        NewerVersion: newer code wrote the item.
    """
    if is_newer(item):
        raise NewerVersion("an item was written by newer code")


def expiry(keep_days: int, since: date | datetime) -> dict[str, dict[str, Any]]:
    """Return the attribute that lets an item expire `keep_days` after `since`; empty if 0 or less.

    `since` is a moment (UTC), or a day, which counts in full. The value is in seconds since 1970,
    as DynamoDB needs it.
    """
    if keep_days <= 0:
        return {}
    if not isinstance(since, datetime):
        since = datetime.combine(since + timedelta(days=1), time(), tzinfo=UTC)
    return {ATTRIBUTE: {"N": str(int((since + timedelta(days=keep_days)).timestamp()))}}
