"""Reads, with people and counts, how far the lists are on which they are."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.adapters.aws_errors import busy_is_busy
from chalicelib.adapters.dynamodb.items import text
from chalicelib.adapters.ports import Overtaken
from chalicelib.domain.file.totals import Totals
from chalicelib.domain.money.balance import Moved
from chalicelib.domain.money.listing import Listing
from chalicelib.domain.money.remittance import bank_of
from chalicelib.domain.person.enrollment import Enrollment

from .remittance_items import remittance_key, remittance_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def read_listings(
    client: "DynamoDBClient", table: str, remittances: Iterable[str]
) -> dict[str, Listing]:
    """Return how far these lists are, by id: one query for each bank.

    Raises:
        NewerVersion: newer code wrote one of them.
    """
    of_banks: dict[str, list[str]] = {}
    for each in set(remittances):
        of_banks.setdefault(bank_of(each), []).append(each)
    found: dict[str, Listing] = {}
    for ids in of_banks.values():
        pages = client.get_paginator("query").paginate(
            TableName=table,
            # Ids have the order of time: those between them are read, too.
            KeyConditionExpression="#batch = :bank AND part BETWEEN :first AND :last",
            ExpressionAttributeNames={"#batch": "batch"},
            ExpressionAttributeValues={
                ":bank": remittance_key(ids[0])["batch"],
                ":first": text(min(ids)),
                ":last": text(max(ids)),
            },
            ConsistentRead=True,
        )
        with busy_is_busy():
            items = [item for page in pages for item in page["Items"]]
        found |= {item["part"]["S"]: remittance_of(item).listing for item in items}
    return found


def with_listings(
    client: "DynamoDBClient", table: str, people: Sequence[Enrollment]
) -> list[Enrollment]:
    """Return people with how far their lists are. Costs nothing if nobody is on one."""
    ids = {each.remittance for each in people if each.remittance}
    if not ids:
        return list(people)
    found = read_listings(client, table, ids)
    return [
        each.listed(found[each.remittance]) if each.remittance in found else each for each in people
    ]


def with_current_listings(client: "DynamoDBClient", table: str, overtaken: Overtaken) -> Overtaken:
    """Return what refused a transaction, with how far the lists of these people are."""
    found = with_listings(client, table, [each for each in overtaken.people.values() if each])
    now = {each.recipient.nik: each for each in found}
    return replace(overtaken, people={nik: now.get(nik) for nik in overtaken.people})


def moved_by_lists(client: "DynamoDBClient", table: str, moved: Moved) -> Moved:
    """Return the moves of a file with the leaves in which the people on lists are."""
    return moved.with_lists(read_listings(client, table, moved.lists)) if moved.lists else moved


def totals_by_lists(client: "DynamoDBClient", table: str, totals: Sequence[Totals]) -> list[Totals]:
    """Return totals with the leaves in which the people on lists are."""
    ids = {remittance for each in totals for remittance in each.moved.lists}
    if not ids:
        return list(totals)
    found = read_listings(client, table, ids)
    return [each.with_lists(found) for each in totals]
