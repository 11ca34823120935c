"""Compiles what is packaged, so that a function that starts need not.

On Lambda the code's folder is read-only: without byte code beside it, every start compiles every
module anew, and keeps nothing. What is made here depends on the source and on Python's version
alone, so that the same commit gives the same bytes.
"""

import marshal
import sys
from importlib.util import MAGIC_NUMBER, source_from_cache, source_hash
from pathlib import PurePosixPath

_TASK = "/var/task"  # where Lambda unpacks a package: what tracebacks name
# PEP 552: told by the source's hash and never compared with it, as nothing changes there.
_UNCHECKED_HASH = (0b01).to_bytes(4, "little")
# The newer formats refer back to what was written before, by how often this process uses it.
_WITHOUT_REFERENCES = 2


def place(name: str) -> str:
    """Return where the byte code of a module belongs: `a/b.py` has it in `a/__pycache__`."""
    module = PurePosixPath(name)
    cached = f"{module.stem}.{sys.implementation.cache_tag}.pyc"
    return (module.parent / "__pycache__" / cached).as_posix()


def source(name: str) -> str:
    """Return the module that byte code at this place was made of; any other name as it is."""
    return source_from_cache(name) if name.endswith(".pyc") else name


def compiled(name: str, code: bytes) -> bytes:
    """Return the byte code of a module, as this version of Python loads it.

    Raises:
        SyntaxError: it is none.
    """
    made = compile(code, f"{_TASK}/{name}", "exec", dont_inherit=True, optimize=0)
    header = MAGIC_NUMBER + _UNCHECKED_HASH + source_hash(code)
    return header + marshal.dumps(made, _WITHOUT_REFERENCES)
