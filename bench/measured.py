"""The figures of the last `make bench` that other modules compute with. They are stored as data."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import machine

_KEPT = Path(__file__).with_name("measured.json")


def measured() -> dict[str, float]:
    """Return the figures: microseconds of a core (`…_us`), DynamoDB units (`…_units`)."""
    known: dict[str, float] = json.loads(_KEPT.read_text(encoding="utf-8"))["measured"]
    return known


def keep(found: Mapping[str, float]) -> None:
    """Store the new figures. Figures that were not measured this time stay."""
    known = measured() if _KEPT.exists() else {}
    known |= {name: round(value, 2) for name, value in found.items()}
    body = {
        "on": machine(),
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "measured": dict(sorted(known.items())),
    }
    _KEPT.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
