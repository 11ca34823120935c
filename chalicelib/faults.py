"""Logging what nobody foresaw, without what it may tell of people."""

import logging
from collections.abc import Mapping

log = logging.getLogger(__name__)


def log_fault(error: Exception, about: Mapping[str, object] | None = None) -> None:
    """Log a fault that nobody foresaw: what kind and where, but not its text.

    Texts of foreign exceptions may hold a person's data.
    """
    known = {"error": type(error).__name__, "at": _place(error)}
    log.error("unexpected fault", extra={**(about or {}), **known})


def _place(error: Exception) -> str:
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(frames[-4:])
