"""Writes the API's documentation: `python -m local openapi`."""

import json
from pathlib import Path

from chalicelib.api.endpoints import documentation

FILE = Path(__file__).parents[1] / "docs" / "openapi.json"


def current() -> str:
    """Return the content that the file must have now."""
    return json.dumps(documentation(), ensure_ascii=False, indent=2) + "\n"


def write(path: Path = FILE) -> None:
    """Update the documentation."""
    path.write_text(current(), "utf-8")
