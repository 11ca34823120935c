"""Writes the API's documentation: `python -m local openapi`."""

import json
from pathlib import Path

from chalicelib.endpoints import documentation

FILE = Path(__file__).parents[1] / "docs" / "openapi.json"


def current() -> str:
    """Return what the file must hold now."""
    return json.dumps(documentation(), ensure_ascii=False, indent=2) + "\n"


def write(path: Path = FILE) -> None:
    """Bring the documentation up to date."""
    path.write_text(current(), "utf-8")
