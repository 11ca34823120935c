"""The people's table."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.domain.enrollment import Enrollment, Erasure, Sms, SmsEvent
from chalicelib.errors import Busy, NewerVersion

from . import counts, erasing, messages
from .faults import CONDITION_FAILED, busy_is_busy, code_of, reason_codes, reasons
from .items import (
    NOT_NEWER,
    NOT_NEWER_NAMES,
    NOT_NEWER_VALUES,
    Item,
    check_version,
    moment,
    text,
)
from .person_items import (
    enrollment_items,
    enrollment_key,
    enrollment_of,
    message_item,
    message_key,
)
from .protocols import (
    Billed,
    Checkpoint,
    CommitResult,
    Committed,
    SmsChange,
    Superseded,
    Taken,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEYS_A_READ = 100  # BatchGetItem's own limit


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

    def commit(self, group: Sequence[Enrollment], checkpoint: Checkpoint) -> CommitResult:
        """Insert up to 98 people who are all absent, and move the chunk, or do nothing at all."""
        puts = [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": item,
                    # One person, one enrollment: whoever was first stays, and is told to us.
                    "ConditionExpression": "attribute_not_exists(nik)",
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            }
            for item in enrollment_items(group, keep_days=self._keep_days)
        ]
        # The counts come last: their places in the reasons are then known.
        items: Any = [
            *puts,
            {"Update": counts.step(self._batches_table, checkpoint, keep_days=self._keep_days)},
            {"Update": counts.enrolled(self._batches_table, checkpoint, group)},
        ]
        try:
            with busy_is_busy():
                self._client.transact_write_items(TransactItems=items)
        except ClientError as error:
            if code_of(error) != "TransactionCanceledException":
                raise
            return self._refused(error)
        return Committed()

    def owners(self, programme: str, niks: Sequence[str]) -> dict[str, Enrollment]:
        """Return the enrollments of those of these people who have one, by NIK."""
        found: dict[str, Enrollment] = {}
        for start in range(0, len(niks), _KEYS_A_READ):
            wanted = niks[start : start + _KEYS_A_READ]
            keys: Any = [enrollment_key(programme, nik) for nik in wanted]
            with busy_is_busy():
                answer = self._client.batch_get_item(
                    RequestItems={self._table: {"Keys": keys, "ConsistentRead": True}}
                )
            if answer["UnprocessedKeys"]:
                raise Busy("keys were left unread")
            for item in answer["Responses"].get(self._table, []):
                owner = enrollment_of(item)
                found[owner.recipient.nik] = owner
        return found

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
        return [enrollment_of(item) for item in answer["Items"]]

    def find(self, programme: str, nik: str) -> Enrollment | None:
        """Return the person's enrollment under this programme as it stands now."""
        item = self._get(self._table, enrollment_key(programme, nik))
        return enrollment_of(item) if item else None

    def claim_sms(
        self, programme: str, nik: str, *, claim: str, now: datetime
    ) -> Enrollment | None:
        """Take the person's message to send it: only from `pending`, else None."""
        try:
            with busy_is_busy():
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=enrollment_key(programme, nik),
                    UpdateExpression="SET sms = :sending, sms_claim = :claim, sms_at = :now",
                    # Only one of several deliveries may send: the one that leaves `pending`.
                    ConditionExpression=f"sms = :pending AND {NOT_NEWER}",
                    ExpressionAttributeNames=NOT_NEWER_NAMES,
                    ExpressionAttributeValues={
                        **NOT_NEWER_VALUES,
                        ":sending": text(Sms.SENDING),
                        ":pending": text(Sms.PENDING),
                        ":claim": text(claim),
                        ":now": moment(now),
                    },
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            # The first try may have taken effect and its answer been lost: botocore asked again.
            item: Any = error.response.get("Item")
            found = enrollment_of(item) if item else None
            mine = found and found.sms is Sms.SENDING and found.sms_claim == claim
            return found if mine else None
        return enrollment_of(answer["Attributes"])

    def record_sms(
        self,
        enrollment: Enrollment,
        state: Sms,
        *,
        now: datetime,
        message_id: str | None = None,
        reason: str | None = None,
    ) -> bool:
        """Move a claimed message from `sending` to `state`, and the chunk's count with it."""
        event = SmsEvent(now, state, reason)
        update = messages.recorded(self._table, enrollment, event, message_id=message_id)
        # The message is out, or will never be: that is noted even beside counts that newer code
        # has written by now.
        moved = counts.moved(self._batches_table, [(enrollment, state)], only_if=counts.IS_THERE)
        items: Any = [{"Update": each} for each in (update, *moved)]
        if message_id is not None:
            pointer = message_item(message_id, enrollment, now)
            items.append({"Put": {"TableName": self._batches_table, "Item": pointer}})
        return self._transact(items)

    def of_message(self, message_id: str) -> Enrollment | None:
        """Return whom the carrier's message went to, as that person's enrollment stands now."""
        pointer = self._get(self._batches_table, message_key(message_id))
        if pointer is None:
            return None
        check_version(pointer)
        return self.find(pointer["programme"]["S"], pointer["nik"]["S"])

    def change_sms(self, changes: Sequence[SmsChange], *, billed: Billed | None = None) -> bool:
        """Give people of one chunk their messages' new state, counts with it, or nobody."""
        if len({(each.before.batch, each.before.chunk) for each in changes}) != 1:
            raise ValueError("a change is of people of one chunk")
        people = [messages.changed(self._table, each) for each in changes]
        moves = [(each.before, each.after.sms) for each in changes]
        others = counts.moved(self._batches_table, moves)
        if any(each.after.sms is Sms.PENDING for each in changes):
            others.append(messages.reopened(self._batches_table, changes[0].before.batch))
        if billed:
            others.append(messages.spent(self._batches_table, billed))
        items: Any = [{"Update": each} for each in (*people, *others)]
        try:
            with busy_is_busy():
                self._client.transact_write_items(TransactItems=items)
        except ClientError as error:
            refused = reasons(error)[: len(changes)]
            if all(each.get("Code") != CONDITION_FAILED for each in refused):
                raise _unless_newer(error) from None
            return all(map(messages.was_changed, changes, refused))
        return True

    def erase(self, enrollment: Enrollment, erasure: Erasure) -> bool:
        """Delete an enrollment, and keep beside its file that and why it was there."""
        key = enrollment_key(enrollment.programme, enrollment.recipient.nik)
        stored = self._get(self._table, key)
        if stored is None:
            return False
        return self._transact(
            [
                {"Delete": erasing.person(self._table, enrollment)},
                {"Put": erasing.note(self._batches_table, enrollment, erasure)},
                {"Update": erasing.counted(self._batches_table, enrollment)},
                {"Update": counts.erased(self._batches_table, enrollment)},
                *({"Delete": each} for each in erasing.pointers(self._batches_table, stored)),
            ]
        )

    def _get(self, table: str, key: Item) -> Mapping[str, Any] | None:
        with busy_is_busy():
            answer = self._client.get_item(TableName=table, Key=key, ConsistentRead=True)
        return answer.get("Item")

    def _transact(self, items: Any) -> bool:
        """Write all of these or nothing; False where the first is not as it was read."""
        try:
            with busy_is_busy():
                self._client.transact_write_items(TransactItems=items)
        except ClientError as error:
            if reason_codes(error)[:1] != [CONDITION_FAILED]:
                raise _unless_newer(error) from None
            return False
        return True

    def _refused(self, error: ClientError) -> CommitResult:
        *people, chunk, _ = reasons(error)
        if chunk.get("Code") == CONDITION_FAILED:
            return Superseded()
        owners: list[Item] = [
            each["Item"] for each in people if each.get("Code") == CONDITION_FAILED
        ]
        if not owners:
            raise _unless_newer(error) from None
        found = [enrollment_of(item) for item in owners]
        return Taken({owner.recipient.nik: owner for owner in found})


def _unless_newer(error: ClientError) -> Exception:
    """Return what to raise where it was none of the people that stood in a transaction's way."""
    if CONDITION_FAILED in reason_codes(error):
        return NewerVersion("the counts were written by newer code, or are gone")
    return error
