"""The rows and outcomes of a file's chunks in the bucket, with the types of the file's kind."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from chalicelib.adapters import bucket_keys
from chalicelib.adapters.ports import Objects
from chalicelib.domain.file.outcome import Outcome
from chalicelib.domain.file.row import JudgedRow
from chalicelib.errors import ObjectMalformed
from chalicelib.files import work

Row_co = TypeVar("Row_co", bound=JudgedRow, covariant=True)
Outcome_co = TypeVar("Outcome_co", bound=Outcome, covariant=True)


@dataclass(frozen=True, slots=True)
class ChunkStore(Generic[Row_co, Outcome_co]):
    """Reads and writes the chunk objects of one kind's files.

    Chunks count from 1. A method that reads raises `ObjectMissing` if the object does not exist (it
    expired, or the file was refused before its end), and `ObjectMalformed` if it does not parse.
    """

    objects: Objects
    row: type[Row_co]
    outcome: type[Outcome_co]

    def rows(self, batch: str, chunk: int) -> list[Row_co]:
        """Return the rows of a chunk, in file order."""
        return work.decode_rows(self.objects.read(bucket_keys.rows(batch, chunk)), self.row)

    def find_row(self, batch: str, chunk: int, line: int) -> Row_co | work.Elsewhere:
        """Return the row of a chunk that begins at a line of the file; parse no other row."""
        body = self.objects.read(bucket_keys.rows(batch, chunk))
        return work.find_row(body, line, self.row)

    def write_rows(self, batch: str, chunk: int, rows: Sequence[JudgedRow]) -> None:
        """Store the rows of a chunk."""
        self._write(bucket_keys.rows(batch, chunk), work.encode_rows(rows))

    def write_lines(self, batch: str, chunk: int, lines: Iterable[bytes]) -> None:
        """Store the rows of a chunk that are lines already (`work.encode_lines`)."""
        self._write(bucket_keys.rows(batch, chunk), work.pack_rows(lines))

    def chunks_with_rows(self, batch: str) -> Iterator[int]:
        """Iterate over the chunks that have a row object, also those of a refused file."""
        return map(_number, self.objects.keys(bucket_keys.rows_folder(batch)))

    def outcomes(self, batch: str, chunk: int) -> list[Outcome_co]:
        """Return the outcomes of the rows of a chunk, row for row."""
        body = self.objects.read(bucket_keys.outcomes(batch, chunk))
        return work.decode_outcomes(body, self.outcome)

    def settled(self, batch: str, chunk: int) -> list[tuple[Row_co, Outcome_co]]:
        """Return the rows of a chunk, each with its outcome."""
        rows, outcomes = self.rows(batch, chunk), self.outcomes(batch, chunk)
        if [row.source.line for row in rows] != [outcome.line for outcome in outcomes]:
            raise ObjectMalformed("outcomes do not match their rows")
        return list(zip(rows, outcomes, strict=True))

    def write_outcomes(self, batch: str, chunk: int, outcomes: Iterable[Outcome]) -> None:
        """Store the outcomes of the rows of a chunk."""
        self._write(bucket_keys.outcomes(batch, chunk), work.encode_outcomes(outcomes))

    def has_outcomes(self, batch: str, chunk: int) -> bool:
        """Whether the outcomes of a chunk exist."""
        return self.objects.exists(bucket_keys.outcomes(batch, chunk))

    def header(self, batch: str) -> tuple[list[str], bool]:
        """Return the file's own header, and whether some row is wider than it."""
        return work.decode_header(self.objects.read(bucket_keys.header(batch)))

    def write_header(self, batch: str, header: Sequence[str], *, surplus: bool) -> None:
        """Store the file's own header; `surplus` means that some row is wider than it."""
        self.objects.write(
            bucket_keys.header(batch),
            work.encode_header(header, surplus=surplus),
            content_type="application/json",
        )

    def _write(self, key: str, body: bytes) -> None:
        self.objects.write(key, body, content_type=work.CONTENT_TYPE)


def chunks_with_outcomes(objects: Objects, batch: str) -> set[int]:
    """Return the chunks (from 1) of a file, of any kind, that have an outcome object."""
    return set(map(_number, objects.keys(bucket_keys.outcomes_folder(batch))))


def _number(key: str) -> int:
    return int(key.rpartition("/")[2].partition(".")[0])
