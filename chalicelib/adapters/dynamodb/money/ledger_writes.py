"""The writes of steps of premiums and of owed money, and of the counts that move with them."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from chalicelib.adapters.dynamodb.file_items import money_totals_key, of_regency
from chalicelib.adapters.dynamodb.items import VERSION, Item, number, text
from chalicelib.adapters.dynamodb.person_items import enrollment_key, enrollment_of
from chalicelib.adapters.dynamodb.writes import Refusals, Write, delete, put, update
from chalicelib.adapters.ports import Overtaken, Owed, Step, account_of
from chalicelib.domain.file.totals import SHARDS, Account
from chalicelib.domain.money.balance import Amounts, Moved

from .ledger_items import leaf_text, line_text, money_key, moved_counts

_NOWHERE = ""
_NO_LINES: Mapping[str, Any] = {"L": []}
_VERSION = number(VERSION)
_ALIASES = tuple(f":{place}" for place in range(8))
"""The names of a step's values, as `Write` gives them: in their order."""


def step_item(table: str, step: Step) -> Item:
    """Return the update of a person's step: its form is made once, its values for each step."""
    before, line = step.before, step.line
    leaf, leaf_now = leaf_text(before.leaf), leaf_text(line.after.leaf)
    values = [
        text(line.after.cover),
        *([text(leaf_now)] if leaf_now else ()),
        _NO_LINES,
        {"L": [text(line_text(line))]},
        text(before.reference),
        text(before.cover),
        *([text(leaf)] if leaf else ()),
        _VERSION,
    ]
    return {
        "Update": {
            "TableName": table,
            "Key": enrollment_key(before.programme, before.recipient.nik),
            **_form_of_step(bool(leaf), bool(leaf_now)),
            "ExpressionAttributeValues": dict(zip(_ALIASES, values, strict=False)),
        }
    }


@cache
def _form_of_step(has_leaf: bool, gets_leaf: bool) -> Mapping[str, Any]:
    """Return the update of a step without its table, key and values."""
    value = text("")
    write = (
        update("", {})
        .set("cover", value)
        .set("leaf", value if gets_leaf else None)
        .append("ledger", [value])
        # A step leads only from the standing that was read. The reference is the same while
        # nobody erases the person or moves them to another file.
        .only_if("reference", value)
        .only_if("cover", value)
        .only_if("leaf", value if has_leaf else None)
        .not_newer()
        .old_when_refused()
    )
    own = {"TableName", "Key", "ExpressionAttributeValues"}
    return {name: each for name, each in write.parameters.items() if name not in own}


def back_write(table: str, step: Step) -> Write:
    """Return the update that takes a person back.

    The person must have as many lines as were read: a reversal takes back the last line, and
    another line may lead to the same state.
    """
    before, after = step.before, step.lines[-1].after
    leaf, leaf_now = leaf_text(before.leaf), leaf_text(after.leaf)
    return (
        update(table, enrollment_key(before.programme, before.recipient.nik))
        .set("cover", text(after.cover.value))
        .set("leaf", text(leaf_now) if leaf_now else None)
        .append("ledger", [text(line_text(line)) for line in step.lines])
        # As for a step.
        .only_if("reference", text(before.reference))
        .only_if("cover", text(before.cover.value))
        .only_if("leaf", text(leaf) if leaf else None)
        .only_if_as_long("ledger", len(before.ledger))
        .not_newer()
        .old_when_refused()
    )


def owe_write(table: str, owed: Owed) -> Write:
    """Return the put of owed money."""
    item: Item = {
        **_owed_key(owed),
        "v": number(VERSION),
        "amount": number(owed.amount),
        "source": text(_source(owed)),
    }
    # The first statement counts: a bank may hand the same list in again.
    return put(table, item).only_if("part", None)


def disown_write(table: str, owed: Owed) -> Write:
    """Return the deletion of owed money."""
    # Only what this row of this file stated.
    return delete(table, _owed_key(owed)).only_if("source", text(_source(owed)))


def count_writes(
    table: str, steps: Sequence[Step], owed: Sequence[Owed], chunk: int, *, sign: int = 1
) -> list[Write]:
    """Return the updates of the leaves of files and accounts; those of accounts are by regency.

    `sign` is -1 for owed money that is removed. The shard is the chunk of the file that states the
    steps: chunks in work at the same time do not write the same item.
    """
    files: dict[str, Moved] = defaultdict(Moved)
    # By regency; what is owed has none.
    accounts: dict[Account, dict[str, Moved]] = defaultdict(lambda: defaultdict(Moved))
    # Most steps of a chunk lead from one leaf to another, in one file and regency.
    alike: dict[object, tuple[Step, Amounts]] = {}
    for step in steps:
        who, first, last = step.before, step.line, step.lines[-1]
        key = (
            who.batch, who.programme, who.bank, who.scheme, who.day, who.counted_regency,
            first.before.leaf, last.after.leaf,
        )  # fmt: skip
        if key not in alike:
            alike[key] = step, Amounts()
        alike[key][1].add(1, first.amount)
    for one, amounts in alike.values():
        before, after, who = one.line.before, one.lines[-1].after, one.before
        for moved in (files[who.batch], accounts[account_of(who)][who.counted_regency]):
            moved.move(before, after, amounts.rupiah, people=amounts.people)
    for each in owed:
        for moved in (files[each.batch], accounts[each.account][_NOWHERE]):
            moved.owe(sign * each.amount, people=sign)
    shard = chunk % SHARDS
    places = [
        *((money_key(batch, shard), moved_counts(moved)) for batch, moved in files.items()),
        *((money_totals_key(each, shard), _by_regency(of)) for each, of in accounts.items()),
    ]
    return [
        update(table, key)
        .set_version()
        .add_counts(counts)
        # The first step of a file or account creates its item.
        .absent_or_not_newer()
        for key, counts in places
    ]


def _by_regency(parts: Mapping[str, Moved]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for code, moved in parts.items():
        own = moved_counts(moved)
        counts |= of_regency(code, own) if code else own
    return counts


def overtaken(refusals: Refusals, steps: Sequence[Step], owed: Sequence[Owed]) -> Overtaken:
    """Return what refused a transaction that begins with the writes of steps and owed money."""
    people, others = len(steps), len(steps) + len(owed)
    return Overtaken(
        {
            steps[place].before.recipient.nik: enrollment_of(stored) if stored else None
            for place, stored in refusals.items()
            if place < people
        },
        frozenset(place - people for place in refusals if people <= place < others),
    )


def _source(owed: Owed) -> str:
    return f"{owed.source.batch}#{owed.source.row}"


def _owed_key(owed: Owed) -> Item:
    """Return the key of owed money. A booking's number may be long, or somebody's account."""
    booking = hashlib.sha256(owed.evidence.encode()).hexdigest()[:16] if owed.evidence else ""
    part = f"not_due#{owed.row:07d}#{booking}"
    return {"batch": {"S": owed.batch}, "part": {"S": part}}
