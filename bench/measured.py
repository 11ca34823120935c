"""What the last `make bench` measured that others reckon with: kept as data, not in their code."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import machine

_KEPT = Path(__file__).with_name("measured.json")


def measured() -> dict[str, float]:
    """Return what was measured: microseconds of a core (`…_us`), units of DynamoDB (`…_units`)."""
    known: dict[str, float] = json.loads(_KEPT.read_text(encoding="utf-8"))["measured"]
    return known


def keep(found: Mapping[str, float]) -> None:
    """Keep what was found; what was not measured this time stays as it was."""
    known = measured() if _KEPT.exists() else {}
    known |= {name: round(value, 2) for name, value in found.items()}
    body = {
        "on": machine(),
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "measured": dict(sorted(known.items())),
    }
    _KEPT.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
