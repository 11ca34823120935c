"""The people's table."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.domain.enrollment import Enrollment, Erasure, Sms
from chalicelib.errors import Busy

from .expiry import A_YEAR, expiry
from .faults import busy_is_busy, code_of, reason_codes, reasons
from .items import (
    CODE_PREFIX,
    NOT_NEWER,
    NOT_NEWER_NAMES,
    NOT_NEWER_VALUES,
    SMS_FIELDS,
    SMS_PREFIX,
    TALLY_FIELDS,
    VERSION,
    Item,
    batch_key,
    chunk_key,
    enrollment_item,
    enrollment_key,
    enrollment_of,
    erasure_item,
    moment,
    number,
    text,
)
from .protocols import Checkpoint, CommitResult, Committed, Superseded, Taken

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEYS_A_READ = 100  # BatchGetItem's own limit
_FAILED = "ConditionalCheckFailed"


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
        """Insert up to 99 people who are all absent, and move the chunk, or do nothing at all."""
        puts = [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": {
                        **enrollment_item(enrollment),
                        **expiry(self._keep_days, enrollment.ends),
                    },
                    # One person, one enrollment: whoever was first stays, and is told to us.
                    "ConditionExpression": "attribute_not_exists(nik)",
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            }
            for enrollment in group
        ]
        # The checkpoint comes last: its place in the reasons is then known.
        items: Any = [*puts, {"Update": self._step(checkpoint)}]
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
        with busy_is_busy():
            answer = self._client.get_item(
                TableName=self._table,
                Key=enrollment_key(programme, nik),
                ConsistentRead=True,
            )
        item = answer.get("Item")
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
        extra = {
            name: value
            for name, value in (("sms_message_id", message_id), ("sms_reason", reason))
            if value is not None
        }
        update: Any = {
            "Update": {
                "TableName": self._table,
                "Key": enrollment_key(enrollment.programme, enrollment.recipient.nik),
                "UpdateExpression": "SET sms = :state, sms_at = :now"
                + "".join(f", {name} = :{name}" for name in extra),
                # Whoever was declared lost in the meantime must not overwrite that finding.
                "ConditionExpression": f"sms = :sending AND sms_claim = :claim AND {NOT_NEWER}",
                "ExpressionAttributeNames": NOT_NEWER_NAMES,
                "ExpressionAttributeValues": {
                    **NOT_NEWER_VALUES,
                    ":state": text(state),
                    ":now": moment(now),
                    ":sending": text(Sms.SENDING),
                    ":claim": text(enrollment.sms_claim or ""),
                    **{f":{name}": text(value) for name, value in extra.items()},
                },
            }
        }
        items = [update]
        if state.value in SMS_FIELDS:
            items.append({"Update": self._sms_count(enrollment, state)})
        try:
            with busy_is_busy():
                self._client.transact_write_items(TransactItems=items)
        except ClientError as error:
            if reason_codes(error)[:1] != [_FAILED]:
                raise
            return False
        return True

    def erase(self, enrollment: Enrollment, erasure: Erasure) -> bool:
        """Delete an enrollment, and keep beside its file that and why it was there."""
        delete: Any = {
            "Delete": {
                "TableName": self._table,
                "Key": enrollment_key(enrollment.programme, enrollment.recipient.nik),
                # Only the very enrollment that was looked at, and while nothing is under way.
                "ConditionExpression": "#batch = :batch AND #row = :row AND sms = :sms",
                "ExpressionAttributeNames": {"#batch": "batch", "#row": "row"},
                "ExpressionAttributeValues": {
                    ":batch": text(enrollment.batch),
                    ":row": number(enrollment.row),
                    ":sms": text(enrollment.sms),
                },
            }
        }
        counted: Any = {
            "Update": {
                "TableName": self._batches_table,
                "Key": batch_key(enrollment.batch),
                "UpdateExpression": "ADD erased :one",
                # An update makes an item that is not there: never half of a file.
                "ConditionExpression": "attribute_exists(part)",
                "ExpressionAttributeValues": {":one": number(1)},
            }
        }
        kept: Any = {
            "Put": {
                "TableName": self._batches_table,
                "Item": erasure_item(enrollment, erasure),
            }
        }
        try:
            with busy_is_busy():
                self._client.transact_write_items(TransactItems=[delete, counted, kept])
        except ClientError as error:
            if reason_codes(error)[:1] != [_FAILED]:
                raise
            return False
        return True

    def _step(self, checkpoint: Checkpoint) -> dict[str, Any]:
        counts = {name: getattr(checkpoint.settled, name) for name in TALLY_FIELDS}
        counts |= {CODE_PREFIX + code: n for code, n in checkpoint.settled.codes.items()}
        moved = {name: value for name, value in counts.items() if value}
        names = {f"#{name}": name for name in moved}
        adds = ", ".join(f"#{name} :{name}" for name in moved)
        begun = checkpoint.start > 0
        keep_days = self._keep_days and self._keep_days + A_YEAR  # as long as the file itself
        kept = expiry(keep_days, checkpoint.received_at) if checkpoint.received_at else {}
        return {
            "TableName": self._batches_table,
            "Key": chunk_key(checkpoint.batch, checkpoint.chunk),
            "UpdateExpression": "SET #next = :next, #v = :v"
            + "".join(f", {name} = :{name}" for name in kept)
            + (f" ADD {adds}" if adds else ""),
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
                **{f":{name}": number(value) for name, value in moved.items()},
                **{f":{name}": value for name, value in kept.items()},
            },
        }

    def _sms_count(self, enrollment: Enrollment, state: Sms) -> dict[str, Any]:
        return {
            "TableName": self._batches_table,
            "Key": chunk_key(enrollment.batch, enrollment.chunk),
            "UpdateExpression": "ADD #count :one",
            # An update makes an item that is not there: never half of a chunk.
            "ConditionExpression": "attribute_exists(part)",
            "ExpressionAttributeNames": {"#count": SMS_PREFIX + state.value},
            "ExpressionAttributeValues": {":one": number(1)},
        }

    def _refused(self, error: ClientError) -> CommitResult:
        *people, chunk = reasons(error)
        if chunk.get("Code") == _FAILED:
            return Superseded()
        owners: list[Item] = [each["Item"] for each in people if each.get("Code") == _FAILED]
        if not owners:
            raise error
        found = [enrollment_of(item) for item in owners]
        return Taken({owner.recipient.nik: owner for owner in found})
