"""The objects that pass the rows of a chunk from one step to the next: gzip of JSON lines.

A row object has each row of the file with its findings. An outcome object has, line for line, the
outcome of each row. A retry writes both again, with the same bytes.
"""

import gzip
import zlib
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import TypeVar

import msgspec

from chalicelib.domain.file.outcome import Outcome
from chalicelib.domain.file.row import JudgedRow, SourceRow
from chalicelib.errors import ObjectMalformed

CONTENT_TYPE = "application/gzip"

Record = TypeVar("Record")
Row = TypeVar("Row", bound=JudgedRow)
KindOutcome = TypeVar("KindOutcome", bound=Outcome)


class _Header(msgspec.Struct):
    header: list[str]
    surplus: bool


class _Source(msgspec.Struct, array_like=True):
    """The part of a row that every kind has; the other fields are not read."""

    source: SourceRow


_encoder = msgspec.json.Encoder()
_header = msgspec.json.Decoder(_Header)


class Elsewhere(Enum):
    """Where to look for a line that is not in a row object; `BEHIND` may also be nowhere."""

    BEFORE = "before"
    BEHIND = "behind"


def encode_rows(rows: Iterable[JudgedRow]) -> bytes:
    """Return the row object of these rows."""
    return _pack(rows)


def encode_lines(rows: Sequence[JudgedRow]) -> bytes:
    """Return rows as lines of a row object, each with its end."""
    return _encoder.encode_lines(rows)


def pack_rows(lines: Iterable[bytes]) -> bytes:
    """Return the row object of these lines."""
    return _compressed(b"".join(lines))


def decode_rows(body: bytes, kind: type[Row]) -> list[Row]:
    """Return the rows of a row object of that kind.

    Raises:
        ObjectMalformed: `body` is not such an object.
    """
    return _unpack(body, msgspec.json.Decoder(kind))


def decode_sources(body: bytes) -> list[SourceRow]:
    """Return the unchanged rows of a row object of any kind.

    Raises:
        ObjectMalformed: `body` is not such an object.
    """
    return [row.source for row in _unpack(body, msgspec.json.Decoder(_Source))]


def find_row(body: bytes, line: int, kind: type[Row]) -> Row | Elsewhere:
    """Return the row of a row object that begins at a line of the file; parse no other row.

    Raises:
        ObjectMalformed: `body` is not such an object.
    """
    try:
        rows = b"\n" + gzip.decompress(body)
        if not rows.startswith(b"\n[["):
            raise ValueError("no rows")  # noqa: TRY301  # caught below, like every parse error
        # No record contains a line break, so each record begins after one.
        start = rows.find(b"\n[[%d," % line)
        if start >= 0:
            end = rows.find(b"\n", start + 1)
            return msgspec.json.Decoder(kind).decode(rows[start + 1 : end if end > 0 else None])
        first = int(rows[3 : rows.index(b",")])
    except (OSError, EOFError, zlib.error, ValueError):
        raise ObjectMalformed("a chunk object does not parse") from None
    return Elsewhere.BEFORE if line < first else Elsewhere.BEHIND


def encode_outcomes(outcomes: Iterable[Outcome]) -> bytes:
    """Return the outcome object of these outcomes."""
    return _pack(outcomes)


def decode_outcomes(body: bytes, kind: type[KindOutcome]) -> list[KindOutcome]:
    """Return the outcomes of an outcome object of that kind.

    Raises:
        ObjectMalformed: `body` is not such an object.
    """
    return _unpack(body, msgspec.json.Decoder(kind))


def encode_header(header: Sequence[str], *, surplus: bool) -> bytes:
    """Return the header object; `surplus` says that some row is wider than the header."""
    return _encoder.encode(_Header(list(header), surplus))


def decode_header(body: bytes) -> tuple[list[str], bool]:
    """Return the header, and whether some row is wider.

    Raises:
        ObjectMalformed: `body` is not such an object.
    """
    try:
        decoded = _header.decode(body)
    except ValueError:
        raise ObjectMalformed("a header object does not parse") from None
    return decoded.header, decoded.surplus


def _pack(records: Iterable[Record]) -> bytes:
    return _compressed(_encoder.encode_lines(list(records)))


def _compressed(content: bytes) -> bytes:
    # A fixed time stamp, so that a retry writes the same bytes.
    return gzip.compress(content, compresslevel=1, mtime=0)


def _unpack(body: bytes, decoder: msgspec.json.Decoder[Record]) -> list[Record]:
    # `from None`, because the text of the cause may show a person's row.
    try:
        return decoder.decode_lines(gzip.decompress(body))
    except (OSError, EOFError, zlib.error, ValueError):
        raise ObjectMalformed("a chunk object does not parse") from None
