"""What all items of DynamoDB have in common, in the low-level client's own form.

Written by hand rather than through boto3's serializer: it is the hot path, and one look shows
what is stored. Every item carries `v`, the version of its shape.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.errors import NewerVersion

Item = dict[str, dict[str, Any]]

VERSION = 1
"""The newest shape of item that this code writes and reads."""

NOT_NEWER = "#ours <= :ours"
"""A condition: what newer code wrote is not touched by this code, whatever it would write."""
NEW_OR_NOT_NEWER = f"(attribute_not_exists(#ours) OR {NOT_NEWER})"
"""The same where the item may not be there yet."""
NOT_NEWER_NAMES = {"#ours": "v"}
NOT_NEWER_VALUES: Item = {":ours": {"N": str(VERSION)}}


def text(value: str) -> dict[str, str]:
    """Return a string attribute."""
    return {"S": value}


def number(value: int) -> dict[str, str]:
    """Return a number attribute."""
    return {"N": str(value)}


def moment_text(value: datetime) -> str:
    """Return a moment (UTC) as a text that sorts by time."""
    return value.isoformat(timespec="milliseconds")


def moment(value: datetime) -> dict[str, str]:
    """Return a moment (UTC) as an attribute that sorts by time."""
    return {"S": moment_text(value)}


def text_of(item: Mapping[str, Any], name: str) -> str | None:
    """Return a string attribute's value; None where there is none."""
    attribute = item.get(name)
    return attribute["S"] if attribute else None


def int_of(item: Mapping[str, Any], name: str) -> int:
    """Return a number attribute's value; 0 where there is none."""
    attribute = item.get(name)
    return int(attribute["N"]) if attribute else 0


def moment_of(item: Mapping[str, Any], name: str) -> datetime | None:
    """Return the moment (UTC) that an attribute holds; None where there is none."""
    attribute = item.get(name)
    return datetime.fromisoformat(attribute["S"]) if attribute else None


def is_newer(item: Mapping[str, Any]) -> bool:
    """Whether an item was written by newer code."""
    return int(item["v"]["N"]) > VERSION


def check_version(item: Mapping[str, Any]) -> None:
    """Let only what this code can read pass.

    Raises:
        NewerVersion: the item was written by newer code.
    """
    if is_newer(item):
        raise NewerVersion("an item was written by newer code")
