"""Made-up people and files for the tests; values that a test does not name are plausible."""

import dataclasses
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast

import msgspec

from chalicelib.domain.file.batch import Batch, BatchStatus, Upload
from chalicelib.domain.file.row import SourceRow
from chalicelib.domain.file.totals import Account
from chalicelib.domain.person.enrollment import Enrollment, Message, MessageKind, first_messages
from chalicelib.domain.person.recipient import Recipient
from chalicelib.domain.person.reference import batch_id, reference
from chalicelib.kinds.recipients.rows import RecipientRow

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PROGRAMME = "sulut-2026"
BUCKET = "payung-test"
Value = TypeVar("Value")
_OF_CONFIRMATION = {
    "sms": "state",
    "sms_at": "at",
    "sms_claim": "claim",
    "sms_message_id": "id",
    "sms_reason": "reason",
    "sms_log": "log",
}
"""The fields of a person's confirmation, by the names that tests use."""


def replace(value: Value, **changes: object) -> Value:
    """Return a value with changes, as Python 3.13's `copy.replace` does: dataclass or struct."""
    if isinstance(value, Enrollment):
        changes = _with_confirmation(value, changes)
    if isinstance(value, msgspec.Struct):
        return cast("Value", msgspec.structs.replace(value, **changes))
    return cast("Value", dataclasses.replace(cast("Any", value), **changes))


def _with_confirmation(person: Enrollment, changes: dict[str, Any]) -> dict[str, Any]:
    """Return changes in which those of the confirmation are one of `messages`."""
    of_it = {name: changes[each] for each, name in _OF_CONFIRMATION.items() if each in changes}
    if not of_it:
        return changes
    message = replace(person.messages[MessageKind.ENROLLED], **of_it)
    rest = {name: value for name, value in changes.items() if name not in _OF_CONFIRMATION}
    return rest | {"messages": {**person.messages, MessageKind.ENROLLED: message}}


def confirmation_of(person: Enrollment) -> Message:
    """Return a person's confirmation."""
    return person.messages[MessageKind.ENROLLED]


def a_nik(number: int = 1) -> str:
    """Return the NIK of made-up person `number` (from 1): a woman or man of Manado, born 1980."""
    month, serial = divmod(number, 9999)
    return f"717101{17:02d}{month % 12 + 1:02d}80{serial + 1:04d}"


def a_recipient(number: int = 1, **changes: Any) -> Recipient:
    values: dict[str, Any] = {
        "nik": a_nik(number),
        "name": f"Maria Contoh {_letters(number)}",
        "aid": 1_200_000,
        "phone": f"+62812{number:08d}",
        "birth_date": None,
    }
    return Recipient(**(values | changes))


def an_enrollment(number: int = 1, *, batch: str = "7K3M9QX2", **changes: Any) -> Enrollment:
    row = int(changes.pop("row", number + 1))
    who: Recipient = changes.pop("recipient", None) or a_recipient(number)
    values: dict[str, Any] = {
        "programme": PROGRAMME,
        "recipient": who,
        "bank": "002",
        "scheme": "BPUM",
        "batch": batch,
        "chunk": 1,
        "row": row,
        "reference": reference(batch, row),
        "premium": 33_600,
        "rule": "PP 44/2015",
        "income_used": 1_000_000,
        "starts": date(2026, 11, 22),
        "ends": date(2027, 2, 21),
        "day": date(2026, 11, 22),
        "counted_regency": who.nik[:4],
        "enrolled_at": NOW,
        "messages": first_messages(reachable=who.phone is not None),
    }
    made = Enrollment(**(values | {k: v for k, v in changes.items() if k not in _OF_CONFIRMATION}))
    return replace(made, **{k: v for k, v in changes.items() if k in _OF_CONFIRMATION})


def an_account(enrollment: Enrollment | None = None) -> Account:
    """Return the account of an enrollment; by default that of `an_enrollment`."""
    of = enrollment or an_enrollment()
    return Account(of.programme, of.bank, of.scheme, of.day)


def an_upload(key: str = "incoming/002/BPUM/penerima.csv", version: str = "v1") -> Upload:
    return Upload(bucket=BUCKET, key=key, version=version, size=100, at=NOW)


def a_batch(key: str = "incoming/002/BPUM/penerima.csv", **changes: Any) -> Batch:
    upload: Upload = changes.pop("upload", None) or an_upload(key)
    values: dict[str, Any] = {
        "id": batch_id(upload.bucket, upload.key, upload.version),
        "upload": upload,
        "bank": "002",
        "scheme": "BPUM",
        "received_at": NOW,
        "status": BatchStatus.RECEIVED,
        "chunk_rows": 1980,
    }
    return Batch(**(values | changes))


def a_row(number: int = 1, *, line: int | None = None, **changes: Any) -> RecipientRow:
    who: Recipient = changes.pop("recipient", None) or a_recipient(number)
    values: dict[str, Any] = {
        "source": SourceRow(line or number + 1, (who.nik, who.name, str(who.aid), who.phone or "")),
        "findings": (),
        "recipient": who,
        "premium": 33_600,
        "rule": "PP 44/2015",
        "income_used": 1_000_000,
    }
    return RecipientRow(**(values | changes))


def _letters(number: int) -> str:
    """Return another surname for each number, so that people have clearly different names."""
    syllables = ("ka", "lo", "mi", "ra", "tu", "se", "wo", "ne", "pa", "gi")
    return "".join(syllables[int(digit)] for digit in f"{number:04d}").title()
