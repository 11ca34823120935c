"""The packages of both stages, built once for a test run, and the paths of their tools."""

import json
import os
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.deploy import ROOT

TOOLS = ROOT / "build" / "tools"
LAMBDA = ROOT / "build" / "lambda"
"""The packages of Lambda's image of today."""
LAMBDA_OLDEST = ROOT / "build" / "lambda-oldest"
"""Those of the first image of this Python."""
REQUIRED = "PAYUNG_REQUIRE_DEPLOY_TOOLS"
_TRANSLATE = Path(__file__).with_name("translate_sam.py")


def tool(environment: Path, name: str) -> Path:
    """Return a program of `make deploy-tools`; skip the test if it is missing."""
    program = environment / "bin" / name
    if not program.exists():
        if os.environ.get(REQUIRED):
            pytest.fail(f"{program} is required here: make deploy-tools")
        pytest.skip(f"{name} is not there: make deploy-tools")
    return program


def document(template: Path) -> dict[str, Any]:
    """Read a packaged template."""
    loaded: dict[str, Any] = yaml.safe_load(template.read_text(encoding="utf-8"))
    return loaded


@cache
def translated(template: Path) -> Mapping[str, Any]:
    """Return a packaged template after CloudFormation's transformation of SAM."""
    python = tool(TOOLS, "python")
    done = subprocess.run(
        [python, "-I", _TRANSLATE, template], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    plain: Mapping[str, Any] = json.loads(done.stdout)
    return plain
