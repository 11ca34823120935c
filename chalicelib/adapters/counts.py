"""How counts move in the transaction that moves what they count: a chunk's, and the totals'."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.domain.enrollment import Enrollment, Sms
from chalicelib.domain.outcome import Tally
from chalicelib.domain.totals import Account

from .expiry import A_YEAR, expiry
from .file_items import (
    CODE_PREFIX,
    SMS_FIELDS,
    SMS_PREFIX,
    TALLY_FIELDS,
    chunk_key,
    totals_key,
)
from .items import (
    NEW_OR_NOT_NEWER,
    NOT_NEWER,
    NOT_NEWER_NAMES,
    NOT_NEWER_VALUES,
    VERSION,
    Item,
    number,
)
from .protocols import Checkpoint

_ACCEPTED = "accepted"
_PREMIUM_TOTAL = "premium_total"
_NOT_POSSIBLE = "not_possible"
_COUNTED_AS = {Sms(name): SMS_PREFIX + name for name in SMS_FIELDS} | {
    Sms.NOT_POSSIBLE: _NOT_POSSIBLE
}
"""Under which name a message's state is counted; one that is still to be sent is not."""
IS_THERE = "attribute_exists(part)"
"""A condition: an update makes an item that is not there; never half of a chunk."""


def account_of(enrollment: Enrollment) -> Account:
    """Return where the totals count a person."""
    return Account(enrollment.programme, enrollment.bank, enrollment.scheme, enrollment.day)


def step(table: str, checkpoint: Checkpoint, *, keep_days: int) -> dict[str, Any]:
    """Return the update that moves a chunk to a checkpoint, and its counts with it."""
    counts = {name: getattr(checkpoint.settled, name) for name in TALLY_FIELDS}
    counts |= {CODE_PREFIX + code: n for code, n in checkpoint.settled.codes.items()}
    adds, names, values = _adds(counts)
    begun = checkpoint.start > 0
    keep_days = keep_days and keep_days + A_YEAR  # as long as the file itself
    kept = expiry(keep_days, checkpoint.received_at) if checkpoint.received_at else {}
    return {
        "TableName": table,
        "Key": chunk_key(checkpoint.batch, checkpoint.chunk),
        "UpdateExpression": "SET #next = :next, #v = :v"
        + "".join(f", {name} = :{name}" for name in kept)
        + adds,
        # Rows are counted once: only from where the chunk stands does it move on.
        "ConditionExpression": f"#next = :start AND {NOT_NEWER}"
        if begun
        else "attribute_not_exists(#next)",
        "ExpressionAttributeNames": {
            "#next": "next",
            "#v": "v",
            **(NOT_NEWER_NAMES if begun else {}),
            **names,
        },
        "ExpressionAttributeValues": {
            ":next": number(checkpoint.end),
            ":v": number(VERSION),
            **({":start": number(checkpoint.start), **NOT_NEWER_VALUES} if begun else {}),
            **values,
            **{f":{name}": value for name, value in kept.items()},
        },
    }


def enrolled(table: str, checkpoint: Checkpoint, group: Sequence[Enrollment]) -> dict[str, Any]:
    """Return the update that counts a checkpoint's rows and people in the totals."""
    adds, names, values = _adds(_enrolled(checkpoint.settled, group))
    return {
        "TableName": table,
        "Key": totals_key(checkpoint.account, checkpoint.chunk),
        "UpdateExpression": "SET #ours = :ours" + adds,
        "ConditionExpression": NEW_OR_NOT_NEWER,
        "ExpressionAttributeNames": {**NOT_NEWER_NAMES, **names},
        "ExpressionAttributeValues": {**NOT_NEWER_VALUES, **values},
    }


def moved(
    table: str, changes: Sequence[tuple[Enrollment, Sms]], *, only_if: str = NOT_NEWER
) -> list[dict[str, Any]]:
    """Return the updates that move the counts of people whose messages come to new states.

    All are of one chunk, given as they stood before; `only_if` is what must hold of the counts.
    """
    chunk: dict[str, int] = defaultdict(int)
    regencies: dict[str, int] = defaultdict(int)
    for enrollment, state in changes:
        for name, by in ((_COUNTED_AS.get(enrollment.sms), -1), (_COUNTED_AS.get(state), 1)):
            if name:
                chunk[name] += by
                regencies[f"r{enrollment.counted_regency}_{name}"] += by
    one = changes[0][0]
    places = (
        (chunk_key(one.batch, one.chunk), chunk),
        (totals_key(account_of(one), one.chunk), chunk | regencies),
    )
    return [_counted(table, key, counts, only_if) for key, counts in places if any(counts.values())]


def erased(table: str, enrollment: Enrollment) -> dict[str, Any]:
    """Return the update that counts an accepted person's erasure in the totals."""
    key = totals_key(account_of(enrollment), enrollment.chunk)
    return _counted(table, key, {"erased": 1}, NOT_NEWER)


def _enrolled(settled: Tally, group: Sequence[Enrollment]) -> Mapping[str, int]:
    regencies: dict[str, list[Enrollment]] = defaultdict(list)
    for each in group:
        regencies[each.counted_regency].append(each)
    counts = {name: getattr(settled, name) for name in TALLY_FIELDS}
    for code, people in regencies.items():
        counts[f"r{code}_{_ACCEPTED}"] = len(people)
        counts[f"r{code}_{_PREMIUM_TOTAL}"] = sum(each.premium for each in people)
        counts[f"r{code}_{_NOT_POSSIBLE}"] = sum(each.sms is Sms.NOT_POSSIBLE for each in people)
    return counts


def _counted(table: str, key: Item, counts: Mapping[str, int], only_if: str) -> dict[str, Any]:
    adds, names, values = _adds(counts)
    if only_if == NOT_NEWER:
        names, values = names | NOT_NEWER_NAMES, values | NOT_NEWER_VALUES
    return {
        "TableName": table,
        "Key": key,
        "UpdateExpression": adds,
        "ConditionExpression": only_if,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }


def _adds(counts: Mapping[str, int]) -> tuple[str, dict[str, str], Item]:
    """Return the clause that adds to counts, with its names and values.

    Names are as short as can be: an expression may have 4 KB (DynamoDB's limit), and people from
    as many regencies come near that.
    """
    names: dict[str, str] = {}
    values: Item = {}
    terms: list[str] = []
    for name, by in counts.items():
        if by:
            place = len(terms)
            names[f"#{place}"] = name
            values[f":{place}"] = {"N": str(by)}
            terms.append(f"#{place} :{place}")
    return (" ADD " + ",".join(terms)) if terms else "", names, values
