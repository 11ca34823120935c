"""The objects in which one step hands the rows of a chunk to the next: gzip of JSON lines.

A row object holds each row as it stands in the file together with how it was judged; an outcome
object holds, line for line, what became of it. Both are written anew by a retry, with the same
bytes.
"""

import gzip
import zlib
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import TypeVar

import msgspec

from chalicelib.domain.outcome import Outcome
from chalicelib.domain.settlement import JudgedRow
from chalicelib.errors import ObjectMalformed

CONTENT_TYPE = "application/gzip"

Record = TypeVar("Record", JudgedRow, Outcome)


class _Header(msgspec.Struct):
    header: list[str]
    surplus: bool


_encoder = msgspec.json.Encoder()
_rows = msgspec.json.Decoder(JudgedRow)
_outcomes = msgspec.json.Decoder(Outcome)
_header = msgspec.json.Decoder(_Header)


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
    return _pack(rows)


def decode_rows(body: bytes) -> list[JudgedRow]:
    """Return the rows of a row object.

    Raises:
        ObjectMalformed: it is none.
    """
    return _unpack(body, _rows)


def find_row(body: bytes, line: int) -> JudgedRow | Elsewhere:
    """Return the row that begins at a line of the file, out of a row object; no other is parsed.

    Raises:
        ObjectMalformed: it is none.
    """
    try:
        rows = b"\n" + gzip.decompress(body)
        if not rows.startswith(b"\n[["):
            raise ValueError("no rows")  # noqa: TRY301  # told below, as all that does not parse
        # No record holds a line break, so this is where one begins.
        start = rows.find(b"\n[[%d," % line)
        if start >= 0:
            end = rows.find(b"\n", start + 1)
            return _rows.decode(rows[start + 1 : end if end > 0 else None])
        first = int(rows[3 : rows.index(b",")])
    except (OSError, EOFError, zlib.error, ValueError):
        raise ObjectMalformed("a chunk object does not parse") from None
    return Elsewhere.BEFORE if line < first else Elsewhere.BEHIND


def encode_outcomes(outcomes: Iterable[Outcome]) -> bytes:
    """Return the outcome object of these outcomes."""
    return _pack(outcomes)


def decode_outcomes(body: bytes) -> list[Outcome]:
    """Return the outcomes of an outcome object.

    Raises:
        ObjectMalformed: it is none.
    """
    return _unpack(body, _outcomes)


def encode_header(header: Sequence[str], *, surplus: bool) -> bytes:
    """Return the header object; `surplus` says that some row is wider than the header."""
    return _encoder.encode(_Header(list(header), surplus))


def decode_header(body: bytes) -> tuple[list[str], bool]:
    """Return the header, and whether some row is wider.

    Raises:
        ObjectMalformed: it is none.
    """
    try:
        told = _header.decode(body)
    except ValueError:
        raise ObjectMalformed("a header object does not parse") from None
    return told.header, told.surplus


def _pack(records: Iterable[Record]) -> bytes:
    # A fixed time stamp, so that a retry writes the same bytes.
    return gzip.compress(_encoder.encode_lines(list(records)), compresslevel=1, mtime=0)


def _unpack(body: bytes, decoder: msgspec.json.Decoder[Record]) -> list[Record]:
    # The cause is left out on purpose: its text may show a person's row.
    try:
        return decoder.decode_lines(gzip.decompress(body))
    except (OSError, EOFError, zlib.error, ValueError):
        raise ObjectMalformed("a chunk object does not parse") from None
