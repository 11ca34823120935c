"""The objects in which one step hands the rows of a chunk to the next: gzip of JSON lines.

A row object holds each row as it stands in the file together with how it was judged; an outcome
object holds, line for line, what became of it. Both are written anew by a retry, with the same
bytes.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from chalicelib.domain.codes import Finding
from chalicelib.domain.outcome import Disposition, Outcome
from chalicelib.domain.recipient import Recipient, SourceRow
from chalicelib.domain.settlement import JudgedRow
from chalicelib.errors import ObjectMalformed

CONTENT_TYPE = "application/gzip"

Record = TypeVar("Record")

# One for all: json.dumps would make another for each record.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Elsewhere(Enum):
    """Where a line is looked for that is not in a row object; `BEHIND` may also be nowhere."""

    BEFORE = "before"
    BEHIND = "behind"


def header_key(batch: str) -> str:
    """Where the file's own header is kept."""
    return f"work/{batch}/header.json"


def rows_folder(batch: str) -> str:
    """Where all rows of a file are kept."""
    return f"work/{batch}/rows/"


def rows_key(batch: str, chunk: int) -> str:
    """Where a chunk's rows are kept."""
    return f"{rows_folder(batch)}{chunk:05d}.jsonl.gz"


def outcomes_key(batch: str, chunk: int) -> str:
    """Where a chunk's outcomes are kept."""
    return f"work/{batch}/outcomes/{chunk:05d}.jsonl.gz"


def encode_rows(rows: Iterable[JudgedRow]) -> bytes:
    """Return the row object of these rows."""
    return _pack([_row_to_json(row) for row in rows])


def decode_rows(body: bytes) -> list[JudgedRow]:
    """Return the rows of a row object.

    Raises:
        ObjectMalformed: it is none.
    """
    return _unpack(body, _row_from_json)


def find_row(body: bytes, line: int) -> JudgedRow | Elsewhere:
    """Return the row that begins at a line of the file, out of a row object; no other is parsed.

    Raises:
        ObjectMalformed: it is none.
    """
    try:
        rows = b"\n" + gzip.decompress(body)
        # No record holds a line break, so this is where one begins.
        start = rows.find(b"\n[%d," % line)
        if start >= 0:
            end = rows.find(b"\n", start + 1)
            return _row_from_json(json.loads(rows[start + 1 : end if end > 0 else None]))
        first = int(rows[2 : rows.index(b",")])
    except (OSError, EOFError, zlib.error, ValueError, TypeError, KeyError):
        raise ObjectMalformed("a chunk object does not parse") from None
    return Elsewhere.BEFORE if line < first else Elsewhere.BEHIND


def encode_outcomes(outcomes: Iterable[Outcome]) -> bytes:
    """Return the outcome object of these outcomes."""
    return _pack([_outcome_to_json(outcome) for outcome in outcomes])


def decode_outcomes(body: bytes) -> list[Outcome]:
    """Return the outcomes of an outcome object.

    Raises:
        ObjectMalformed: it is none.
    """
    return _unpack(body, _outcome_from_json)


def encode_header(header: Sequence[str], *, surplus: bool) -> bytes:
    """Return the header object; `surplus` says that some row is wider than the header."""
    return json.dumps({"header": header, "surplus": surplus}, ensure_ascii=False).encode()


def decode_header(body: bytes) -> tuple[list[str], bool]:
    """Return the header, and whether some row is wider.

    Raises:
        ObjectMalformed: it is none.
    """
    try:
        told = json.loads(body)
        return [str(each) for each in told["header"]], bool(told["surplus"])
    except (ValueError, TypeError, KeyError):
        raise ObjectMalformed("a header object does not parse") from None


def _pack(records: list[list[Any]]) -> bytes:
    lines = "\n".join(map(_encode, records))
    # A fixed time stamp, so that a retry writes the same bytes.
    return gzip.compress(lines.encode(), compresslevel=1, mtime=0)


def _unpack(body: bytes, read: Callable[[list[Any]], Record]) -> list[Record]:
    # The cause is left out on purpose: a JSON error's text may show a person's row.
    try:
        return [read(json.loads(line)) for line in gzip.decompress(body).split(b"\n") if line]
    except (OSError, EOFError, zlib.error, ValueError, TypeError, KeyError):
        raise ObjectMalformed("a chunk object does not parse") from None


def _row_to_json(row: JudgedRow) -> list[Any]:
    who = row.recipient
    person = who and [
        who.nik,
        who.name,
        who.aid,
        who.phone,
        who.birth_date and who.birth_date.isoformat(),
        who.sex,
        who.regency,
        who.income,
    ]
    return [
        row.source.line,
        row.source.cells,
        [finding.to_json() for finding in row.findings],
        person,
        [row.premium, row.rule, row.income] if who else None,
        row.first,
    ]


def _row_from_json(record: list[Any]) -> JudgedRow:
    line, cells, findings, person, terms, first = record
    recipient = None
    if person:
        nik, name, aid, phone, born, sex, regency, income = person
        recipient = Recipient(
            nik, name, aid, phone, born and date.fromisoformat(born), sex, regency, income
        )
    premium, rule, income = terms or (0, "", 0)
    return JudgedRow(
        source=SourceRow(line, tuple(cells)),
        findings=tuple(Finding.from_json(each) for each in findings),
        recipient=recipient,
        premium=premium,
        rule=rule,
        income=income,
        first=first,
    )


def _outcome_to_json(outcome: Outcome) -> list[Any]:
    return [
        outcome.line,
        outcome.disposition.value,
        [finding.to_json() for finding in outcome.findings],
        outcome.premium,
        outcome.aid,
        outcome.starts and outcome.starts.isoformat(),
        outcome.ends and outcome.ends.isoformat(),
        outcome.reference,
        outcome.rule,
        outcome.sms_possible,
    ]


def _outcome_from_json(record: list[Any]) -> Outcome:
    line, disposition, findings, premium, aid, starts, ends, reference, rule, possible = record
    return Outcome(
        line=line,
        disposition=Disposition(disposition),
        findings=tuple(Finding.from_json(each) for each in findings),
        premium=premium,
        aid=aid,
        starts=starts and date.fromisoformat(starts),
        ends=ends and date.fromisoformat(ends),
        reference=reference,
        rule=rule,
        sms_possible=possible,
    )
