"""A copy of the project whose programme takes files on any day.

The package runs on the machine's own clock, and a programme takes files until its last day only.
"""

import shutil
from pathlib import Path

from local.deploy import ROOT

_PROGRAMME = Path("chalicelib/programmes/sulut-2026.toml")
_CLOSES = "closes = 2026-12-31"


def copy_of_the_project(folder: Path) -> Path:
    """Copy what a package is made of; return the folder."""
    left_out = shutil.ignore_patterns("__pycache__")
    folder.mkdir()
    for name in ("chalicelib", ".chalice"):
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for name in ("app.py", "requirements.txt"):
        shutil.copyfile(ROOT / name, folder / name)
    text = (folder / _PROGRAMME).read_text(encoding="utf-8")
    assert _CLOSES in text
    (folder / _PROGRAMME).write_text(text.replace(_CLOSES, "closes = 9998-12-31"), encoding="utf-8")
    return folder
