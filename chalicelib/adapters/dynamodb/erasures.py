"""The writes that delete a person's data: all of them go into one transaction."""

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.person.enrollment import Enrollment, Erasure, Message, MessageKind

from .file_items import batch_key
from .items import moment, number, text
from .money.ledger_items import leaf_text
from .person_items import (
    enrollment_key,
    erasure_item,
    message_ids,
    message_key,
    of_message,
    state_of,
)
from .writes import Write, delete, put, update

_NONE = Message()
_MOST_POINTERS = 75
"""A transaction takes 100 items; the pointers of older messages have expired."""


def delete_person(table: str, enrollment: Enrollment) -> Write:
    """Return the deletion of an enrollment."""
    leaf = leaf_text(enrollment.leaf)
    write = (
        delete(table, enrollment_key(enrollment.programme, enrollment.recipient.nik))
        # Delete only the enrollment that was read, and only if no message has moved since.
        .only_if("batch", text(enrollment.batch))
        .only_if("row", number(enrollment.row))
        # The note beside the file keeps where the premium is: it must not move in between.
        .only_if("cover", text(enrollment.cover))
        .only_if("leaf", text(leaf) if leaf else None)
        .not_newer()
    )
    for kind in MessageKind:
        message = enrollment.messages.get(kind, _NONE)
        write.only_if(state_of(kind), text(message.state) if message is not _NONE else None)
        write.only_if(of_message(kind, "at"), moment(message.at) if message.at else None)
    return write


def note(table: str, enrollment: Enrollment, erasure: Erasure) -> Write:
    """Return the put of the note beside the file: this row's person was erased, and why."""
    # No condition: only one erasure of an enrollment can succeed (see `delete_person`).
    return put(table, erasure_item(enrollment, erasure))


def count_in_file(table: str, enrollment: Enrollment) -> Write:
    """Return the update that counts the erasure in the file."""
    # An update creates an absent item: never create half a file.
    return update(table, batch_key(enrollment.batch)).add("erased", number(1)).not_newer()


def delete_pointers(table: str, stored: Mapping[str, Any]) -> list[Write]:
    """Return the deletions of the items that lead from messages to the person of a stored item.

    They hold the NIK too. No condition: each is only about this person.
    """
    return [delete(table, message_key(each)) for each in message_ids(stored)[:_MOST_POINTERS]]
