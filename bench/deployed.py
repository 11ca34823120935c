"""The pace of sending as the template deploys it."""

from chalicelib.domain.messages.sending import Prices, Sending
from local.cloud import read_template


def sending_pace() -> tuple[float, int]:
    """Return the parts a second of whole files over all workers, and the number of workers."""
    template = read_template()
    variables = template.resources["Notify"].properties["Environment"]["Variables"]
    rate, workers = (
        template.resolve(variables[f"PAYUNG_{name}"], {}) for name in ("SMS_RATE", "SMS_WORKERS")
    )
    return Sending(Prices({}, 0), rate=float(rate)).files_rate, int(workers)
