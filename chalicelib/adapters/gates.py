"""Whether messages may go out, and what they have cost: one partition of the files' table."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.domain.sending import Gate, Pause
from chalicelib.errors import NewerVersion

from .faults import busy_is_busy, code_of
from .file_items import GATE, SPEND_PREFIX, gate_key, spend_key
from .items import (
    NEW_OR_NOT_NEWER,
    NOT_NEWER,
    NOT_NEWER_NAMES,
    NOT_NEWER_VALUES,
    VERSION,
    Item,
    check_version,
    int_of,
    moment,
    number,
    text,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ALL = "gate"
_BATCH_PREFIX = "batch#"
_CONDITION_FAILED = "ConditionalCheckFailedException"


class DynamoGates:
    """`Gates` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", *, table: str) -> None:
        """Take the client and the name of the files' table."""
        self._client = client
        self._table = table

    def read(self, month: str) -> Gate:
        """Return how it stands, with what the month (`2026-11`) has cost."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#batch = :gate",
            # A month's item has, besides, an attribute for each reservation that is open.
            ProjectionExpression="#part, #ours, #at, #by, #reason, #reserved, #billed",
            ExpressionAttributeNames={
                **NOT_NEWER_NAMES,
                **{
                    f"#{name}": name
                    for name in ("batch", "part", "at", "by", "reason", "reserved", "billed")
                },
            },
            ExpressionAttributeValues={":gate": text(GATE)},
            ConsistentRead=True,
        )
        with busy_is_busy():
            parts = {item["part"]["S"]: item for page in pages for item in page["Items"]}
        for item in parts.values():
            check_version(item)
        spending = parts.get(SPEND_PREFIX + month, {})
        return Gate(
            pause=_pause_of(parts[_ALL]) if _ALL in parts else None,
            batches={
                part.removeprefix(_BATCH_PREFIX): _pause_of(item)
                for part, item in parts.items()
                if part.startswith(_BATCH_PREFIX)
            },
            reserved=int_of(spending, "reserved"),
            billed=int_of(spending, "billed"),
        )

    def pause(self, pause: Pause, *, batch: str | None = None) -> None:
        """Stop all messages, or one file's; an earlier pause is replaced."""
        item: Item = {
            **_key(batch),
            "v": number(VERSION),
            "at": moment(pause.at),
            "by": text(pause.by),
            "reason": text(pause.reason),
        }
        with _newer_is_newer(), busy_is_busy():
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression=NEW_OR_NOT_NEWER,
                ExpressionAttributeNames=NOT_NEWER_NAMES,
                ExpressionAttributeValues=NOT_NEWER_VALUES,
            )

    def resume(self, *, batch: str | None = None) -> None:
        """Let all messages go out again, or one file's; nothing where none was stopped."""
        with _newer_is_newer(), busy_is_busy():
            self._client.delete_item(
                TableName=self._table,
                Key=_key(batch),
                ConditionExpression=NEW_OR_NOT_NEWER,
                ExpressionAttributeNames=NOT_NEWER_NAMES,
                ExpressionAttributeValues=NOT_NEWER_VALUES,
            )

    def reserve(self, month: str, claim: str, amount: int, *, budget: int) -> bool:
        """Set aside micro-USD of the month's budget (0: none, and so always enough)."""
        # Set aside once under a claim, and never more than there is: the first try may have taken
        # effect and its answer been lost, and others reserve at the same time.
        conditions = ["attribute_not_exists(#claim)", NEW_OR_NOT_NEWER]
        values: Item = {**NOT_NEWER_VALUES, ":amount": number(amount)}
        if budget:
            values[":most"] = number(budget - amount)
            conditions.append(
                "(reserved <= :most OR (attribute_not_exists(reserved) AND :amount <= :budget))"
            )
            values[":budget"] = number(budget)
        try:
            with busy_is_busy():
                self._client.update_item(
                    TableName=self._table,
                    Key=spend_key(month),
                    UpdateExpression="SET #claim = :amount, #ours = :ours ADD reserved :amount",
                    ConditionExpression=" AND ".join(conditions),
                    ExpressionAttributeNames={"#claim": _name(claim), **NOT_NEWER_NAMES},
                    ExpressionAttributeValues=values,
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            return _name(claim) in _found(error)
        return True

    def release(self, month: str, claim: str, unused: int) -> None:
        """Give back what of a claim's reservation was not used. Safe to repeat."""
        try:
            with busy_is_busy():
                self._client.update_item(
                    TableName=self._table,
                    Key=spend_key(month),
                    UpdateExpression="ADD reserved :back REMOVE #claim",
                    # Given back once: with the reservation goes the right to do so.
                    ConditionExpression=f"attribute_exists(#claim) AND {NOT_NEWER}",
                    ExpressionAttributeNames={"#claim": _name(claim), **NOT_NEWER_NAMES},
                    ExpressionAttributeValues={**NOT_NEWER_VALUES, ":back": number(-unused)},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            _found(error)


def _key(batch: str | None) -> Item:
    return gate_key(_ALL if batch is None else _BATCH_PREFIX + batch)


def _name(claim: str) -> str:
    return f"r_{claim}"


def _pause_of(item: Mapping[str, Any]) -> Pause:
    return Pause(
        at=datetime.fromisoformat(item["at"]["S"]),
        by=item["by"]["S"],
        reason=item["reason"]["S"],
    )


def _found(error: ClientError) -> Mapping[str, Any]:
    """Return the item at which a write failed, empty where there is none.

    Raises:
        NewerVersion: it was written by newer code.
    """
    if code_of(error) != _CONDITION_FAILED:
        raise error
    item: Mapping[str, Any] = error.response.get("Item", {})  # type: ignore[assignment]
    if item:
        check_version(item)
    return item


@contextmanager
def _newer_is_newer() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if code_of(error) != _CONDITION_FAILED:
            raise
        raise NewerVersion("the gate was written by newer code") from None
