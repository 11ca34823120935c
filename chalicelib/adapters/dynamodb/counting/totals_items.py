"""Converts the totals of accounts between items and the domain."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from chalicelib.adapters.dynamodb.file_items import (
    SMS_FIELDS,
    SMS_PREFIX,
    TALLY_FIELDS,
    others_of,
)
from chalicelib.adapters.dynamodb.items import Item, check_version
from chalicelib.adapters.dynamodb.money.ledger_items import moved_of
from chalicelib.domain.file.batch import SmsTally
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.file.totals import SHARDS, Account, People, Totals
from chalicelib.domain.person.enrollment import MessageKind

_OF_REGENCY = re.compile(r"r(?P<code>[^_]+)_(?P<count>.+)")
_ROWS_PART = 4
"""The fields in the key of an account's rows; those of its messages and its money have one more."""
_OF_MONEY = "money"


def totals_key(account: Account, chunk: int) -> Item:
    """Return the key of the totals item that counts a chunk's rows."""
    shard = chunk % SHARDS
    return {
        "batch": totals_partition(account.programme),
        "part": {
            "S": f"{account.bank}#{account.scheme}#{account.day.isoformat()}#{shard:02d}",
        },
    }


def message_totals_key(account: Account, chunk: int, kind: MessageKind) -> Item:
    """Return the key of the totals item that counts a chunk's messages of one kind.

    It is not the item of the rows: sending and enrolling do not wait for each other.
    """
    key = totals_key(account, chunk)
    return {**key, "part": {"S": f"{key['part']['S']}#{kind}"}}


def money_totals_key(account: Account, chunk: int) -> Item:
    """Return the key of the totals item that counts the steps of premiums that a chunk states.

    It is not the item of the rows either: that item would grow with each leaf of each regency, and
    each enrolling would cost more.
    """
    key = totals_key(account, chunk)
    return {**key, "part": {"S": f"{key['part']['S']}#{_OF_MONEY}"}}


def of_regency(code: str, counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts of a regency by the names under which totals keep them."""
    return {f"r{code}_{name}": count for name, count in counts.items()}


def totals_partition(programme: str) -> dict[str, str]:
    """Return the partition key (`batch`) of a programme's totals."""
    return {"S": f"totals#{programme}"}


def totals_of(programme: str, items: Iterable[Mapping[str, Any]]) -> list[Totals]:
    """Return the totals that a programme's items hold, the shards of each account added up.

    Raises:
        NewerVersion: newer code wrote one of them.
    """
    accounts: dict[Account, Counter[str]] = {}
    for item in items:
        check_version(item)
        fields = item["part"]["S"].split("#")
        bank, scheme, day, *_ = fields
        account = Account(programme, bank, scheme, date.fromisoformat(day))
        counts = accounts.setdefault(account, Counter())
        for name, value in item.items():
            if "N" in value and name != "v":
                counts[name] += int(value["N"])
                # Messages and money are stored by regency alone.
                if len(fields) > _ROWS_PART and (found := _OF_REGENCY.fullmatch(name)):
                    counts[found["count"]] += int(value["N"])
    return [_totals(account, counts) for account, counts in accounts.items()]


def _totals(account: Account, counts: Counter[str]) -> Totals:
    regencies: dict[str, Counter[str]] = {}
    for name, count in counts.items():
        if found := _OF_REGENCY.fullmatch(name):
            regencies.setdefault(found["code"], Counter())[found["count"]] = count
    tally = Tally()
    for name in TALLY_FIELDS:
        setattr(tally, name, counts[name])
    return Totals(
        account=account,
        tally=tally,
        sms=_sms_of(counts),
        regencies={
            code: People(
                accepted=each["accepted"],
                premium_total=each["premium_total"],
                not_possible=each["not_possible"],
                sms=_sms_of(each),
                moved=moved_of(each),
            )
            for code, each in regencies.items()
        },
        erased=counts["erased"],
        moved=moved_of(counts),
        others=others_of(counts),
    )


def _sms_of(counts: Counter[str]) -> SmsTally:
    return SmsTally(**{name: counts[SMS_PREFIX + name] for name in SMS_FIELDS})
