"""What is written where a person's data are deleted: all of it in one transaction."""

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.enrollment import Enrollment, Erasure

from .file_items import batch_key
from .items import NOT_NEWER, NOT_NEWER_NAMES, NOT_NEWER_VALUES, moment, number, text
from .person_items import enrollment_key, erasure_item, message_key

_POINTERS = 90  # at most: a transaction takes 100 items, and older ones have expired


def person(table: str, enrollment: Enrollment) -> dict[str, Any]:
    """Return the deletion of an enrollment."""
    at = enrollment.sms_at
    return {
        "TableName": table,
        "Key": enrollment_key(enrollment.programme, enrollment.recipient.nik),
        # Only the very enrollment that was looked at, and while nothing is under way.
        "ConditionExpression": "#batch = :batch AND #row = :row AND sms = :sms AND "
        + ("sms_at = :at" if at else "attribute_not_exists(sms_at)")
        + f" AND {NOT_NEWER}",
        "ExpressionAttributeNames": {"#batch": "batch", "#row": "row", **NOT_NEWER_NAMES},
        "ExpressionAttributeValues": {
            ":batch": text(enrollment.batch),
            ":row": number(enrollment.row),
            ":sms": text(enrollment.sms),
            **({":at": moment(at)} if at else {}),
            **NOT_NEWER_VALUES,
        },
    }


def note(table: str, enrollment: Enrollment, erasure: Erasure) -> dict[str, Any]:
    """Return what is put beside the file: that a row's person was erased, and why."""
    return {"TableName": table, "Item": erasure_item(enrollment, erasure)}


def counted(table: str, enrollment: Enrollment) -> dict[str, Any]:
    """Return the update that counts the erasure in the file."""
    return {
        "TableName": table,
        "Key": batch_key(enrollment.batch),
        "UpdateExpression": "ADD erased :one",
        # Where there is no file nothing is made of it by halves.
        "ConditionExpression": NOT_NEWER,
        "ExpressionAttributeNames": NOT_NEWER_NAMES,
        "ExpressionAttributeValues": {**NOT_NEWER_VALUES, ":one": number(1)},
    }


def pointers(table: str, stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the deletions of what leads from messages to the person of a stored item.

    Those hold the NIK, too.
    """
    latest = stored.get("sms_message_id")
    earlier: list[str] = stored.get("sms_earlier", {"SS": []})["SS"]
    messages = [*([latest["S"]] if latest else []), *earlier][:_POINTERS]
    return [{"TableName": table, "Key": message_key(each)} for each in messages]
