"""The steps over objects on disk, so that memory holds nothing but what a function holds."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from builders import a_batch
from world import World

from bench import made
from chalicelib import report
from chalicelib.domain.outcome import Disposition, Outcome
from chalicelib.domain.recipient import SourceRow
from chalicelib.domain.reference import reference
from chalicelib.domain.settlement import JudgedRow
from chalicelib.files import work
from chalicelib.settings import Settings

__all__ = ["Folder", "World", "to_disk", "written"]

CHUNK_ROWS = int(Settings.model_fields["chunk_rows"].default)  # as deployed


class DiskObjects:
    """`Objects` in a folder; what is fetched is the file given."""

    def __init__(self, folder: Path, upload: Path | None) -> None:
        self.stored: dict[str, bytes] = {}  # where a test's world puts uploads
        self._folder = folder
        self._upload = upload

    def fetch(self, key: str, version: str | None, into: BinaryIO) -> Mapping[str, str]:  # noqa: ARG002  # the protocol's
        if self._upload is None:
            raise ValueError("nothing was uploaded")
        with self._upload.open("rb") as file:
            while block := file.read(1 << 20):
                into.write(block)
        into.seek(0)
        return {}

    def read(self, key: str) -> bytes:
        return self._path(key).read_bytes()

    def write(
        self,
        key: str,
        body: bytes,
        *,
        content_type: str,  # noqa: ARG002  # as above
        unless_there: bool = False,
    ) -> None:
        if not (unless_there and self.exists(key)):
            self._path(key).write_bytes(body)

    @contextmanager
    def writer(self, key: str, *, content_type: str) -> Iterator[BinaryIO]:  # noqa: ARG002  # as above
        with self._path(key).open("wb") as file:
            yield file

    def exists(self, key: str) -> bool:
        return self._path(key).exists()

    def _path(self, key: str) -> Path:
        return self._folder / key.replace("/", "_")


@dataclass(frozen=True, slots=True)
class Folder:
    path: Path

    def objects(self, upload: Path | None = None) -> Any:
        return DiskObjects(self.path, upload)


@contextmanager
def to_disk() -> Iterator[Folder]:
    with tempfile.TemporaryDirectory(prefix="payung-bench-") as name:
        yield Folder(Path(name))


def written(many: int) -> dict[str, Any]:
    """Write the result files of so many rows, whose chunks are on disk."""
    with to_disk() as folder:
        world = World(objects=folder.objects(), chunk_rows=CHUNK_ROWS)
        batch = a_batch(
            rows=many, programme="sulut-2026", chunks=_store(world.objects, a_batch().id, many)
        )
        begun = time.process_time()
        report._write_rows(batch, world.objects, world.deadline)  # noqa: SLF001  # that alone is meant
        return {"rows": many, "seconds": time.process_time() - begun}


def _store(objects: Any, batch: str, many: int) -> int:
    """Store the chunks of so many rows; return how many chunks they are."""
    objects.write(
        work.header_key(batch),
        work.encode_header(made.HEADER, surplus=False),
        content_type="application/json",
    )
    rows = enumerate(made.rows(many), start=2)
    chunk = 0
    while portion := [SourceRow(line, row) for line, row in islice(rows, CHUNK_ROWS)]:
        chunk += 1
        judged = [JudgedRow(source, ()) for source in portion]
        outcomes = [_outcome(batch, source.line) for source in portion]
        for key, body in (
            (work.rows_key(batch, chunk), work.encode_rows(judged)),
            (work.outcomes_key(batch, chunk), work.encode_outcomes(outcomes)),
        ):
            objects.write(key, body, content_type=work.CONTENT_TYPE)
    return chunk


def _outcome(batch: str, line: int) -> Outcome:
    return Outcome(
        line=line,
        disposition=Disposition.ACCEPTED,
        premium=33_600,
        aid=1_200_000,
        starts=date(2026, 11, 22),
        ends=date(2027, 2, 21),
        reference=reference(batch, line),
        sms_possible=True,
    )
