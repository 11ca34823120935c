"""The metrics that are printed for CloudWatch during a test."""

import io
import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from chalicelib.domain.file.batch import BatchStatus, ChunkProgress
from chalicelib.errors import Contended
from chalicelib.lambdas import telemetry, wiring
from chalicelib.steps.gate import GateStatus
from chalicelib.steps.notify import SendCounts
from chalicelib.steps.receipts import ReceiptCounts
from chalicelib.steps.report import ReportResult
from chalicelib.steps.sweeping.overdue import UnconfirmedCounts
from chalicelib.steps.sweeping.sweep import SweepCounts
from tests.support.builders import a_batch

_DISABLED = "POWERTOOLS_METRICS_DISABLED"


@dataclass
class Metrics:
    """The values of each metric, by name, and the dimensions."""

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
    described: Mapping[str, Any]
    (described,) = document["_aws"]["CloudWatchMetrics"]
    assert described["Namespace"] == "payung"
    return described


@contextmanager
def recorded_metrics() -> Iterator[Metrics]:
    """Record the metrics that are printed in a context."""
    metrics = Metrics()
    # Metrics carry the stage, which the template gives to each function.
    stage = os.environ.get("PAYUNG_STAGE", "local")
    given = {_DISABLED: "false", "PAYUNG_STAGE": stage}
    with patch.dict(os.environ, given), redirect_stdout(metrics.printed):
        yield metrics


def in_a_function(do: Callable[[], Any]) -> Any:
    """Run something as one call of a function."""
    context = SimpleNamespace(function_name="payung-test", aws_request_id="r-1")
    return telemetry.observed(SimpleNamespace(context=context), lambda _: do())


def all_metrics() -> Mapping[str, list[float]]:
    """Return the names of all metrics of payung."""
    with recorded_metrics() as metrics:
        in_a_function(_count_everything)
        in_a_function(lambda: {"batchItemFailures": [{"itemIdentifier": "m-1"}]})
    return metrics.values


def _count_everything() -> None:
    telemetry.count_limited()
    telemetry.count_files([a_batch(), a_batch(status=BatchStatus.REFUSED)])
    with telemetry.timed("ChunkSeconds"):
        telemetry.count_chunk(ChunkProgress(1))
    telemetry.count_messages(SendCounts(sent=1, failed=1, unknown=1, held=1, postponed=1))
    telemetry.count_report(ReportResult(a_batch(), awaited=2, silent=1))
    telemetry.count_resent(1)
    telemetry.count_sweep(SweepCounts())
    telemetry.count_unconfirmed(UnconfirmedCounts(banks=1, people=120))
    telemetry.count_reversed(8)
    telemetry.count_gate(GateStatus(open=True, budget_share=0.5))
    telemetry.count_receipts(ReceiptCounts())
    _meet_another_writer()


def _meet_another_writer() -> None:
    """Let a call be in conflict once."""
    conflicts = [Contended("held")]

    def call() -> None:
        if conflicts:
            raise conflicts.pop()

    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)
    wiring.invocation(context).deadline.patiently(call)
