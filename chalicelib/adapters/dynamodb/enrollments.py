"""The port `Enrollments` on DynamoDB: the people's table."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.aws_errors import busy_is_busy
from chalicelib.adapters.ports import (
    AlreadyEnrolled,
    Checkpoint,
    CommitResult,
    Committed,
    PersonOfMessage,
    Reported,
    SmsChange,
    Superseded,
    Takeover,
    account_of,
)
from chalicelib.domain.messages.counted import Counted, CountMove
from chalicelib.domain.person.enrollment import (
    Enrollment,
    Erasure,
    MessageKind,
    Sms,
    SmsEvent,
)
from chalicelib.errors import Busy, Contended

from . import erasures, messages
from .batch_get import batch_get
from .counting import counts, message_counts
from .items import Item, check_version, text
from .money.listings import with_listings
from .person_items import (
    enrollment_items,
    enrollment_key,
    enrollment_of,
    message_id_of,
    message_item,
    message_key,
)
from .takeovers import Moves, move_person, moves
from .writes import Refusals, Write, put, transact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoEnrollments:
    """`Enrollments` on DynamoDB: one table of people, and the batches' table for the counts."""

    def __init__(
        self, client: "DynamoDBClient", *, table: str, batches_table: str, keep_days: int = 0
    ) -> None:
        """Take the client, the names of the two tables, and how long to keep items (0: for ever).

        An enrollment is kept for that many days after its cover has ended.
        """
        self._client = client
        self._table = table
        self._batches_table = batches_table
        self._keep_days = keep_days

    def commit(
        self,
        group: Sequence[Enrollment],
        checkpoint: Checkpoint,
        takeovers: Sequence[Takeover] = (),
    ) -> CommitResult:
        """Insert people, all absent so far, and move the chunk; or write nothing."""
        # Written out, not built by `put`: this runs once for each person.
        puts = [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": item,
                    # Insert if absent; on conflict DynamoDB returns the existing item.
                    "ConditionExpression": "attribute_not_exists(nik)",
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            }
            for item in enrollment_items(group, keep_days=self._keep_days)
        ]
        moved = self._moves(takeovers, checkpoint) if takeovers else None
        advance = counts.advance(
            self._batches_table,
            checkpoint,
            keep_days=self._keep_days,
            messages=moved.messages if moved else None,
        )
        # The counts are last: the position of a refusal shows if a person, the chunk or an earlier
        # file refused.
        writes = [*(move_person(self._table, each) for each in takeovers), advance]
        if moved:
            writes += [*moved.sources, *moved.letters, *moved.counts]
        if checkpoint.account:
            also = moved.totals if moved else None
            writes.append(
                counts.count_rows(self._batches_table, checkpoint.account, checkpoint, group, also)
            )
        items = [*puts, *(each.transaction_item for each in writes)]
        chunk = len(puts) + len(takeovers)
        sources = moved.batches if moved else ()
        letters = len(moved.letters) if moved else 0
        refusals = transact(self._client, items, may_refuse=chunk + 1 + len(sources) + letters)
        if not refusals:
            return Committed()
        if chunk in refusals:
            return Superseded()
        people = {place: item for place, item in refusals.items() if place < chunk}
        if not people:
            places = [place - chunk - 1 for place in refusals]
            reported = frozenset(sources[place] for place in places if place < len(sources))
            if not reported:
                raise Contended("another step counted messages in an earlier chunk")
            return Reported(reported)
        found = self._people(item for item in people.values() if item)
        gone = [takeovers[place - len(puts)] for place, item in people.items() if not item]
        return AlreadyEnrolled(
            {owner.recipient.nik: owner for owner in found},
            frozenset(each.before.recipient.nik for each in gone),
        )

    def _moves(self, takeovers: Sequence[Takeover], checkpoint: Checkpoint) -> Moves:
        return moves(
            self._batches_table, takeovers, checkpoint, self.counted, keep_days=self._keep_days
        )

    def owners(self, programme: str, niks: Sequence[str]) -> dict[str, Enrollment]:
        """Return the existing enrollments of these people, by NIK."""
        items = self._many(self._table, (enrollment_key(programme, nik) for nik in niks))
        return {each.recipient.nik: each for each in self._people(items)}

    def of_person(self, nik: str) -> list[Enrollment]:
        """Return this person's enrollments, in the order of their programmes."""
        with busy_is_busy():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="nik = :nik",
                ExpressionAttributeValues={":nik": text(nik)},
                ConsistentRead=True,
            )
        # One item a programme, each under a kilobyte: a person never fills a page of 1 MB.
        return self._people(answer["Items"])

    def find(self, programme: str, nik: str) -> Enrollment | None:
        """Return the person's current enrollment under this programme; None if there is none."""
        item = self._get(self._table, enrollment_key(programme, nik))
        return self._people([item])[0] if item else None

    def claim_sms(
        self,
        programme: str,
        nik: str,
        *,
        claim: str,
        now: datetime,
        kind: MessageKind = MessageKind.ENROLLED,
    ) -> Enrollment | None:
        """Claim the person's message in order to send it: only from `pending`, else None."""
        write = messages.claim(self._table, programme, nik, kind, claim, now)
        result = write.send(self._client)
        found = self._people([result.item])[0] if result.item else None
        if result.written:
            return found
        # An earlier try may have taken effect and its answer been lost: then the claim is ours.
        message = found.messages.get(kind) if found else None
        mine = message and message.state is Sms.SENDING and message.claim == claim
        return found if mine else None

    def record_sms(
        self,
        enrollment: Enrollment,
        state: Sms,
        *,
        now: datetime,
        message_id: str | None = None,
        reason: str | None = None,
        kind: MessageKind = MessageKind.ENROLLED,
    ) -> bool:
        """Move a claimed message from `sending` to `state`."""
        lost = self._lead_to(message_id, enrollment, kind, now) if message_id else None
        event = SmsEvent(now, state, reason)
        write = messages.record(self._table, enrollment, kind, event, message_id=message_id)
        written = write.send(self._client).written
        if lost:
            raise lost  # the message is recorded; a repeated call stores its pointer
        return written

    def _lead_to(
        self, message_id: str, person: Enrollment, kind: MessageKind, now: datetime
    ) -> Busy | None:
        """Store the pointer from a message to its person; return the fault if it is not stored.

        It comes before the record: a recorded message always has its pointer. A fault here must not
        hold up the record, which would leave the message unknown.
        """
        try:
            # No condition: the carrier gives each message an id of its own.
            put(self._batches_table, message_item(message_id, person, kind, now)).send(self._client)
        except Busy as busy:
            return busy
        return None

    def settle_sms(self, change: SmsChange) -> bool:
        """Move one person's message to a new state, without the counts."""
        result = messages.change(self._table, change).send(self._client)
        return result.written or messages.was_changed(change, result.item)

    def counted(self, kind: MessageKind, batch: str, chunk: int) -> Counted:
        """Return the counted states of a chunk's messages of one kind."""
        return message_counts.read_counted(self._client, self._batches_table, kind, batch, chunk)

    def count(self, counted: Counted, people: Sequence[Enrollment]) -> bool:
        """Count these people's messages in the states that they have, from `counted` on."""
        move = counted.move(people)
        letters, sums = self._count_writes(move, people)
        return not letters or not self._transact([*letters, *sums], may_refuse=len(letters))

    def _count_writes(
        self, move: CountMove, people: Sequence[Enrollment]
    ) -> tuple[list[Write], list[Write]]:
        """Return the writes of the changed letters, and of the counts that follow them."""
        if not move.slots:
            return [], []
        one = next(filter(move.counted.is_of, people))
        account, table = account_of(one), self._batches_table
        return (
            message_counts.letters(table, move, one.enrolled_at, keep_days=self._keep_days),
            message_counts.sums(table, move, account),
        )

    def of_messages(self, message_ids: Sequence[str]) -> dict[str, PersonOfMessage]:
        """Return the people to whom these messages went, by the carrier's message id."""
        pointers = self._many(self._batches_table, map(message_key, dict.fromkeys(message_ids)))
        for each in pointers:
            check_version(each)
        keys = {(each["programme"]["S"], each["nik"]["S"]) for each in pointers}
        wanted = itertools.starmap(enrollment_key, sorted(keys))
        people = self._people(self._many(self._table, wanted))
        by_key = {(each.programme, each.recipient.nik): each for each in people}
        found = {}
        for each in pointers:
            person = by_key.get((each["programme"]["S"], each["nik"]["S"]))
            if person is not None:
                kind = MessageKind(each["kind"]["S"])
                found[message_id_of(each)] = PersonOfMessage(person, kind)
        return found

    def change_sms(self, changes: Sequence[SmsChange]) -> bool:
        """Move the messages of people of one chunk, and the counts, to new states: all or none."""
        if len({(each.before.batch, each.before.chunk, each.kind) for each in changes}) != 1:
            raise ValueError("all people of a change must be of one chunk, and get one kind")
        before, after = [each.before for each in changes], [each.after for each in changes]
        kind, batch, chunk = changes[0].kind, before[0].batch, before[0].chunk
        counted = self.counted(kind, batch, chunk)
        move = counted.move(after, before={each.recipient.nik: each for each in before})
        letters, sums = self._count_writes(move, after)
        writes = [*(messages.change(self._table, each) for each in changes), *letters, *sums]
        if any(each.messages[kind].state is Sms.PENDING for each in after):
            writes.append(messages.reopen(self._batches_table, batch))
        refusals = self._transact(writes, may_refuse=len(changes) + len(letters))
        if refusals and min(refusals) >= len(changes):
            raise Contended("another step counted in this chunk")
        return not refusals or all(
            messages.was_changed(each, refusals.get(place, {}))
            for place, each in enumerate(changes)
        )

    def erase(self, enrollment: Enrollment, erasure: Erasure) -> bool:
        """Delete an enrollment; keep beside its file that it was erased and why."""
        key = enrollment_key(enrollment.programme, enrollment.recipient.nik)
        stored = self._get(self._table, key)
        if stored is None:
            return False
        letters, sums = self._last_counts(enrollment)
        writes = [
            erasures.delete_person(self._table, enrollment),
            *letters,
            *sums,
            erasures.note(self._batches_table, enrollment, erasure),
            erasures.count_in_file(self._batches_table, enrollment),
            counts.count_erasure(self._batches_table, enrollment),
            *erasures.delete_pointers(self._batches_table, stored),
        ]
        refusals = self._transact(writes, may_refuse=1 + len(letters))
        if refusals and min(refusals) > 0:
            raise Contended("another step counted in this chunk")
        return not refusals

    def _last_counts(self, person: Enrollment) -> tuple[list[Write], list[Write]]:
        """Return the writes that count a person's messages for the last time: letters and sums.

        Nobody can read the states of an erased person later. They stay counted in the last ones.
        """
        letters: list[Write] = []
        sums: list[Write] = []
        for kind in person.messages:
            move = self.counted(kind, person.batch, person.chunk).move([person])
            of_kind, follow = self._count_writes(move, [person])
            letters, sums = letters + of_kind, sums + follow
        return letters, sums

    def _get(self, table: str, key: Item) -> Mapping[str, Any] | None:
        with busy_is_busy():
            answer = self._client.get_item(TableName=table, Key=key, ConsistentRead=True)
        return answer.get("Item")

    def _many(self, table: str, keys: Iterable[Item]) -> list[Mapping[str, Any]]:
        """Return the items of these keys, as far as they exist."""
        return list(batch_get(self._client, table, list(keys)))

    def _people(self, items: Iterable[Mapping[str, Any]]) -> list[Enrollment]:
        """Return the people of these items, with how far the lists are on which they are."""
        return with_listings(self._client, self._batches_table, [*map(enrollment_of, items)])

    def _transact(self, writes: Sequence[Write], *, may_refuse: int) -> Refusals:
        """Write all of these or none; return which of the first items are not as they were read."""
        items = [each.transaction_item for each in writes]
        return transact(self._client, items, may_refuse=may_refuse)
