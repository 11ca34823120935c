"""Compiles the packaged modules, so that a function does not compile them at its start.

On Lambda the folder of the code is read-only: without byte code in it, every start compiles every
module and cannot store the result. The byte code depends only on the source and on Python's
version, so the same commit gives the same bytes.
"""

import marshal
import sys
from importlib.util import MAGIC_NUMBER, source_from_cache, source_hash
from pathlib import PurePosixPath

_TASK = "/var/task"  # where Lambda unpacks a package; tracebacks name this path
# PEP 552, unchecked hash: Python does not compare the hash with the source, which never changes
# there.
_UNCHECKED_HASH = (0b01).to_bytes(4, "little")
# A marshal format without back references: newer formats write them depending on the reference
# counts of this process, so their bytes differ from run to run.
_WITHOUT_REFERENCES = 2


def place(name: str) -> str:
    """Return the path of a module's byte code: for `a/b.py` it is in `a/__pycache__`."""
    module = PurePosixPath(name)
    cached = f"{module.stem}.{sys.implementation.cache_tag}.pyc"
    return (module.parent / "__pycache__" / cached).as_posix()


def source(name: str) -> str:
    """Return the module of the byte code at this path; return any other name unchanged."""
    return source_from_cache(name) if name.endswith(".pyc") else name


def compiled(name: str, code: bytes) -> bytes:
    """Return the byte code of a module for this version of Python.

    Raises:
        SyntaxError: the source is not valid for this version.
    """
    made = compile(code, f"{_TASK}/{name}", "exec", dont_inherit=True, optimize=0)
    header = MAGIC_NUMBER + _UNCHECKED_HASH + source_hash(code)
    return header + marshal.dumps(made, _WITHOUT_REFERENCES)
