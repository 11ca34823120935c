"""LibreOffice on this machine: opens a file and saves it in another format."""

import re
import subprocess
from pathlib import Path


def saved(office: str, file: Path, kind: str, *options: str) -> Path:
    folder = file.parent / re.sub(r"\W+", "-", kind)
    done = subprocess.run(
        [
            office,
            f"-env:UserInstallation={(file.parent / 'profile').as_uri()}",
            "--headless",
            *options,
            "--convert-to",
            kind,
            "--outdir",
            folder,
            file,
        ],
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    made = folder / f"{file.stem}.{kind.partition(':')[0]}"
    assert made.is_file(), done.stderr
    return made
