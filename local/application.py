"""The Chalice app, set up to run in this process."""

import importlib
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chalicelib.adapters.ports import Clock
from chalicelib.lambdas import clients, wiring

from . import lineage
from .cloud import environment

ROOT = Path(__file__).parents[1]
# Without this, metrics go to standard output. CloudWatch reads them there.
_SETTINGS = {"POWERTOOLS_METRICS_DISABLED": "true", "POWERTOOLS_DEV": "false"}
# No rate limit and no window: nobody should wait for a carrier or for the morning here.
_OVERRIDES = {"PAYUNG_SMS_RATE": "0", "PAYUNG_SMS_WINDOW": ""}


@contextmanager
def application(
    variables: Mapping[str, str], clock: Clock, *, log_level: int = logging.WARNING
) -> Iterator[Any]:
    """Give the app as it is deployed, wired to the cloud of these environment `variables`."""
    with environment({**_SETTINGS, **variables, **_OVERRIDES, **_local_endpoints()}):
        if str(ROOT) not in sys.path:
            sys.path.insert(0, str(ROOT))
        app = importlib.import_module("app").app
        # Import it late: it also reads the environment.
        importlib.import_module("chalicelib.lambdas.telemetry").quiet(log_level)
        wiring.reset()
        wiring.set_clock(clock)
        wiring.set_clients(lineage.make_client)
        try:
            yield app
        finally:
            wiring.set_clock(clients.utc_now)
            wiring.set_clients(clients.make_client)
            wiring.reset()


def _local_endpoints() -> dict[str, str]:
    """Return the addresses of the sign-in service and the bucket for a browser, if not on AWS."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if not endpoint:
        return {}
    return {"PAYUNG_COGNITO_ENDPOINT": endpoint, "PAYUNG_BUCKET_ORIGIN": endpoint}
