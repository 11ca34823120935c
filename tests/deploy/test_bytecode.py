"""Byte code depends only on the source and on Python's version."""

import os
import subprocess
import sys

import pytest

from local.deploy import ROOT, bytecode

_DIGEST = """
import hashlib, sys
from pathlib import Path
from local.deploy import bytecode
names = sorted(path.relative_to(".").as_posix() for path in Path("chalicelib").rglob("*.py"))
made = b"".join(bytecode.compiled(name, Path(name).read_bytes()) for name in names)
print(hashlib.sha256(made).hexdigest())
"""


def test_another_process_makes_the_same_byte_code_whatever_it_did_before():
    digests = set()
    for seed, before in (
        ("1", ""),
        ("2", "import asyncio, json, unittest, chalicelib.domain.cells.name"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", f"{before}\n{_DIGEST}"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        digests.add(done.stdout)
    assert len(digests) == 1


def test_byte_code_has_its_place_beside_its_source():
    place = bytecode.place("chalicelib/domain/cells/nik.py")
    compiled = f"nik.{sys.implementation.cache_tag}.pyc"
    assert place == f"chalicelib/domain/cells/__pycache__/{compiled}"
    assert bytecode.source(place) == "chalicelib/domain/cells/nik.py"
    assert bytecode.source("chalicelib/programmes/banks.toml") == "chalicelib/programmes/banks.toml"


def test_invalid_python_cannot_be_compiled():
    with pytest.raises(SyntaxError):
        bytecode.compiled("some.py", b"def")
