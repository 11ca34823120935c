"""The Chalice app, set up for running in this process."""

import importlib
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chalicelib import wiring
from chalicelib.adapters.protocols import Clock

from .cloud import environment

ROOT = Path(__file__).parents[1]
# Metrics would be written to standard output, for CloudWatch to read.
_SETTINGS = {"POWERTOOLS_METRICS_DISABLED": "true", "POWERTOOLS_DEV": "false"}
# Nobody waits for a carrier here, nor for the morning.
_INSTEAD = {"PAYUNG_SMS_RATE": "0", "PAYUNG_SMS_WINDOW": ""}


@contextmanager
def application(
    variables: Mapping[str, str], clock: Clock, *, log_level: int = logging.WARNING
) -> Iterator[Any]:
    """Give the app as it is deployed, wired to the cloud that `variables` speak of."""
    with environment({**_SETTINGS, **variables, **_INSTEAD, **_here()}):
        if str(ROOT) not in sys.path:
            sys.path.insert(0, str(ROOT))
        app = importlib.import_module("app").app
        # Imported late: it, too, reads the environment.
        importlib.import_module("chalicelib.telemetry").quiet(log_level)
        wiring.reset()
        wiring.set_clock(clock)
        try:
            yield app
        finally:
            wiring.set_clock(wiring.utc_now)
            wiring.reset()


def _here() -> dict[str, str]:
    """Return where a browser finds the sign-in service and the bucket, where it is not on AWS."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if not endpoint:
        return {}
    return {"PAYUNG_COGNITO_ENDPOINT": endpoint, "PAYUNG_BUCKET_ORIGIN": endpoint}
