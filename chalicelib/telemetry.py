"""Logs and metrics, through Powertools: structured, and never with a NIK, a name or a number.

Metrics are printed in CloudWatch's embedded format, by `service` and `stage`. They say what this
process did, for people to see how a run goes: a process that dies after its work is done takes its
metrics along. What must be exact is counted in the tables.
"""

import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.logging.utils import copy_config_to_registered_loggers
from aws_lambda_powertools.metrics import MetricUnit

from chalicelib import wiring
from chalicelib.domain.batch import Batch, BatchStatus, ChunkProgress

if TYPE_CHECKING:
    from chalicelib.gate import Kept
    from chalicelib.notify import Told
    from chalicelib.receipts import Taken
    from chalicelib.report import Reported
    from chalicelib.sweep import Swept


class _WithoutTexts(logging.Filter):
    """Leaves of a fault its kind only: the text of a foreign exception may tell of people."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0]:
            record.error = record.exc_info[0].__name__
            record.exc_info = record.exc_text = None
        return True


# Standard error, so that whatever runs the functions keeps its standard output to itself; Lambda
# takes both to the same place.
logger = Logger(service="payung", stream=sys.stderr)
# Chalice logs to it, too, and what breaks outside an endpoint with all its text.
logger.addFilter(_WithoutTexts())
# The steps log through the standard library, to children of this one.
logging.getLogger("chalicelib").propagate = False
copy_config_to_registered_loggers(logger, include={"chalicelib"})
metrics = Metrics(namespace="payung", service="payung")
_ABOUT = ("function", "request_id", "batch", "chunk")


def observed(event: Any, get_response: Callable[[Any], Any]) -> Any:
    """Chalice middleware: name the request in every log line, and send the metrics off."""
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
        if metrics.metric_set:
            metrics.add_dimension(name="stage", value=wiring.world().settings.stage)
            metrics.flush_metrics()
            metrics.clear_metrics()  # where metrics are disabled, flushing leaves them
        logger.remove_keys(_ABOUT)


def about(batch: str, chunk: int | None = None) -> None:
    """Name the file, and the chunk, in every log line of this request from now on."""
    known = {"batch": batch, "chunk": chunk}
    logger.remove_keys(known)
    logger.append_keys(**{name: value for name, value in known.items() if value is not None})


def count(name: str, value: float = 1) -> None:
    """Add to a metric that counts."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Tell how many seconds something took that came to its end."""
    began = time.perf_counter()
    yield
    _took(name, time.perf_counter() - began)


def count_files(read: Sequence[Batch]) -> None:
    """Tell how many files were read to their end, and how many of them are refused."""
    if read:
        count("ReceivedFiles", len(read))
        count("RefusedFiles", sum(each.status is BatchStatus.REFUSED for each in read))


def count_chunk(closed: ChunkProgress | None) -> None:
    """Tell what became of the rows of a chunk that was closed now."""
    if closed is None:
        return
    count("AcceptedRows", closed.tally.accepted)
    count("DuplicateRows", closed.tally.duplicate)
    count("ConflictRows", closed.tally.conflict)
    count("RejectedRows", closed.tally.rejected)
    count("PremiumRupiah", closed.tally.premium_total)


def count_messages(told: "Told") -> None:
    """Tell what came of the messages of a job."""
    for name, value in (
        ("SentSms", told.sent),
        ("FailedSms", told.failed),
        ("UnknownSms", told.unknown),
        ("HeldSms", told.held),
        ("PostponedSms", told.postponed),
    ):
        if value:
            count(name, value)


def count_report(reported: "Reported") -> None:
    """Tell of a file that was completed now, how long that took, and how silent carriers were."""
    if batch := reported.completed:
        count("CompletedFiles")
        _took("FileSeconds", (wiring.now() - batch.received_at).total_seconds())
    if reported.awaited:
        count("AwaitedSms", reported.awaited)
        count("SilentSms", reported.silent)


def count_resent(messages: int) -> None:
    """Tell how many failed messages were ordered again."""
    if messages:
        count("ResentSms", messages)


def count_sweep(swept: "Swept") -> None:
    """Tell how many files are unfinished, were helped, are stuck, or could not be looked at."""
    count("UnfinishedFiles", swept.unfinished)
    count("HelpedFiles", swept.helped)
    count("StuckFiles", swept.stuck)
    count("FaultyFiles", swept.faulty)
    count("UnconfirmedSms", swept.unconfirmed)


def count_gate(kept: "Kept") -> None:
    """Tell whether messages may go out, and how much of the month's budget is spoken for."""
    count("SmsGateOpen", int(kept.open))
    if kept.budget_share is not None:
        metrics.add_metric(
            name="SmsBudgetShare", unit=MetricUnit.Percent, value=kept.budget_share * 100
        )


def count_receipts(taken: "Taken") -> None:
    """Tell what the carriers' receipts said."""
    for name, value in (
        ("DeliveredSms", taken.delivered),
        ("FailedSms", taken.failed),
        ("RepeatedReceipts", taken.repeated),
        ("UnknownReceipts", taken.unknown),
        ("MalformedReceipts", taken.malformed),
    ):
        count(name, value)


def _took(name: str, seconds: float) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Seconds, value=seconds)


def quiet(level: int = logging.WARNING) -> None:
    """Log nothing below a level: for command lines."""
    logger.setLevel(level)
    logging.getLogger("chalicelib").setLevel(level)
