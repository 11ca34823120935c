"""The protocols that a kind of file implements, one for each stage of processing.

A kind imports the module of a stage only when a step asks for that stage. So a process loads only
the code of its own function: the function that applies rows never loads the code that judges them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Generic, NamedTuple, Protocol, TypeVar
from zoneinfo import ZoneInfo

from chalicelib.adapters.ports import Batches, Clock, Enrollments, Ledger, Objects
from chalicelib.domain.agreements.bank import Bank
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.file.batch import Batch, SmsEstimate
from chalicelib.domain.file.control import Bounds
from chalicelib.domain.file.guard import Said
from chalicelib.domain.file.outcome import Disposition, Outcome
from chalicelib.domain.file.row import JudgedRow, SourceRow
from chalicelib.domain.findings.catalogue import Catalogue
from chalicelib.domain.findings.explanation import Explanation
from chalicelib.domain.findings.finding import Finding
from chalicelib.domain.messages.sending import Sending
from chalicelib.domain.record import Record
from chalicelib.files.write import Remark, ResultCells

from .chunk_store import ChunkStore

Row_co = TypeVar("Row_co", bound=JudgedRow, covariant=True)


class Judged(Record, Generic[Row_co], frozen=True):
    """A judged row, with the values that the checks of the whole file need.

    `amount` (whole rupiah) counts for control totals; None if it cannot be read. `fit` means that
    the row has no error. `nik` is the NIK if it could be read, also in a rejected row; None in a
    kind without NIKs, and if the guard confirms the NIK. `beside` is whether another long number of
    the row ends in 0; None if the row has none. `rounded` means that the guard shows a rounded NIK.
    `good` means that the row states a success: a total may be that of such rows alone.
    """

    row: Row_co
    amount: int | None
    fit: bool
    nik: str | None = None
    beside: bool | None = None
    rounded: bool = False
    good: bool = False


class RowJudge(Protocol):
    """Judges the rows of one file, in file order."""

    def __call__(self, source: SourceRow, ordinal: int, said: Said | None, /) -> Judged[JudgedRow]:
        """Return the row with its judgement.

        `ordinal` is the row's index, from 0. `said` is what payung wrote in the row, if the row
        comes from a result file.
        """


@dataclass(frozen=True, slots=True)
class FileToRead:
    """A file to read, with everything that its kind can need.

    `batches` and `objects` have the earlier files, with which its rows may be compared.
    """

    batch: Batch
    bank: Bank
    agreements: Agreements
    sending: Sending
    batches: Batches
    objects: Objects


class Reading(Protocol):
    """One reading of one file."""

    @property
    def programme(self) -> str | None:
        """The programme that the file belongs to; None if the kind needs no programme."""

    @property
    def timezone(self) -> ZoneInfo:
        """The time zone of the days in messages."""

    @property
    def bounds(self) -> Bounds:
        """The least and the most (whole rupiah) that the amount of one row can be."""

    def judge(self, columns: Mapping[str, int], *, width: int, doubtful: bool = False) -> RowJudge:
        """Return the judge of a file with these columns; `width` is the width of the header.

        `doubtful` means that the file has few NIKs, which all end in 0: each may be rounded.
        """

    def warnings(self) -> Sequence[Finding]:
        """Return the warnings about the file that its judged rows give rise to."""

    def estimate(self) -> SmsEstimate | None:
        """Return the estimate for the messages of the judged rows; None if none are sent."""

    def again(self) -> "Reading | None":
        """Return a reading that knows what only the whole file shows; None if one is enough."""


class ChunkPorts(Protocol):
    """The ports of a step that applies chunks."""

    @property
    def objects(self) -> Objects:
        """The bucket."""

    @property
    def batches(self) -> Batches:
        """The files."""

    @property
    def enrollments(self) -> Enrollments:
        """The people."""

    @property
    def ledger(self) -> Ledger:
        """The premiums."""

    @property
    def agreements(self) -> Agreements:
        """The programmes and banks."""

    @property
    def clock(self) -> Clock:
        """The time."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk (from 1) of a file to apply, with everything that its kind can need."""

    batch: Batch
    number: int
    objects: Objects
    batches: Batches
    enrollments: Enrollments
    ledger: Ledger
    agreements: Agreements
    clock: Clock

    @classmethod
    def of(cls, batch: Batch, number: int, at: ChunkPorts) -> "Chunk":
        """Return a chunk of a file with the ports of the step that applies it."""
        return cls(
            batch=batch,
            number=number,
            objects=at.objects,
            batches=at.batches,
            enrollments=at.enrollments,
            ledger=at.ledger,
            agreements=at.agreements,
            clock=at.clock,
        )


@dataclass(frozen=True, slots=True)
class Applied:
    """The outcomes of all rows of a chunk, and the NIKs of the people to send a message to.

    `changed` has the ids of other files whose figures these rows have changed.
    """

    outcomes: Sequence[Outcome]
    to_notify: Sequence[str] = ()
    changed: Collection[str] = ()


class Applying(Protocol):
    """One run over the rows of one chunk."""

    @property
    def rows(self) -> int:
        """How many rows the chunk has."""

    def apply(self, start: int) -> int | None:
        """Apply the rows from index `start`, as many as fit into one transaction.

        The transaction moves the chunk's checkpoint and counts together with what the rows do.
        Returns the index after these rows. Returns None and writes nothing if another run has moved
        the chunk.
        """

    def give_up(self, start: int) -> int | None:
        """End the chunk at index `start` without applying its other rows; they are rejected.

        The transaction counts those rows like `apply`, as `not_processed`, and sets the
        checkpoint's `gives_up`. Returns the number of rows of the chunk. Returns None and writes
        nothing if another run has moved the chunk.
        """

    def applied(self) -> Applied:
        """Return the outcomes of all rows, including those that an earlier run applied."""


class Result(NamedTuple):
    """One row of a result file: the unchanged row, and the cells that payung adds.

    `remarks` are comments on cells. Only the first rows of a workbook show them. `form` has the
    row's cells in the kind's form; None for a row that the form leaves out.
    """

    source: SourceRow
    disposition: Disposition
    cells: ResultCells
    remarks: Sequence[Remark] = ()
    form: Sequence[str] | None = None


class Reporting(Protocol):
    """The content of the result files of a kind."""

    def results(self, batch: Batch, chunk: int) -> Iterator[Result]:
        """Iterate over the results of a chunk, in the order of its rows.

        Raises:
            Poison: an object that an earlier step wrote is missing or broken.
        """


@dataclass(frozen=True, slots=True)
class Codes:
    """A kind's own codes, and their explanations in the guide's order.

    `common` has the texts of codes that every kind has, where this kind says something else.
    """

    names: type[StrEnum]
    explanations: Mapping[str, Explanation]
    common: Mapping[str, Explanation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GuideSection:
    """A kind's section of the guide: its title, and a hint about the content of each column.

    A column without a hint is returned unchanged.
    """

    title: str
    hints: Mapping[str, str]


class Kind(Protocol):
    """One kind of file."""

    @property
    def name(self) -> str:
        """The kind's name in error texts: the name of its folder here."""

    @property
    def columns(self) -> Path:
        """The path of its `columns.toml`."""

    @property
    def result_columns(self) -> tuple[str, ...]:
        """Its own columns in result files, after the common ones; all begin with `payung_`."""

    @property
    def form(self) -> tuple[str, ...]:
        """The titles of a form that the bank fills in and hands in; empty for none."""

    @property
    def matched(self) -> tuple[str, ...]:
        """What rows of this kind can state about people who are enrolled; empty for nothing."""

    def codes(self) -> Codes:
        """Return its own codes."""

    def guide(self) -> GuideSection:
        """Return its section of the guide."""

    def store(self, objects: Objects) -> ChunkStore[JudgedRow, Outcome]:
        """Return the store of its chunks."""

    def reading(self) -> Callable[[FileToRead], Reading]:
        """Import and return the class that reads a file.

        Its constructor raises `FileRefused` if such a file is not accepted now.
        """

    def applying(self) -> Callable[[Chunk], Applying]:
        """Import and return the class that applies a chunk."""

    def reporting(self) -> Callable[[Objects, Catalogue], Reporting]:
        """Import and return the class that makes results; its catalogue explains the codes."""
