"""The writes of a person's message as it moves on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.adapters.ports import SmsChange
from chalicelib.domain.person.enrollment import Enrollment, MessageKind, Sms, SmsEvent

from .file_items import batch_key
from .items import is_newer, moment, number, text, text_of
from .person_items import (
    billed_text,
    enrollment_key,
    log_texts,
    messages_of,
    of_message,
    state_of,
)
from .writes import Attribute, Write, update

UNFINISHED = "yes"
"""Value in the index `unfinished`: the file still needs work of ours."""


def claim(
    table: str, programme: str, nik: str, kind: MessageKind, token: str, at: datetime
) -> Write:
    """Return the update that claims a person's message of that kind for one worker."""
    return (
        update(table, enrollment_key(programme, nik))
        .set(state_of(kind), text(Sms.SENDING))
        .set(of_message(kind, "claim"), text(token))
        .set(of_message(kind, "at"), moment(at))
        # Only one of several deliveries may send: the one that moves it from `pending`.
        .only_if(state_of(kind), text(Sms.PENDING))
        .not_newer()
        .new_when_written()
        .old_when_refused()
    )


def record(
    table: str,
    enrollment: Enrollment,
    kind: MessageKind,
    event: SmsEvent,
    *,
    message_id: str | None,
) -> Write:
    """Return the update that moves a claimed message from `sending` to an event's state."""
    message = enrollment.messages[kind]
    write = (
        update(table, enrollment_key(enrollment.programme, enrollment.recipient.nik))
        .set(state_of(kind), text(event.state))
        .set(of_message(kind, "at"), moment(event.at))
        # The sweep may have given up this claim in the meantime: do not overwrite its result.
        .only_if(state_of(kind), text(Sms.SENDING))
        .only_if(of_message(kind, "claim"), text(message.claim or ""))
        .not_newer()
    )
    if event.state is not Sms.PENDING:
        # The claim is exclusive, so the log cannot have changed since it was read.
        write.set(of_message(kind, "log"), {"L": log_texts((*message.log, event))})
    if message_id is not None:
        write.set(of_message(kind, "id"), text(message_id))
    if event.reason is not None:
        write.set(of_message(kind, "reason"), text(event.reason))
    return write


def change(table: str, wanted: SmsChange) -> Write:
    """Return the update that gives a person's message its new state, and the person a phone."""
    before, kind = wanted.before, wanted.kind
    old, new = before.messages[kind], wanted.after.messages[kind]
    write = (
        update(table, enrollment_key(before.programme, before.recipient.nik))
        .set(state_of(kind), text(new.state))
        .set(of_message(kind, "at"), _moment(new.at))
        .set(of_message(kind, "reason"), _text(new.reason))
        .set(of_message(kind, "billed"), text(billed_text(new.billed)) if new.billed else None)
        # Change only the enrollment that was read, and only if it is still as it was read: its
        # counts move from that state, and another worker may have sent a message in the meantime.
        .only_if("batch", text(before.batch))
        .only_if("row", number(before.row))
        .only_if(state_of(kind), text(old.state))
        .only_if(of_message(kind, "at"), _moment(old.at))
        .only_if("phone", _text(before.recipient.phone))
        .not_newer()
        .old_when_refused()
    )
    if wanted.after.recipient.phone != before.recipient.phone:
        write.set("phone", _text(wanted.after.recipient.phone))
    if new.log != old.log:
        write.set(of_message(kind, "log"), {"L": log_texts(new.log)})
    if new.state is Sms.PENDING:
        write.remove(of_message(kind, "claim"), of_message(kind, "id"))
        if old.id:
            # Receipts of the earlier message still lead to this person: an erasure must find them.
            write.add(of_message(kind, "earlier"), {"SS": [old.id]})
    return write


def was_changed(wanted: SmsChange, stored: Mapping[str, Any]) -> bool:
    """Whether a refused change was made before: its answer was lost, and it was repeated.

    `stored` is the person's item as the refusal returned it; empty if there is none.
    """
    if not stored or is_newer(stored):
        return False
    kind = wanted.kind
    old, new = wanted.before.messages[kind], wanted.after.messages[kind]
    found = messages_of(stored).get(kind)
    if found is None:
        return False
    if new.log != old.log:
        # Later events may follow ours in the stored log; an event is never removed from it.
        return _as_stored(found.log[: len(new.log)]) == _as_stored(new.log)
    return text_of(stored, "phone") == wanted.after.recipient.phone and (
        found.state,
        found.at,
        found.reason,
    ) == (new.state, new.at, new.reason)


def _as_stored(log: Sequence[SmsEvent]) -> list[dict[str, str]]:
    """Return a log with its moments as they are stored: in milliseconds."""
    return log_texts(log)


def reopen(table: str, batch: str) -> Write:
    """Return the update that puts a file back among the unfinished ones."""
    return (
        update(table, batch_key(batch))
        .set("unfinished", text(UNFINISHED))
        .add("reopened", number(1))
        .remove("stuck", "watch")
        # An update creates an absent item: never create half a file.
        .not_newer()
    )


def _text(value: str | None) -> Attribute | None:
    return None if value is None else text(value)


def _moment(value: datetime | None) -> Attribute | None:
    return None if value is None else moment(value)
