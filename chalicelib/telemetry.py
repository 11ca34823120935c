"""Logs and metrics, through Powertools: structured, and never with a NIK, a name or a number."""

import logging
import sys
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.logging.utils import copy_config_to_registered_loggers
from aws_lambda_powertools.metrics import MetricUnit

from chalicelib.gate import Kept
from chalicelib.receipts import Taken
from chalicelib.sweep import Swept

# Standard error, so that whatever runs the functions keeps its standard output to itself; Lambda
# takes both to the same place.
logger = Logger(service="payung", stream=sys.stderr)
# The steps log through the standard library, to children of this one.
logging.getLogger("chalicelib").propagate = False
copy_config_to_registered_loggers(logger, include={"chalicelib"})
metrics = Metrics(namespace="payung", service="payung")


def observed(event: Any, get_response: Callable[[Any], Any]) -> Any:
    """Chalice middleware: name the request in every log line, and send the metrics off."""
    context = getattr(event, "context", None) or getattr(event, "lambda_context", None)
    logger.append_keys(
        function=getattr(context, "function_name", None),
        request_id=getattr(context, "aws_request_id", None),
    )
    try:
        return get_response(event)
    finally:
        if metrics.metric_set:
            metrics.flush_metrics()
            metrics.clear_metrics()  # where metrics are disabled, flushing leaves them
        logger.remove_keys(["function", "request_id"])


def count(name: str, value: float = 1) -> None:
    """Add to a metric that counts."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)


def count_sweep(swept: Swept) -> None:
    """Tell how many files are unfinished, were helped, are stuck, or could not be looked at."""
    count("UnfinishedFiles", swept.unfinished)
    count("HelpedFiles", swept.helped)
    count("StuckFiles", swept.stuck)
    count("FaultyFiles", swept.faulty)
    count("UnconfirmedSms", swept.unconfirmed)


def count_gate(kept: Kept) -> None:
    """Tell whether messages may go out, and how much of the month's budget is spoken for."""
    count("SmsGateOpen", int(kept.open))
    if kept.budget_share is not None:
        metrics.add_metric(
            name="SmsBudgetShare", unit=MetricUnit.Percent, value=kept.budget_share * 100
        )


def count_receipts(taken: Taken) -> None:
    """Tell what the carriers' receipts said."""
    for name, value in (
        ("DeliveredSms", taken.delivered),
        ("FailedSms", taken.failed),
        ("RepeatedReceipts", taken.repeated),
        ("UnknownReceipts", taken.unknown),
        ("MalformedReceipts", taken.malformed),
    ):
        count(name, value)


def quiet(level: int = logging.WARNING) -> None:
    """Log nothing below a level: for command lines."""
    logger.setLevel(level)
    logging.getLogger("chalicelib").setLevel(level)
