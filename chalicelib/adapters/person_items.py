"""The items of the people's table, and those that lead to a person, from and to the domain."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from chalicelib.domain.enrollment import Cover, Enrollment, Erasure, Sms, SmsEvent
from chalicelib.domain.recipient import Recipient

from .expiry import expiry
from .items import (
    VERSION,
    Item,
    check_version,
    moment,
    moment_of,
    moment_text,
    text_of,
)

_POINTER_DAYS = 30
"""How long a message's receipt leads to its person: carriers send it within three days."""


def enrollment_key(programme: str, nik: str) -> Item:
    """Return the key of a person's enrollment."""
    return {"nik": {"S": nik}, "programme": {"S": programme}}


def enrollment_items(group: Iterable[Enrollment], *, keep_days: int = 0) -> Iterator[Item]:
    """Iterate over the items of enrollments; what is None is absent.

    Each may be forgotten that many days after its cover has ended (0: never). What neighbours have
    in common, about half of their attributes, is written once for all of them.
    """
    before: object = None
    shared: Item = {}
    for each in group:
        common = _in_common(each)
        if common != before:
            before, shared = common, _shared(each) | expiry(keep_days, each.ends)
        yield _item(each, shared)


_in_common = attrgetter(
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
)


def _shared(enrollment: Enrollment) -> Item:
    return {
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
    who = enrollment.recipient
    item: Item = {
        **shared,
        "nik": {"S": who.nik},
        "name": {"S": who.name},
        "aid": {"N": str(who.aid)},
        "row": {"N": str(enrollment.row)},
        "reference": {"S": enrollment.reference},
        "premium": {"N": str(enrollment.premium)},
        "rule": {"S": enrollment.rule},
        "income": {"N": str(enrollment.income)},
        "counted_regency": {"S": enrollment.counted_regency},
        "sms": {"S": enrollment.sms},
    }
    if who.phone is not None:
        item["phone"] = {"S": who.phone}
    if who.birth_date is not None:
        item["birth_date"] = {"S": who.birth_date.isoformat()}
    if who.sex is not None:
        item["sex"] = {"S": who.sex}
    if who.regency is not None:
        item["regency"] = {"S": who.regency}
    if who.income is not None:
        item["declared_income"] = {"N": str(who.income)}
    return item


def enrollment_of(item: Mapping[str, Any]) -> Enrollment:
    """Return the enrollment that an item holds.

    Raises:
        NewerVersion: it was written by newer code.
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
            income=int(declared["N"]) if declared else None,
        ),
        bank=item["bank"]["S"],
        scheme=item["scheme"]["S"],
        batch=item["batch"]["S"],
        chunk=int(item["chunk"]["N"]),
        row=int(item["row"]["N"]),
        reference=item["reference"]["S"],
        premium=int(item["premium"]["N"]),
        rule=item["rule"]["S"],
        income=int(item["income"]["N"]),
        starts=date.fromisoformat(item["starts"]["S"]),
        ends=date.fromisoformat(item["ends"]["S"]),
        day=date.fromisoformat(item["day"]["S"]),
        counted_regency=item["counted_regency"]["S"],
        enrolled_at=datetime.fromisoformat(item["enrolled_at"]["S"]),
        cover=Cover(item["cover"]["S"]),
        sms=Sms(item["sms"]["S"]),
        sms_claim=text_of(item, "sms_claim"),
        sms_at=moment_of(item, "sms_at"),
        sms_message_id=text_of(item, "sms_message_id"),
        sms_reason=text_of(item, "sms_reason"),
        sms_log=tuple(_event_of(each["S"]) for each in item["sms_log"]["L"])
        if "sms_log" in item
        else (),
    )


def erasure_item(enrollment: Enrollment, erasure: Erasure) -> Item:
    """Return what is left of an erased enrollment: what it counted for, and nothing of who."""
    return {
        "batch": {"S": enrollment.batch},
        "part": {"S": f"erased#{enrollment.row:07d}"},
        "v": {"N": str(VERSION)},
        "programme": {"S": enrollment.programme},
        "premium": {"N": str(enrollment.premium)},
        "aid": {"N": str(enrollment.recipient.aid)},
        "erased_at": moment(erasure.at),
        "by": {"S": erasure.by},
        "reason": {"S": erasure.reason},
    }


def message_key(message_id: str) -> Item:
    """Return the key under which it is kept whom a message went to."""
    return {"batch": {"S": f"sms#{message_id}"}, "part": {"S": "sms"}}


def message_item(message_id: str, enrollment: Enrollment, at: datetime) -> Item:
    """Return the item that leads from a message, sent `at` that time (UTC), to its person."""
    return {
        **message_key(message_id),
        **enrollment_key(enrollment.programme, enrollment.recipient.nik),
        "v": {"N": str(VERSION)},
        **expiry(_POINTER_DAYS, at),
    }


def log_texts(log: Sequence[SmsEvent]) -> list[dict[str, str]]:
    """Return what became of a person's messages, each event as a compact text."""
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
