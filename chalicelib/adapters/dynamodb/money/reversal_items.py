"""Converts reversals and their progress between items and the domain."""

from collections.abc import Mapping
from typing import Any

import msgspec

from chalicelib.adapters.dynamodb.items import Item, check_version, int_of, text_of
from chalicelib.domain.money.reversal import Kept, Reversal, ReversalProgress

KEPT_PREFIX = "kept_"
SUMS = ("people", "rupiah", "not_due_people", "not_due")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Reversal).decode


def reversal_text(reversal: Reversal) -> str:
    """Return a reversal as one text; the same reversal gives the same text."""
    return _encode(reversal).decode()


def reversal_of_item(item: Mapping[str, Any]) -> Reversal | None:
    """Return the reversal that a file's item holds."""
    stored = text_of(item, "reversal")
    return _decode(stored) if stored else None


def progress_prefix(reversal: Reversal) -> str:
    """Return the prefix of the parts of one reversal: a refused one may be proposed again."""
    return f"reversal#{reversal.at:%Y%m%dT%H%M%S%f}#"


def progress_key(batch: str, reversal: Reversal, chunk: int) -> Item:
    """Return the key of a chunk's progress."""
    return {"batch": {"S": batch}, "part": {"S": f"{progress_prefix(reversal)}{chunk:05d}"}}


def progress_of(item: Mapping[str, Any]) -> ReversalProgress:
    """Return the progress that an item holds.

    Raises:
        NewerVersion: newer code wrote it.
    """
    check_version(item)
    return ReversalProgress(
        chunk=int(item["part"]["S"].rpartition("#")[2]),
        checked="checked" in item,
        next=int_of(item, "next"),
        done="done" in item,
        kept={why: rows for why in Kept if (rows := int_of(item, KEPT_PREFIX + why.value))},
        **{name: int_of(item, name) for name in SUMS},
    )


def undone_prefix(reversal: Reversal, chunk: int) -> str:
    """Return the prefix of the keys of what became of a chunk's rows."""
    return f"undone#{reversal.at:%Y%m%dT%H%M%S%f}#{chunk:05d}#"


def undone_key(batch: str, reversal: Reversal, chunk: int, start: int) -> Item:
    """Return the key of what became of a chunk's rows from index `start`."""
    part = f"{undone_prefix(reversal, chunk)}{start:07d}"
    return {"batch": {"S": batch}, "part": {"S": part}}
