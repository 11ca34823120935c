"""The port `Remittances` on DynamoDB."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from chalicelib.adapters.aws_errors import busy_is_busy
from chalicelib.adapters.dynamodb.items import A_YEAR, VERSION, Item, expiry, number, text
from chalicelib.adapters.dynamodb.person_items import enrollment_key, enrollment_of
from chalicelib.adapters.dynamodb.writes import Refusals, Write, put, transact, update
from chalicelib.adapters.ports import (
    Changed,
    Committed,
    Overtaken,
    Step,
    StoreResult,
    Superseded,
    Taken,
)
from chalicelib.domain.money.listing import RemittanceState
from chalicelib.domain.money.remittance import Cursor, Remittance, plain_reference
from chalicelib.domain.money.standing import DEDUCTED
from chalicelib.domain.person.enrollment import Enrollment

from .books import Books
from .ledger_items import leaf_text
from .ledger_writes import cut_write
from .listings import with_current_listings
from .remittance_items import (
    LISTING,
    attributes,
    cursor_text,
    remittance_item,
    remittance_key,
    remittance_of,
    taken_key,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SHARD = 0
"""One job makes a list, so nobody else writes these counts of a file at the same time."""


class DynamoRemittances:
    """`Remittances` on DynamoDB: both tables, since a transaction spans them."""

    def __init__(
        self, client: "DynamoDBClient", *, table: str, batches_table: str, keep_days: int = 0
    ) -> None:
        """Take the client, the tables' names, and how long to keep people (0: for ever).

        Lists are kept as long as the files: a year more.
        """
        self._client = client
        self._table = table
        self._batches_table = batches_table
        self._keep_days = keep_days and keep_days + A_YEAR

    def create(self, remittance: Remittance) -> bool:
        """Store a new list; False if another one has its id."""
        item = remittance_item(remittance) | expiry(self._keep_days, remittance.at)
        write = put(self._batches_table, item).only_if("part", None).old_when_refused()
        result = write.send(self._client)
        # A call whose answer was lost has stored it.
        return result.written or remittance_of(result.item) == remittance

    def get(self, remittance: str) -> Remittance | None:
        """Return a list; None if there is none with that id."""
        item = self._get(remittance_key(remittance))
        return remittance_of(item) if item else None

    def of_bank(self, bank: str) -> list[Remittance]:
        """Return a bank's lists, the latest first."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._batches_table,
            KeyConditionExpression="#batch = :bank",
            ExpressionAttributeNames={"#batch": "batch"},
            ExpressionAttributeValues={":bank": remittance_key(f"{bank}-")["batch"]},
            ScanIndexForward=False,
            ConsistentRead=True,
        )
        with busy_is_busy():
            return [remittance_of(item) for page in pages for item in page["Items"]]

    def with_code(self, code: str) -> str | None:
        """Return the id of the list that has or had this payment code; None if none had."""
        item = self._get(taken_key(f"code#{plain_reference(code)}"))
        return item["owner"]["S"] if item else None

    def unfinished(self) -> list[str]:
        """Return the ids of the lists that are still being made, the earliest first."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._batches_table,
            IndexName="unfinished",
            KeyConditionExpression="unfinished = :value",
            ExpressionAttributeValues={":value": text(LISTING)},
        )
        with busy_is_busy():
            return [item["part"]["S"] for page in pages for item in page["Items"]]

    def store(self, before: Remittance, after: Remittance) -> StoreResult:
        """Store the next state of a list. Its new codes and references must be no other list's."""
        taken = [each for each in _taken(after) if each not in _taken(before)]
        writes = [self._next(before, after), *(self._take(each, after) for each in taken)]
        items = [each.transaction_item for each in writes]
        refusals = transact(self._client, items, may_refuse=len(items))
        if not refusals or self._is_stored(refusals, 0, after):
            return Committed()
        if 0 in refusals:
            return Changed()
        return Taken(next(iter(refusals.values()))["owner"]["S"])

    def put_on(
        self, remittance: Remittance, people: Sequence[Enrollment], cursor: Cursor
    ) -> Committed | Superseded | Overtaken:
        """Put people on a list that is being made, and move it to `cursor`; or write nothing."""
        books = Books()
        for each in people:
            for moved in books.of(each):
                moved.on_list(remittance.id, 1, each.premium)
        progress = (
            update(self._batches_table, remittance_key(remittance.id))
            .set("cursor", text(cursor_text(cursor)))
            .add_counts(
                {
                    "people": len(people),
                    "rupiah": sum(each.premium for each in people),
                    "revision": 1,
                }
            )
            # Only one run moves the list on, and nobody comes on a list that is made or cancelled.
            .only_if("cursor", text(cursor_text(remittance.cursor)))
            .only_if("state", text(RemittanceState.LISTING))
            .not_newer()
        )
        writes = [
            *(self._person_on(each, remittance.id) for each in people),
            progress,
            *books.writes(self._batches_table, _SHARD),
        ]
        refusals = transact(
            self._client, [each.transaction_item for each in writes], may_refuse=len(people) + 1
        )
        if not refusals:
            return Committed()
        return Superseded() if len(people) in refusals else self._overtaken(refusals, people)

    def _person_on(self, person: Enrollment, remittance: str) -> Write:
        before = person.remittance
        leaf = leaf_text(DEDUCTED.leaf)
        return (
            update(self._table, enrollment_key(person.programme, person.recipient.nik))
            .set("remittance", text(remittance))
            # A premium that the bank has deducted, that is on no list or on a cancelled one.
            .only_if("reference", text(person.reference))
            .only_if("cover", text(DEDUCTED.cover))
            .only_if("leaf", text(leaf) if leaf else None)
            .only_if("remittance", text(before) if before else None)
            .not_newer()
            .old_when_refused()
        )

    def cut(
        self, before: Remittance, after: Remittance, steps: Sequence[Step]
    ) -> Committed | Changed | Overtaken:
        """Take people off a paid list, and store its next state; or write nothing."""
        people = [step.before for step in steps]
        books = Books()
        for step in steps:
            for moved in books.of(step.before):
                step.count_cut(moved)
        writes = [
            *(cut_write(self._table, each) for each in steps),
            self._next(before, after),
            *books.writes(self._batches_table, _SHARD),
        ]
        refusals = transact(
            self._client, [each.transaction_item for each in writes], may_refuse=len(steps) + 1
        )
        if not refusals or self._is_stored(refusals, len(steps), after):
            return Committed()
        return Changed() if len(steps) in refusals else self._overtaken(refusals, people)

    def _next(self, before: Remittance, after: Remittance) -> Write:
        """Return the update of a list to its next state."""
        now = replace(after, revision=before.revision + 1)
        write = (
            update(self._batches_table, remittance_key(after.id))
            .set_all(attributes(now))
            # The sums that this step was decided on: nobody came, left or was returned since.
            .only_if("revision", number(before.revision))
            .not_newer()
            .old_when_refused()
        )
        if now.state is not RemittanceState.LISTING:
            write.remove("unfinished", "received_at")
        return write

    def _take(self, what: str, of: Remittance) -> Write:
        item = {**taken_key(what), "v": number(VERSION), "owner": text(of.id)}
        # The first list with a code or reference has it for good.
        write = put(self._batches_table, item | expiry(self._keep_days, of.at))
        return write.only_if("part", None).old_when_refused()

    def _is_stored(self, refusals: Refusals, place: int, after: Remittance) -> bool:
        """Whether a call whose answer was lost has stored this state."""
        stored = refusals.get(place)
        if not stored:
            return False
        now = remittance_of(stored)
        return now == replace(after, revision=now.revision)

    def _overtaken(self, refusals: Refusals, people: Sequence[Enrollment]) -> Overtaken:
        found = {
            people[place].recipient.nik: enrollment_of(item) if item else None
            for place, item in refusals.items()
            if place < len(people)
        }
        return with_current_listings(self._client, self._batches_table, Overtaken(found))

    def _get(self, key: Item) -> Mapping[str, Any] | None:
        with busy_is_busy():
            answer = self._client.get_item(
                TableName=self._batches_table, Key=key, ConsistentRead=True
            )
        return answer.get("Item")


def _taken(remittance: Remittance) -> list[str]:
    """Return what no other list may have: the codes and the references of a list."""
    return [
        *(f"code#{plain_reference(each.code)}" for each in remittance.codes),
        *(
            f"payment#{remittance.bank}#{plain_reference(each.reference)}"
            for each in remittance.payments
        ),
        *(f"receipt#{plain_reference(each.reference)}" for each in remittance.receipts),
    ]
