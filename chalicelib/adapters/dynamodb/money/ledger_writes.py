"""The writes of steps of premiums and of owed money, and of the counts that move with them."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from chalicelib.adapters.dynamodb.items import VERSION, Item, number, text
from chalicelib.adapters.dynamodb.person_items import enrollment_key, enrollment_of
from chalicelib.adapters.dynamodb.writes import Refusals, Write, delete, put, update
from chalicelib.adapters.ports import Overtaken, Owed, Step
from chalicelib.domain.file.totals import SHARDS
from chalicelib.domain.money.balance import Amounts
from chalicelib.domain.money.listing import UNPAID, RemittanceState

from .books import Books
from .ledger_items import leaf_text, line_text
from .remittance_items import remittance_key

_NO_LINES: Mapping[str, Any] = {"L": []}
_VERSION = number(VERSION)
_ALIASES = tuple(f":{place}" for place in range(9))
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
        *([text(before.remittance)] if before.remittance else ()),
        _VERSION,
    ]
    return {
        "Update": {
            "TableName": table,
            "Key": enrollment_key(before.programme, before.recipient.nik),
            **_form_of_step(bool(leaf), bool(leaf_now), bool(before.remittance), step.leaves_list),
            "ExpressionAttributeValues": dict(zip(_ALIASES, values, strict=False)),
        }
    }


@cache
def _form_of_step(
    has_leaf: bool, gets_leaf: bool, is_listed: bool, leaves_list: bool
) -> Mapping[str, Any]:
    """Return the update of a step without its table, key and values."""
    value = text("")
    write = (
        update("", {})
        .set("cover", value)
        .set("leaf", value if gets_leaf else None)
        .append("ledger", [value])
        .remove(*(("remittance",) if leaves_list else ()))
        # A step leads only from the standing that was read. The reference is the same while
        # nobody erases the person or moves them to another file.
        .only_if("reference", value)
        .only_if("cover", value)
        .only_if("leaf", value if has_leaf else None)
        # Nobody is put on a list, or taken off it, in between.
        .only_if("remittance", value if is_listed else None)
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
        # Nobody is put on a list in between: what is listed is not taken back.
        .only_if("remittance", text(before.remittance) if before.remittance else None)
        .not_newer()
        .old_when_refused()
    )


def cut_write(table: str, step: Step) -> Write:
    """Return the update that takes a person off a paid list."""
    before, after = step.before, step.lines[-1].after
    leaf, leaf_now = leaf_text(before.leaf), leaf_text(after.leaf)
    return (
        update(table, enrollment_key(before.programme, before.recipient.nik))
        .set("cover", text(after.cover))
        .set("leaf", text(leaf_now) if leaf_now else None)
        .remove("remittance")
        .append("ledger", [text(line_text(line)) for line in step.lines])
        # As for a step. The list itself has a condition of its own.
        .only_if("reference", text(before.reference))
        .only_if("cover", text(before.cover))
        .only_if("leaf", text(leaf) if leaf else None)
        .only_if("remittance", text(before.remittance) if before.remittance else None)
        .not_newer()
        .old_when_refused()
    )


def list_writes(table: str, steps: Sequence[Step]) -> dict[str, Write]:
    """Return the updates of the lists from which these steps take people, by the list's id.

    A step of a person on a list is decided by how far the list is. If it has moved on since, the
    update is refused.
    """
    lists: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        if listing := step.before.on_list:
            lists[listing.remittance].append(step)
    return {each: _list_write(table, each, of) for each, of in lists.items()}


def _list_write(table: str, remittance: str, steps: Sequence[Step]) -> Write:
    people, rupiah = len(steps), sum(step.line.amount for step in steps)
    counts = {"people": -people, "rupiah": -rupiah, "revision": 1}
    if not steps[0].leaves_list:
        counts |= {"returned_people": people, "returned": rupiah}
    # Before the payment people leave the list; afterwards the receipt decides. People who were read
    # in different states of the list are read again: no state fits all of them.
    states = set(RemittanceState)
    for step in steps:
        if listing := step.before.on_list:
            states &= UNPAID if step.leaves_list else {listing.state}
    return (
        update(table, remittance_key(remittance))
        .add_counts(counts)
        .only_if_any("state", [text(each) for each in sorted(states)] or [text("none")])
        .not_newer()
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
    books = Books()
    # Most steps of a chunk lead from one leaf to another, in one file and regency.
    alike: dict[object, tuple[Step, Amounts]] = {}
    for step in steps:
        who, first, last = step.before, step.line, step.lines[-1]
        key = (
            who.batch, who.programme, who.bank, who.scheme, who.day, who.counted_regency,
            first.before.leaf, last.after.leaf, who.on_list,
        )  # fmt: skip
        if key not in alike:
            alike[key] = step, Amounts()
        alike[key][1].add(1, first.amount)
    for one, amounts in alike.values():
        for moved in books.of(one.before):
            one.count(moved, amounts.people, amounts.rupiah)
    for each in owed:
        for moved in books.of_file(each.batch, each.account):
            moved.owe(sign * each.amount, people=sign)
    return books.writes(table, chunk % SHARDS)


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
