"""Made-up people and files for the tests; whatever a test does not name is plausible."""

import dataclasses
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from chalicelib.domain.batch import Batch, BatchStatus, Upload
from chalicelib.domain.enrollment import Enrollment, Sms
from chalicelib.domain.recipient import Recipient, SourceRow
from chalicelib.domain.reference import batch_id, reference
from chalicelib.domain.settlement import JudgedRow
from chalicelib.domain.totals import Account

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PROGRAMME = "sulut-2026"
BUCKET = "payung-test"


def replace(value: Any, **changes: object) -> Any:
    """Return a value with changes, as Python 3.13's `copy.replace` does: dataclass or struct."""
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(value, **changes)
    return dataclasses.replace(value, **changes)


def a_nik(number: int = 1) -> str:
    """Return the NIK of made-up person `number` (from 1): a woman or man of Manado, born 1980."""
    month, serial = divmod(number, 9999)
    return f"717101{17:02d}{month % 12 + 1:02d}80{serial + 1:04d}"


def a_recipient(number: int = 1, **changes: object) -> Recipient:
    values = {
        "nik": a_nik(number),
        "name": f"Maria Contoh {_letters(number)}",
        "aid": 1_200_000,
        "phone": f"+62812{number:08d}",
        "birth_date": None,
    }
    return Recipient(**(values | changes))


def an_enrollment(number: int = 1, *, batch: str = "7K3M9QX2", **changes: object) -> Enrollment:
    row = int(changes.pop("row", number + 1))
    who = changes.pop("recipient", None) or a_recipient(number)
    values = {
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
        "income": 1_000_000,
        "starts": date(2026, 11, 22),
        "ends": date(2027, 2, 21),
        "day": date(2026, 11, 22),
        "counted_regency": who.nik[:4],
        "enrolled_at": NOW,
        "sms": Sms.PENDING if who.phone else Sms.NOT_POSSIBLE,
    }
    return Enrollment(**(values | changes))


def an_account(enrollment: Enrollment | None = None) -> Account:
    """Return where the totals count an enrollment: by default any that `an_enrollment` makes."""
    of = enrollment or an_enrollment()
    return Account(of.programme, of.bank, of.scheme, of.day)


def an_upload(key: str = "incoming/002/BPUM/penerima.csv", version: str = "v1") -> Upload:
    return Upload(bucket=BUCKET, key=key, version=version, size=100, at=NOW)


def a_batch(key: str = "incoming/002/BPUM/penerima.csv", **changes: object) -> Batch:
    upload = changes.pop("upload", None) or an_upload(key)
    values = {
        "id": batch_id(upload.bucket, upload.key, upload.version),
        "upload": upload,
        "bank": "002",
        "scheme": "BPUM",
        "received_at": NOW,
        "status": BatchStatus.RECEIVED,
        "chunk_rows": 1980,
    }
    return Batch(**(values | changes))


def a_row(number: int = 1, *, line: int | None = None, **changes: object) -> JudgedRow:
    who = changes.pop("recipient", None) or a_recipient(number)
    values = {
        "source": SourceRow(line or number + 1, (who.nik, who.name, str(who.aid), who.phone or "")),
        "findings": (),
        "recipient": who,
        "premium": 33_600,
        "rule": "PP 44/2015",
        "income": 1_000_000,
    }
    return JudgedRow(**(values | changes))


def _letters(number: int) -> str:
    """Return a surname of its own for each number, so that two people are clearly two."""
    syllables = ("ka", "lo", "mi", "ra", "tu", "se", "wo", "ne", "pa", "gi")
    return "".join(syllables[int(digit)] for digit in f"{number:04d}").title()
