"""Runs the steps with objects on disk, so that memory has only what a function would hold."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from bench import made
from chalicelib.adapters import bucket_keys
from chalicelib.deadline import Deadline
from chalicelib.domain.file.outcome import Disposition
from chalicelib.domain.file.row import SourceRow
from chalicelib.domain.person.reference import reference
from chalicelib.files import work
from chalicelib.kinds.recipients.kind import RECIPIENTS
from chalicelib.kinds.recipients.rows import RecipientOutcome, RecipientRow
from chalicelib.kinds.registry import KINDS
from chalicelib.kinds.result_files import write_result_files
from chalicelib.settings import CHUNK_ROWS
from tests.support.builders import a_batch
from tests.support.world import World

__all__ = ["Folder", "World", "to_disk", "written"]


class DiskObjects:
    """`Objects` in a folder. `fetch` reads the given upload."""

    def __init__(self, folder: Path, upload: Path | None) -> None:
        self.stored: dict[str, bytes] = {}  # the test's `World` puts uploads here
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
    """Write the result files of `many` rows whose chunks are on disk."""
    with to_disk() as folder:
        world = World(objects=folder.objects(), chunk_rows=CHUNK_ROWS)
        batch = a_batch(
            rows=many, programme="sulut-2026", chunks=_store(world.objects, a_batch().id, many)
        )
        deadline, chunks = Deadline(lambda: 900_000), range(1, batch.chunks + 1)
        begun = time.process_time()
        write_result_files(batch, RECIPIENTS, world.objects, KINDS.catalogue, deadline, chunks)
        return {"rows": many, "seconds": time.process_time() - begun}


def _store(objects: Any, batch: str, many: int) -> int:
    """Store the chunks of `many` rows; return the number of chunks."""
    objects.write(
        bucket_keys.header(batch),
        work.encode_header(made.HEADER, surplus=False),
        content_type="application/json",
    )
    rows = enumerate(made.rows(many), start=2)
    chunk = 0
    while portion := [SourceRow(line, row) for line, row in islice(rows, CHUNK_ROWS)]:
        chunk += 1
        judged = [RecipientRow(source, ()) for source in portion]
        outcomes = [_outcome(batch, source.line) for source in portion]
        for key, body in (
            (bucket_keys.rows(batch, chunk), work.encode_rows(judged)),
            (bucket_keys.outcomes(batch, chunk), work.encode_outcomes(outcomes)),
        ):
            objects.write(key, body, content_type=work.CONTENT_TYPE)
    return chunk


def _outcome(batch: str, line: int) -> RecipientOutcome:
    return RecipientOutcome(
        line=line,
        disposition=Disposition.ACCEPTED,
        premium=33_600,
        aid=1_200_000,
        starts=date(2026, 11, 22),
        ends=date(2027, 2, 21),
        reference=reference(batch, line),
        sms_possible=True,
    )
