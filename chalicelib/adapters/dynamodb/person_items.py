"""Converts people, their messages' pointers and erasures between items and the domain."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from chalicelib.adapters.ports import ErasedPremium
from chalicelib.domain.money.standing import Cover, Leaf
from chalicelib.domain.person.enrollment import (
    Billed,
    Enrollment,
    Erasure,
    Message,
    MessageKind,
    Sms,
    SmsEvent,
)
from chalicelib.domain.person.recipient import Recipient

from .items import VERSION, Item, check_version, expiry, moment, moment_of, moment_text, text_of
from .money.ledger_items import NO_LEAF, leaf_of, leaf_text, line_of

_POINTER_DAYS = 30
"""Days for which a message leads to its person. Carriers send receipts within three days."""


_STATES: Mapping[MessageKind, str] = {
    # Every person has the first, so it has the shortest name: an item has less than a kilobyte.
    MessageKind.ENROLLED: "sms",
    **{kind: f"sms_{kind}" for kind in MessageKind if kind is not MessageKind.ENROLLED},
}
"""The attribute that holds the state of a message of each kind."""


def state_of(kind: MessageKind) -> str:
    """Return the attribute that holds the state of a person's message of that kind.

    The message's other attributes begin with this name: see `of_message`.
    """
    return _STATES[kind]


def of_message(kind: MessageKind, name: str) -> str:
    """Return the attribute of a person's message of that kind: `at`, `claim`, `id`, `log` …."""
    return f"{_STATES[kind]}_{name}"


def enrollment_key(programme: str, nik: str) -> Item:
    """Return the key of a person's enrollment."""
    return {"nik": {"S": nik}, "programme": {"S": programme}}


def enrollment_items(group: Iterable[Enrollment], *, keep_days: int = 0) -> Iterator[Item]:
    """Iterate over the items of enrollments; a None in the domain is an absent attribute.

    Each expires `keep_days` after its cover ends (0: never). Neighbours share about half of their
    attributes: those are converted once for all of them.
    """
    previous: object = None
    shared: Item = {}
    for each in group:
        common = _common_values(each)
        if common != previous:
            previous, shared = common, _shared_attributes(each) | expiry(keep_days, each.ends)
        yield _item(each, shared)


_common_values = attrgetter(
    "programme",
    "bank",
    "scheme",
    "batch",
    "chunk",
    "starts",
    "ends",
    "day",
    "enrolled_at",
    "cover",
    "leaf",
)


def _shared_attributes(enrollment: Enrollment) -> Item:
    leaf = leaf_text(enrollment.leaf)
    return {
        **({"leaf": {"S": leaf}} if leaf else {}),
        "programme": {"S": enrollment.programme},
        "v": {"N": str(VERSION)},
        "bank": {"S": enrollment.bank},
        "scheme": {"S": enrollment.scheme},
        "batch": {"S": enrollment.batch},
        "chunk": {"N": str(enrollment.chunk)},
        "starts": {"S": enrollment.starts.isoformat()},
        "ends": {"S": enrollment.ends.isoformat()},
        "day": {"S": enrollment.day.isoformat()},
        "enrolled_at": moment(enrollment.enrolled_at),
        "cover": {"S": enrollment.cover},
    }


def _item(enrollment: Enrollment, shared: Item) -> Item:
    person = enrollment.recipient
    item: Item = {
        **shared,
        "nik": {"S": person.nik},
        "name": {"S": person.name},
        "aid": {"N": str(person.aid)},
        "row": {"N": str(enrollment.row)},
        "reference": {"S": enrollment.reference},
        "premium": {"N": str(enrollment.premium)},
        "rule": {"S": enrollment.rule},
        "income": {"N": str(enrollment.income_used)},
        "counted_regency": {"S": enrollment.counted_regency},
    }
    for kind, message in enrollment.messages.items():
        item[_STATES[kind]] = {"S": message.state}
    if person.phone is not None:
        item["phone"] = {"S": person.phone}
    if person.birth_date is not None:
        item["birth_date"] = {"S": person.birth_date.isoformat()}
    if person.sex is not None:
        item["sex"] = {"S": person.sex}
    if person.regency is not None:
        item["regency"] = {"S": person.regency}
    if person.declared_income is not None:
        item["declared_income"] = {"N": str(person.declared_income)}
    if enrollment.warned:
        item["warned"] = {"BOOL": True}
    if enrollment.remittance:
        item["remittance"] = {"S": enrollment.remittance}
    if enrollment.held:
        item["held"] = {"BOOL": True}
    return item


_COVERS = {each.value: each for each in Cover}
_NEW = {each.value: Message(state=each) for each in Sms}


def enrollment_of(item: Mapping[str, Any]) -> Enrollment:
    """Return the enrollment that an item holds.

    Raises:
        NewerVersion: newer code wrote it.
    """
    check_version(item)
    born = text_of(item, "birth_date")
    declared = item.get("declared_income")
    return Enrollment(
        programme=item["programme"]["S"],
        recipient=Recipient(
            nik=item["nik"]["S"],
            name=item["name"]["S"],
            aid=int(item["aid"]["N"]),
            phone=text_of(item, "phone"),
            birth_date=date.fromisoformat(born) if born else None,
            sex=text_of(item, "sex"),
            regency=text_of(item, "regency"),
            declared_income=int(declared["N"]) if declared else None,
        ),
        bank=item["bank"]["S"],
        scheme=item["scheme"]["S"],
        batch=item["batch"]["S"],
        chunk=int(item["chunk"]["N"]),
        row=int(item["row"]["N"]),
        reference=item["reference"]["S"],
        premium=int(item["premium"]["N"]),
        rule=item["rule"]["S"],
        income_used=int(item["income"]["N"]),
        starts=date.fromisoformat(item["starts"]["S"]),
        ends=date.fromisoformat(item["ends"]["S"]),
        day=date.fromisoformat(item["day"]["S"]),
        counted_regency=item["counted_regency"]["S"],
        enrolled_at=datetime.fromisoformat(item["enrolled_at"]["S"]),
        cover=_COVERS[item["cover"]["S"]],
        messages=messages_of(item),
        leaf=leaf_of(item),
        ledger=tuple(line_of(each["S"]) for each in item["ledger"]["L"])
        if "ledger" in item
        else (),
        warned="warned" in item,
        held="held" in item,
        earlier=tuple(each["S"] for each in item["earlier"]["L"]) if "earlier" in item else (),
        remittance=text_of(item, "remittance"),
    )


def messages_of(item: Mapping[str, Any]) -> dict[MessageKind, Message]:
    """Return the messages of the person whose item this is."""
    return {kind: _message_of(item, name) for kind, name in _STATES.items() if name in item}


def _message_of(item: Mapping[str, Any], name: str) -> Message:
    state = item[name]["S"]
    if f"{name}_at" not in item and f"{name}_log" not in item:
        return _NEW[state]  # fast path: nothing has happened to it
    log = item.get(f"{name}_log")
    billed = text_of(item, f"{name}_billed")
    return Message(
        state=Sms(state),
        claim=text_of(item, f"{name}_claim"),
        at=moment_of(item, f"{name}_at"),
        id=text_of(item, f"{name}_id"),
        reason=text_of(item, f"{name}_reason"),
        log=tuple(_event_of(each["S"]) for each in log["L"]) if log else (),
        billed=_billed_of(billed) if billed else None,
    )


def billed_text(billed: Billed) -> str:
    """Return the price on a message's receipt, with its month, as one text."""
    return f"{billed.month} {billed.price}"


def _billed_of(body: str) -> Billed:
    month, price = body.split(" ")
    return Billed(month, int(price))


def message_ids(item: Mapping[str, Any]) -> list[str]:
    """Return the carrier's ids of all messages of the person whose item this is."""
    found: list[str] = []
    for name in _STATES.values():
        if f"{name}_id" in item:
            found.append(item[f"{name}_id"]["S"])
        found += item.get(f"{name}_earlier", {"SS": []})["SS"]
    return found


def erasure_key(batch: str, row: int) -> Item:
    """Return the key of the note beside a file about the erased person of a row."""
    return {"batch": {"S": batch}, "part": {"S": f"erased#{row:07d}"}}


def erasure_item(enrollment: Enrollment, erasure: Erasure) -> Item:
    """Return the item that remains of an erased enrollment: what accounts need, and no identity.

    The reference is that of the premium: statements about it still find where it is.
    """
    return {
        **erasure_key(enrollment.batch, enrollment.row),
        "v": {"N": str(VERSION)},
        "reference": {"S": enrollment.reference},
        "programme": {"S": enrollment.programme},
        "premium": {"N": str(enrollment.premium)},
        "aid": {"N": str(enrollment.recipient.aid)},
        "cover": {"S": enrollment.standing.cover},
        "leaf": {"S": enrollment.standing.leaf or NO_LEAF},
        "erased_at": moment(erasure.at),
        "by": {"S": erasure.by},
        "reason": {"S": erasure.reason},
    }


def erased_of(item: Mapping[str, Any]) -> ErasedPremium:
    """Return the premium of an erased person that an item holds.

    Raises:
        NewerVersion: newer code wrote it.
    """
    check_version(item)
    leaf = item["leaf"]["S"]
    return ErasedPremium(
        premium=int(item["premium"]["N"]),
        leaf=None if leaf == NO_LEAF else Leaf(leaf),
    )


def message_key(message_id: str) -> Item:
    """Return the key of the pointer from a message to its person."""
    return {"batch": {"S": f"sms#{message_id}"}, "part": {"S": "sms"}}


def message_id_of(pointer: Mapping[str, Any]) -> str:
    """Return the carrier's id of the message that a pointer is of."""
    return str(pointer["batch"]["S"]).partition("#")[2]


def message_item(message_id: str, enrollment: Enrollment, kind: MessageKind, at: datetime) -> Item:
    """Return the pointer from a message, sent at the moment `at` (UTC), to its person."""
    return {
        **message_key(message_id),
        **enrollment_key(enrollment.programme, enrollment.recipient.nik),
        "kind": {"S": kind},
        "v": {"N": str(VERSION)},
        **expiry(_POINTER_DAYS, at),
    }


def log_texts(log: Sequence[SmsEvent]) -> list[dict[str, str]]:
    """Return the events of a person's messages, each as a compact text."""
    return [{"S": _event_text(each)} for each in log]


def _event_text(event: SmsEvent) -> str:
    values: list[Any] = [moment_text(event.at), event.state.value]
    if event.reason is not None or event.by is not None or event.phone_corrected:
        values += [event.reason, event.by, int(event.phone_corrected)]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _event_of(body: str) -> SmsEvent:
    at, state, *rest = json.loads(body)
    reason, by, corrected = rest or (None, None, 0)
    return SmsEvent(datetime.fromisoformat(at), Sms(state), reason, by, bool(corrected))
