"""Logs unexpected exceptions without the personal data that their texts may hold."""

import logging
from collections.abc import Mapping

from chalicelib.errors import PayungError

log = logging.getLogger(__name__)


def log_fault(error: Exception, about: Mapping[str, object] | None = None) -> None:
    """Log the type and the place of an unexpected exception, and the text of payung's own.

    Of a refusal by AWS, log which call it was and the code: `PutObject: AccessDenied`. Texts of
    other libraries' exceptions, AWS's included, may hold personal data.
    """
    known = {"error": type(error).__name__, "at": place_of(error)}
    if refusal := _refusal(error):
        known["aws"] = refusal
    if isinstance(error, PayungError):
        known["text"] = str(error)
    log.error("unexpected fault", extra={**(about or {}), **known})


def _refusal(error: Exception) -> str | None:
    """Return call and code of botocore's `ClientError`; only adapters import botocore."""
    call, response = getattr(error, "operation_name", None), getattr(error, "response", None)
    if not isinstance(call, str) or not isinstance(response, Mapping):
        return None
    return f"{call}: {response.get('Error', {}).get('Code', 'unknown')}"


def place_of(error: Exception) -> str:
    """Return where an exception was raised: the last lines of code, outermost first."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(frames[-4:])
