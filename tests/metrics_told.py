"""What CloudWatch would be told: the metrics that are printed meanwhile."""

import io
import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from builders import a_batch

from chalicelib import telemetry
from chalicelib.domain.batch import BatchStatus, ChunkProgress
from chalicelib.gate import Kept
from chalicelib.notify import Told
from chalicelib.receipts import Taken
from chalicelib.report import Reported
from chalicelib.sweep import Swept

_DISABLED = "POWERTOOLS_METRICS_DISABLED"


@dataclass
class Metrics:
    """The metrics, by name, with each value that was told; and what they were told under."""

    printed: io.StringIO = field(default_factory=io.StringIO)

    @property
    def documents(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.printed.getvalue().splitlines() if line]

    @property
    def values(self) -> Mapping[str, list[float]]:
        found: dict[str, list[float]] = defaultdict(list)
        for document in self.documents:
            for each in _described(document)["Metrics"]:
                found[each["Name"]] += document[each["Name"]]
        return found

    @property
    def sums(self) -> Mapping[str, float]:
        return {name: sum(values) for name, values in self.values.items()}

    @property
    def dimensions(self) -> set[tuple[tuple[str, str], ...]]:
        return {
            tuple((name, document[name]) for name in sorted(names))
            for document in self.documents
            for names in _described(document)["Dimensions"]
        }


def _described(document: Mapping[str, Any]) -> Mapping[str, Any]:
    (described,) = document["_aws"]["CloudWatchMetrics"]
    assert described["Namespace"] == "payung"
    return described


@contextmanager
def metrics_told() -> Iterator[Metrics]:
    """Take what is printed for CloudWatch, for a while."""
    before = os.environ.get(_DISABLED)
    os.environ[_DISABLED] = "false"
    told = Metrics()
    try:
        with redirect_stdout(told.printed):
            yield told
    finally:
        if before is None:
            del os.environ[_DISABLED]
        else:
            os.environ[_DISABLED] = before


def in_a_function(do: Callable[[], Any]) -> Any:
    """Do something as a function that is being called does it."""
    context = SimpleNamespace(function_name="payung-test", aws_request_id="r-1")
    return telemetry.observed(SimpleNamespace(context=context), lambda _: do())


def everything_that_is_told() -> Mapping[str, list[float]]:
    """Return every metric that payung has."""
    with metrics_told() as told:
        in_a_function(_count_everything)
        in_a_function(lambda: {"batchItemFailures": [{"itemIdentifier": "m-1"}]})
    return told.values


def _count_everything() -> None:
    telemetry.count_files([a_batch(), a_batch(status=BatchStatus.REFUSED)])
    with telemetry.timed("ChunkSeconds"):
        telemetry.count_chunk(ChunkProgress(1))
    telemetry.count_messages(Told(sent=1, failed=1, unknown=1, held=1, postponed=1))
    telemetry.count_report(Reported(a_batch(), awaited=2, silent=1))
    telemetry.count_resent(1)
    telemetry.count_sweep(Swept())
    telemetry.count_gate(Kept(open=True, budget_share=0.5))
    telemetry.count_receipts(Taken())
