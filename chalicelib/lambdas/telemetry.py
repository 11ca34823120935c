"""Logs and metrics, through Powertools: structured, and never with a NIK, a name or a number.

Metrics are printed in CloudWatch's embedded format, by `service` and `stage`. They show how a run
goes. A process that dies after its work loses its metrics: exact counts are in the tables.
"""

import json
import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from typing import TYPE_CHECKING, Any, TextIO

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.logging.utils import copy_config_to_registered_loggers
from aws_lambda_powertools.metrics import MetricUnit

from chalicelib.domain.file.batch import Batch, BatchStatus, ChunkProgress
from chalicelib.lambdas import wiring

if TYPE_CHECKING:
    from chalicelib.steps.gate import GateStatus
    from chalicelib.steps.notify import SendCounts
    from chalicelib.steps.receipts import ReceiptCounts
    from chalicelib.steps.report import ReportResult
    from chalicelib.steps.sweeping.overdue import UnconfirmedCounts
    from chalicelib.steps.sweeping.sweep import SweepCounts


def _strip(record: logging.LogRecord) -> None:
    """Keep only the kind of an exception: the text of a foreign one may hold personal data."""
    if record.exc_info and record.exc_info[0]:
        record.error = record.exc_info[0].__name__
        record.exc_info = record.exc_text = None


class _WithoutTexts(logging.Filter):
    """Strips records for good: no later handler shows the text of an exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        _strip(record)
        return True


class StandardError(logging.StreamHandler[TextIO]):
    """Writes to the standard error of this moment, never an exception's text.

    The runner of the functions keeps its standard output to itself; Lambda takes both to the same
    place. A stream that is replaced or closed later does no harm.
    """

    def __init__(self) -> None:
        """Begin with the standard error of now."""
        super().__init__(sys.stderr)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a stripped copy: the record itself belongs to other handlers, too."""
        self.stream = sys.stderr
        stripped = copy(record)
        _strip(stripped)
        super().emit(stripped)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's own name
        """Report that a line was lost, without its content: that may hold personal data."""
        fault = sys.exc_info()[0]
        lost = {
            "level": "ERROR",
            "message": "a log line could not be written",
            "logger": record.name,
            "at": f"{record.pathname}:{record.lineno}",
            "error": fault.__name__ if fault else None,
        }
        # The last resort: where this stream is closed too, there is no place left to write to.
        with suppress(ValueError, OSError):
            if sys.__stderr__ is not None:
                sys.__stderr__.write(json.dumps(lost) + "\n")


# Python prints a record's arguments to standard error where a handler fails. Those of libraries may
# hold personal data, so the process never prints them.
logging.raiseExceptions = False
logger = Logger(service="payung", logger_handler=StandardError())
# Chalice logs to it, too, and what fails outside an endpoint with all its text.
logger.addFilter(_WithoutTexts())
# The steps log through the standard library, to children of this one.
logging.getLogger("chalicelib").propagate = False
copy_config_to_registered_loggers(logger, include={"chalicelib"})
metrics = Metrics(namespace="payung", service="payung")
_ABOUT = ("function", "request_id", "batch", "chunk")


def request_id() -> str:
    """Return the id of the call that this process handles; empty outside a call."""
    return str(logger.get_current_keys().get("request_id") or "")


def observed(event: Any, get_response: Callable[[Any], Any]) -> Any:
    """Chalice middleware: name the request in every log line, and flush the metrics."""
    context = getattr(event, "context", None) or getattr(event, "lambda_context", None)
    logger.append_keys(
        function=getattr(context, "function_name", None),
        request_id=getattr(context, "aws_request_id", None),
    )
    try:
        response = get_response(event)
        if isinstance(response, dict) and (failed := response.get("batchItemFailures")):
            count("FailedMessages", len(failed))
        return response
    finally:
        if conflicts := wiring.take_conflicts():
            count("Conflicts", conflicts)
        if metrics.metric_set:
            metrics.add_dimension(name="stage", value=wiring.world().stage)
            metrics.flush_metrics()
            metrics.clear_metrics()  # flushing keeps them where metrics are disabled
        logger.remove_keys(_ABOUT)


def about(batch: str, chunk: int | None = None) -> None:
    """Name the file and the chunk in every later log line of this request."""
    known = {"batch": batch, "chunk": chunk}
    logger.remove_keys(known)
    logger.append_keys(**{name: value for name, value in known.items() if value is not None})


def count(name: str, value: float = 1) -> None:
    """Add to a metric that counts."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Measure the seconds of a block that ends without an exception."""
    began = time.perf_counter()
    yield
    _took(name, time.perf_counter() - began)


def count_limited() -> None:
    """Count a request that a limit of a user or a bank refused."""
    count("LimitedRequests")


def count_files(read: Sequence[Batch]) -> None:
    """Count files that were read to their end, and those of them that are refused."""
    if read:
        count("ReceivedFiles", len(read))
        count("RefusedFiles", sum(each.status is BatchStatus.REFUSED for each in read))


OF_OTHER_BANKS = "duplicate_other_bank"
"""The code of rows whose person another bank has enrolled: no kind of file is imported here."""


def count_chunk(closed: ChunkProgress | None) -> None:
    """Count the rows of a chunk that was closed now, by how they ended."""
    if closed is None:
        return
    count("AcceptedRows", closed.tally.accepted)
    count("DuplicateRows", closed.tally.duplicate)
    count("OtherBankRows", closed.tally.codes.get(OF_OTHER_BANKS, 0))
    count("ConflictRows", closed.tally.conflict)
    count("RejectedRows", closed.tally.rejected)
    count("PremiumRupiah", closed.tally.premium_total)


def count_messages(counts: "SendCounts") -> None:
    """Count the messages of a job, by how they ended."""
    for name, value in (
        ("SentSms", counts.sent),
        ("FailedSms", counts.failed),
        ("UnknownSms", counts.unknown),
        ("HeldSms", counts.held),
        ("PostponedSms", counts.postponed),
    ):
        if value:
            count(name, value)


def count_report(result: "ReportResult") -> None:
    """Count a file that was completed now, its seconds, and the receipts that never came."""
    if batch := result.completed:
        count("CompletedFiles")
        _took("FileSeconds", (wiring.now() - batch.received_at).total_seconds())
    if result.awaited:
        count("AwaitedSms", result.awaited)
        count("SilentSms", result.silent)


def count_resent(messages: int) -> None:
    """Count the failed messages that were ordered again."""
    if messages:
        count("ResentSms", messages)


def count_reversed(people: int) -> None:
    """Count the people whose step a reversal took back."""
    if people:
        count("ReversedPeople", people)


def count_sweep(counts: "SweepCounts") -> None:
    """Count files that are unfinished, were helped, are stuck, given up, or were not checked."""
    count("UnfinishedFiles", counts.unfinished)
    count("HelpedFiles", counts.helped)
    count("StuckFiles", counts.stuck)
    count("GivenUpFiles", counts.given_up)
    count("FaultyFiles", counts.faulty)
    count("UnconfirmedSms", counts.unconfirmed)


def count_unconfirmed(counts: "UnconfirmedCounts | None") -> None:
    """Record how many banks have not confirmed in time, and how many people wait for that."""
    if counts:
        count("OverdueBanks", counts.banks)
        count("OverduePeople", counts.people)


def count_gate(status: "GateStatus") -> None:
    """Record whether messages may go out, and the reserved share of the month's budget."""
    count("SmsGateOpen", int(status.open))
    if status.budget_share is not None:
        metrics.add_metric(
            name="SmsBudgetShare", unit=MetricUnit.Percent, value=status.budget_share * 100
        )


def count_receipts(counts: "ReceiptCounts") -> None:
    """Count the carriers' receipts, by what they said."""
    for name, value in (
        ("DeliveredSms", counts.delivered),
        ("FailedSms", counts.failed),
        ("RepeatedReceipts", counts.repeated),
        ("UnknownReceipts", counts.unknown),
        ("MalformedReceipts", counts.malformed),
    ):
        count(name, value)


def _took(name: str, seconds: float) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Seconds, value=seconds)


def quiet(level: int = logging.WARNING) -> None:
    """Log nothing below a level: for command lines."""
    logger.setLevel(level)
    logging.getLogger("chalicelib").setLevel(level)
