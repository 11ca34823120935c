"""The price table: AWS's prices and limits, and assumptions (`prices.toml`)."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def known() -> dict[str, Any]:
    """Return the table."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
