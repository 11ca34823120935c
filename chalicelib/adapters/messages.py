"""What is written of a person's message as it moves on."""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from chalicelib.domain.enrollment import Enrollment, Sms, SmsEvent

from .faults import CONDITION_FAILED
from .file_items import batch_key, spend_key
from .items import (
    NEW_OR_NOT_NEWER,
    NOT_NEWER,
    NOT_NEWER_NAMES,
    NOT_NEWER_VALUES,
    Item,
    is_newer,
    moment,
    number,
    text,
)
from .person_items import enrollment_key, enrollment_of, log_texts
from .protocols import Billed, SmsChange

UNFINISHED = "yes"
"""A file that still needs something from us, in the index of those that are not done with."""


def recorded(
    table: str, enrollment: Enrollment, event: SmsEvent, *, message_id: str | None
) -> dict[str, Any]:
    """Return the update that takes a claimed message from `sending` to an event's state."""
    values: Item = {":state": text(event.state), ":now": moment(event.at)}
    sets = "SET sms = :state, sms_at = :now"
    if event.state is not Sms.PENDING:
        # Whoever has claimed it is alone with it: the log is still as it was read.
        sets += ", sms_log = :log"
        values[":log"] = {"L": log_texts((*enrollment.sms_log, event))}
    if message_id is not None:
        sets += ", sms_message_id = :message_id"
        values[":message_id"] = text(message_id)
    if event.reason is not None:
        sets += ", sms_reason = :reason"
        values[":reason"] = text(event.reason)
    return {
        "TableName": table,
        "Key": enrollment_key(enrollment.programme, enrollment.recipient.nik),
        "UpdateExpression": sets,
        # Whoever was declared lost in the meantime must not overwrite that finding.
        "ConditionExpression": f"sms = :sending AND sms_claim = :claim AND {NOT_NEWER}",
        "ExpressionAttributeNames": NOT_NEWER_NAMES,
        "ExpressionAttributeValues": {
            **NOT_NEWER_VALUES,
            ":sending": text(Sms.SENDING),
            ":claim": text(enrollment.sms_claim or ""),
            **values,
        },
    }


def changed(table: str, change: SmsChange) -> dict[str, Any]:
    """Return the update that gives a person's message its new state, and the person a phone."""
    before, after = change.before, change.after
    update = _Update()
    update.put("sms", text(after.sms))
    update.put("sms_at", _moment(after.sms_at))
    update.put("sms_reason", _text(after.sms_reason))
    update.put("phone", _text(after.recipient.phone))
    if after.sms_log != before.sms_log:
        update.put("sms_log", {"L": log_texts(after.sms_log)})
    if after.sms is Sms.PENDING:
        update.put("sms_claim", None)
        update.put("sms_message_id", None)
        if before.sms_message_id:
            # Receipts of the earlier message still lead here; whoever erases must find them.
            update.add("sms_earlier", {"SS": [before.sms_message_id]})
    # Only the very enrollment that was looked at, and only as it was then: its counts move from
    # there, and whoever was quicker may have sent a message meanwhile.
    update.only_if("batch", text(before.batch))
    update.only_if("row", number(before.row))
    update.only_if("sms", text(before.sms))
    update.only_if("sms_at", _moment(before.sms_at))
    update.only_if("phone", _text(before.recipient.phone))
    return {
        "TableName": table,
        "Key": enrollment_key(before.programme, before.recipient.nik),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        **update.parts(),
    }


def was_changed(change: SmsChange, reason: dict[str, Any]) -> bool:
    """Whether a refused change stands already: its answer was lost, and it was asked for again."""
    if reason.get("Code") != CONDITION_FAILED or "Item" not in reason:
        return False
    item = reason["Item"]
    if is_newer(item):
        return False
    before, after = change.before, change.after
    wanted = log_texts(after.sms_log)
    if after.sms_log != before.sms_log:
        # Others may have gone on from there; what was once noted stays.
        log: list[dict[str, str]] = item.get("sms_log", {"L": []})["L"]
        return log[: len(wanted)] == wanted
    stored = enrollment_of(item)
    return replace(stored, sms_log=after.sms_log) == replace(
        before,
        recipient=replace(before.recipient, phone=after.recipient.phone),
        sms=after.sms,
        sms_at=after.sms_at,
        sms_reason=after.sms_reason,
        sms_claim=stored.sms_claim,
        sms_message_id=stored.sms_message_id,
        sms_log=after.sms_log,
    )


def reopened(table: str, batch: str) -> dict[str, Any]:
    """Return the update that puts a file among those again that need something."""
    return {
        "TableName": table,
        "Key": batch_key(batch),
        "UpdateExpression": "SET unfinished = :yes ADD reopened :one REMOVE stuck, #watch",
        # Where there is no file nothing is made of it by halves.
        "ConditionExpression": NOT_NEWER,
        "ExpressionAttributeNames": {"#watch": "watch", **NOT_NEWER_NAMES},
        "ExpressionAttributeValues": {
            **NOT_NEWER_VALUES,
            ":yes": text(UNFINISHED),
            ":one": number(1),
        },
    }


def spent(table: str, billed: Billed) -> dict[str, Any]:
    """Return the update that adds what a message cost to its month."""
    return {
        "TableName": table,
        "Key": spend_key(billed.month),
        "UpdateExpression": "SET #ours = :ours ADD billed :price",
        "ConditionExpression": NEW_OR_NOT_NEWER,
        "ExpressionAttributeNames": NOT_NEWER_NAMES,
        "ExpressionAttributeValues": {**NOT_NEWER_VALUES, ":price": number(billed.price)},
    }


class _Update:
    """An update under way: attributes put or taken away, under conditions of equality."""

    def __init__(self) -> None:
        self._names = dict(NOT_NEWER_NAMES)
        self._values = dict(NOT_NEWER_VALUES)
        self._sets: list[str] = []
        self._removes: list[str] = []
        self._adds: list[str] = []
        self._conditions = [NOT_NEWER]

    def put(self, name: str, value: dict[str, Any] | None) -> None:
        """Give an attribute a value; with None, take it away."""
        if value is None:
            self._removes.append(self._name(name))
        else:
            self._sets.append(f"{self._name(name)} = {self._value(value)}")

    def add(self, name: str, value: dict[str, Any]) -> None:
        """Add to an attribute."""
        self._adds.append(f"{self._name(name)} {self._value(value)}")

    def only_if(self, name: str, value: dict[str, Any] | None) -> None:
        """Write only where an attribute has that value; with None, where there is none."""
        self._conditions.append(
            f"attribute_not_exists({self._name(name)})"
            if value is None
            else f"{self._name(name)} = {self._value(value)}"
        )

    def parts(self) -> dict[str, Any]:
        """Return the expressions, their names and their values."""
        clauses = (("SET", self._sets), ("REMOVE", self._removes), ("ADD", self._adds))
        return {
            "UpdateExpression": " ".join(
                f"{word} {', '.join(each)}" for word, each in clauses if each
            ),
            "ConditionExpression": " AND ".join(self._conditions),
            "ExpressionAttributeNames": self._names,
            "ExpressionAttributeValues": self._values,
        }

    def _name(self, name: str) -> str:
        self._names[f"#{name}"] = name
        return f"#{name}"

    def _value(self, value: dict[str, Any]) -> str:
        place = f":{len(self._values)}"
        self._values[place] = value
        return place


def _text(value: str | None) -> dict[str, Any] | None:
    return None if value is None else text(value)


def _moment(value: datetime | None) -> dict[str, Any] | None:
    return None if value is None else moment(value)
