"""Parallel workers on DynamoDB's real engine; bucket, queues and carrier are in memory."""

import os
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chalicelib.adapters.dynamodb.batches import DynamoBatches
from chalicelib.adapters.dynamodb.enrollments import DynamoEnrollments
from chalicelib.adapters.dynamodb.money.ledger import DynamoLedger
from chalicelib.adapters.dynamodb.money.reversals import DynamoReversals
from chalicelib.deadline import Deadline
from tests.support.builders import NOW
from tests.support.dynamodb_local import make_tables
from tests.support.world import World

_SECONDS = 120
_FAR = "PAYUNG_RACES_FAR" in os.environ


def some(people: int) -> int:
    """Return how many of so many people, rows or rounds a race has: all in `make test-races`.

    Elsewhere it has a third of them.
    """
    return people if _FAR else people // 3


class RacingWorld(World):
    """All steps over the real tables; each step has a deadline of its own."""

    @property
    def deadline(self) -> Deadline:
        return Deadline(lambda: _SECONDS * 1000)


class CountingCarrier:
    """Takes every message, from many threads."""

    def __init__(self) -> None:
        self.published: Counter[str] = Counter()
        self._lock = threading.Lock()

    def publish(self, phone: str, text: str) -> str:
        with self._lock:
            self.published[phone] += 1
            return f"message-{self.published.total()}"


class Race:
    """Two tables, and as many workers on them as a test wants."""

    def __init__(self, dynamodb: Any) -> None:
        people, files = make_tables(dynamodb)
        self.enrollments = DynamoEnrollments(dynamodb, table=people, batches_table=files)
        self.ledger = DynamoLedger(dynamodb, table=people, batches_table=files)
        self.batches = DynamoBatches(dynamodb, table=files)
        self.reversals = DynamoReversals(dynamodb, table=people, batches_table=files)
        self.carrier = CountingCarrier()
        self.world = RacingWorld(now=NOW, chunk_rows=some(200), sms_sender=self.carrier)
        self.world.enrollments, self.world.batches = self.enrollments, self.batches
        self._dynamodb, self._people, self._files = dynamodb, people, files

    def people(self) -> list[dict[str, Any]]:
        return self._items(self._people)

    def files(self) -> list[dict[str, Any]]:
        return [item for item in self._items(self._files) if item["part"]["S"] == "batch"]

    def at_once(self, jobs: Sequence[Callable[[], Any]]) -> list[Any]:
        """Start all of these at the same moment; return their results, in order.

        Raises:
            Exception: the first of them that raised.
        """
        start = threading.Barrier(len(jobs))

        def run(job: Callable[[], Any]) -> Any:
            start.wait()
            return job()

        with ThreadPoolExecutor(len(jobs)) as pool:
            return [future.result() for future in [pool.submit(run, job) for job in jobs]]

    def _items(self, table: str) -> list[dict[str, Any]]:
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]
