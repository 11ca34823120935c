"""Files: their state and chunks, who reads them, and the objects of the bucket."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from chalicelib.domain.file.batch import Batch, BatchStatus, ChunkProgress, Watch
from chalicelib.domain.file.totals import Totals
from chalicelib.domain.money.balance import Moved


class Batches(Protocol):
    """The files and their chunks."""

    def claim(self, batch: Batch) -> Batch:
        """Store the batch if it is new; return the stored batch."""

    def get(self, batch: str) -> Batch | None:
        """Return a batch; None if there is none with that id."""

    def advance(self, batch: Batch, expected: BatchStatus) -> bool:
        """Store the batch's new state, only if its status is `expected`; else False.

        What others keep at the file (`watch`, `stuck`, `sealed`, `moved`, the counts) stays.
        """

    def claim_fingerprint(self, batch: Batch) -> str:
        """Claim the rows' fingerprint for this batch; return the id of the batch that has it."""

    def take_over_fingerprint(self, batch: Batch, owner: str) -> bool:
        """Give the fingerprint to this batch, only if `owner` still has it; else False."""

    def chunk(self, batch: str, number: int) -> ChunkProgress:
        """Return how far a chunk is; a chunk that was not begun is at its first row."""

    def chunks(self, batch: str) -> list[ChunkProgress]:
        """Return the chunks that were begun, in their order."""

    def unfinished_files(self) -> list[Batch]:
        """Return the files that still need work of ours, the earliest received first.

        It takes few calls, however many they are.
        """

    def progress(self, files: Sequence[Batch]) -> dict[str, list[ChunkProgress]]:
        """Return the begun chunks of each of these files, in their order, by the file's id.

        It takes one call for each hundred chunks.
        """

    def close_chunk(self, batch: str, number: int, *, rows: int) -> bool:
        """Mark a chunk done that is at its last row; False if it is done already."""

    def give_up(self, batch: str, reason: str) -> bool:
        """Give up a file that is being applied, for good; False if it is not at that state.

        The rows that are not applied yet are rejected, and its results are final.
        """

    def lose_chunk(self, batch: Batch, progress: ChunkProgress) -> bool:
        """End a chunk whose rows cannot be read any more.

        False, and nothing is written, if the chunk is no longer as it was read.
        """

    def seal(self, batch: str) -> Batch | None:
        """End takeovers from a file before its results are written; return the file as it is then.

        None if there is no such file.
        """

    def unfinished(self) -> list[str]:
        """Return the ids of files that still need work of ours, the earliest received first."""

    def watch(self, batch: str, watch: Watch, *, stuck: str | None) -> None:
        """Store what the sweep saw of an unfinished file; nothing if it is finished by now."""

    def finish(self, batch: Batch, *, receipts_due: datetime | None = None) -> None:
        """Take a file that needs no more work out of the unfinished ones.

        With `receipts_due` the file waits for receipts until then; a time that was set before
        stays. Nothing changes if the file was opened again since `batch` was read.
        """

    def note_correction(self, batch: str, *, by: str) -> None:
        """Note at a file that another one has corrected rows of it; safe to repeat."""

    def await_receipts(self, batch: str, until: datetime) -> None:
        """Set when a file is next checked for overdue receipts; nothing if it is finished."""

    def awaiting_receipts(self) -> list[str]:
        """Return the ids of files that only wait for carriers' receipts."""

    def of_bank(self, bank: str, *, before: datetime | None = None, limit: int = 50) -> list[Batch]:
        """Return a bank's files received at `before` or earlier, the latest first."""

    def moved(self, batch: str) -> Moved:
        """Return how far the premiums of a file of recipients have moved since enrolling."""

    def totals(self, programme: str) -> list[Totals]:
        """Return the totals of a programme, one for each account."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A function's claim, which ends by itself when the function must have ended (UTC)."""

    claim: str
    until: datetime


class Readers(Protocol):
    """Which files are being read, so that no file and no bank holds up all readers.

    All calls are safe to repeat with the same lease.
    """

    def take(self, bank: str, lease: Lease, *, now: datetime, share: int) -> bool:
        """Take one of a bank's `share` readers; False if all of them are taken."""

    def free(self, bank: str, lease: Lease, *, share: int) -> None:
        """Give a bank's reader back; nothing if the lease has none."""

    def begin(self, batch: str, lease: Lease, *, now: datetime) -> int:
        """Note that the reading of a file begins; return how many earlier ones were cut off.

        A reading was cut off if its lease is over and `end` was not called: its function was ended
        from outside, or ran out of time. 0 for a file that is not `splitting`.
        """

    def end(self, batch: str, lease: Lease) -> None:
        """Note that a reading ended in good order, or through no fault of the file."""


class Objects(Protocol):
    """The bucket."""

    def fetch(self, key: str, version: str | None, into: BinaryIO) -> Mapping[str, str]:
        """Copy an object into a file, from its start; return its metadata (lower-case names).

        Earlier content of the file is removed, and its position is 0 afterwards.

        Raises:
            ObjectMissing: there is no such object, or no longer.
        """

    def read(self, key: str) -> bytes:
        """Return a small object whole.

        Raises:
            ObjectMissing: there is no such object, or no longer.
        """

    def write(
        self, key: str, body: bytes, *, content_type: str, unless_there: bool = False
    ) -> None:
        """Store a small object; with `unless_there`, an existing object stays as it is."""

    def writer(self, key: str, *, content_type: str) -> AbstractContextManager[BinaryIO]:
        """Return a file to write a large object into; it appears when closed without an error.

        What was written cannot be written again, so the adapter repeats the calls behind the file.
        """

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""

    def keys(self, prefix: str) -> list[str]:
        """Return the names that begin with a prefix, in their order."""
