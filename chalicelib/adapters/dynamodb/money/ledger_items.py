"""Converts steps of premiums, and the counts of leaves, between items and the domain."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from chalicelib.adapters.dynamodb.items import Item, check_version, moment_text
from chalicelib.domain.money.balance import Amounts, Moved, OnList
from chalicelib.domain.money.ledger import Line, Source
from chalicelib.domain.money.standing import Cover, Leaf, Standing

NO_LEAF = "none"
"""The stored leaf of a person whose file was cancelled."""
MONEY_PREFIX = "money#"
_encode = msgspec.json.Encoder().encode
_PEOPLE, _RUPIAH = "n_", "m_"
_NOT_DUE = "not_due"
_ON_LIST = re.compile(r"l(?P<what>[nmpq])#(?P<id>.+)")
"""People (n) and rupiah (m) on a list; those of it who were returned: p and q."""
_OF_LEAF = {leaf: (f"{_PEOPLE}{leaf.value}", f"{_RUPIAH}{leaf.value}") for leaf in Leaf}


def leaf_text(leaf: Leaf | None) -> str | None:
    """Return the stored text of a leaf; None for `open`, which is stored as an absent attribute.

    Every enrollment begins there: so enrolling writes no attribute more.
    """
    return None if leaf is Leaf.OPEN else NO_LEAF if leaf is None else leaf.value


def leaf_of(item: Mapping[str, Any]) -> Leaf | None:
    """Return the leaf that a person's item holds."""
    stored = item.get("leaf")
    if stored is None:
        return Leaf.OPEN
    return None if stored["S"] == NO_LEAF else Leaf(stored["S"])


def line_text(line: Line) -> str:
    """Return a line of a ledger as one compact text."""
    return _encode(
        [
            moment_text(line.at),
            *_standing(line.before),
            *_standing(line.after),
            line.amount,
            [line.source.batch, line.source.row, *line.by] if line.source else list(line.by),
            line.day.isoformat() if line.day else "",
            line.reason,
            line.words,
            line.evidence,
        ]
    ).decode()


def line_of(body: str) -> Line:
    """Return the line of a ledger that a text holds."""
    at, cover, leaf, then, leaf_then, amount, origin, day, *rest = json.loads(body)
    reason, words, evidence = rest
    is_row = len(origin) > 1 and isinstance(origin[1], int)
    return Line(
        at=datetime.fromisoformat(at),
        before=Standing(Cover(cover), Leaf(leaf) if leaf else None),
        after=Standing(Cover(then), Leaf(leaf_then) if leaf_then else None),
        amount=amount,
        source=Source(*origin[:2]) if is_row else None,
        by=tuple(origin[2:] if is_row else origin),
        reason=reason,
        words=words,
        day=date.fromisoformat(day) if day else None,
        evidence=evidence,
    )


def _standing(standing: Standing) -> tuple[str, str]:
    return standing.cover, standing.leaf or ""


def money_key(batch: str, shard: int) -> Item:
    """Return the key of one item of a file's leaves."""
    return {"batch": {"S": batch}, "part": {"S": f"{MONEY_PREFIX}{shard:02d}"}}


def decided_key(batch: str, chunk: int, start: int) -> Item:
    """Return the key of what was decided about the rows of a chunk from index `start`."""
    return {"batch": {"S": batch}, "part": {"S": f"{decided_prefix(chunk)}{start:07d}"}}


def decided_prefix(chunk: int) -> str:
    """Return the prefix of the keys of what was decided about a chunk."""
    return f"decided#{chunk:05d}#"


def moved_counts(moved: Moved) -> dict[str, int]:
    """Return the counts by which moves change an item of a file or of the totals."""
    counts = {}
    for leaf, amounts in moved.leaves.items():
        people, rupiah = _OF_LEAF[leaf]
        counts[people], counts[rupiah] = amounts.people, amounts.rupiah
    counts[_PEOPLE + _NOT_DUE] = moved.not_due.people
    counts[_RUPIAH + _NOT_DUE] = moved.not_due.rupiah
    for remittance, on in moved.lists.items():
        counts[f"ln#{remittance}"], counts[f"lm#{remittance}"] = on.listed.people, on.listed.rupiah
        counts[f"lp#{remittance}"] = on.returned.people
        counts[f"lq#{remittance}"] = on.returned.rupiah
    return counts


def moved_of(counts: Mapping[str, int]) -> Moved:
    """Return the moves that the counts of an item hold."""
    return Moved(
        {
            leaf: Amounts(counts.get(people, 0), counts.get(rupiah, 0))
            for leaf, (people, rupiah) in _OF_LEAF.items()
            if people in counts or rupiah in counts
        },
        Amounts(counts.get(_PEOPLE + _NOT_DUE, 0), counts.get(_RUPIAH + _NOT_DUE, 0)),
        _lists_of(counts),
    )


def _lists_of(counts: Mapping[str, int]) -> dict[str, OnList]:
    ids = {found["id"] for found in map(_ON_LIST.fullmatch, counts) if found}
    return {
        each: OnList(
            Amounts(counts.get(f"ln#{each}", 0), counts.get(f"lm#{each}", 0)),
            Amounts(counts.get(f"lp#{each}", 0), counts.get(f"lq#{each}", 0)),
        )
        for each in ids
    }


def moved_of_items(items: Iterable[Mapping[str, Any]]) -> Moved:
    """Return the moves of all items of a file.

    Raises:
        NewerVersion: newer code wrote one of them.
    """
    moved = Moved()
    for item in items:
        check_version(item)
        moved.add(moved_of({name: int(value["N"]) for name, value in item.items() if "N" in value}))
    return moved
