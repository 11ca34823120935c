"""Takes the carriers' receipts, as CloudWatch hands on SNS's delivery logs."""

from dataclasses import asdict
from typing import Any

from chalicelib import receipts, telemetry, wiring


def run(event: Any, context: Any) -> dict[str, Any]:
    """One of CloudWatch's deliveries; the answer counts what it said."""
    taken = receipts.take_receipts(event, **wiring.given(receipts.take_receipts, context))
    telemetry.count_receipts(taken)
    return asdict(taken)
