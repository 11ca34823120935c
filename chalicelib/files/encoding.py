"""Which encoding a text file is in, known for certain only once all of it was looked at."""

import codecs
from typing import BinaryIO

from chalicelib.domain.codes import Code

from .limits import Limits
from .refusal import refused

_BLOCK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAMPLE = 1 << 12
_NOT_CP1252 = b"\x81\x8d\x8f\x90\x9d"
"""The bytes to which cp1252 gives no meaning."""


def encoding_of(file: BinaryIO, limits: Limits, *, too_large: Code) -> str:
    """Return the encoding in which every byte of the file has a meaning.

    The one that a byte order mark names; else UTF-8, else cp1252, which Excel writes on Windows.

    Raises:
        FileRefused: `encoding_unknown`, for UTF-16 without its mark too; `file_unreadable` for a
            NUL elsewhere, which no text has; the code `too_large` past the limit of
            `unpacked_bytes`.
    """
    file.seek(0)
    start = file.read(_SAMPLE)
    named = next((name for bom, name in _BOMS if start.startswith(bom)), None)
    decoder = codecs.getincrementaldecoder(named or "utf-8")()
    decodes, is_cp1252, size, ended = True, named is None, 0, False
    file.seek(0)
    while not ended:
        block = file.read(_BLOCK)
        ended, size = not block, size + len(block)
        if size > limits.unpacked_bytes:
            raise refused(too_large)
        if decodes:
            try:
                text = decoder.decode(block, final=ended)
            except UnicodeDecodeError:
                decodes = False
            else:
                _no_nul("\0" in text, start)
        is_cp1252 = is_cp1252 and not any(byte in block for byte in _NOT_CP1252)
        if not decodes:
            if not is_cp1252:
                raise refused(Code.ENCODING_UNKNOWN)
            _no_nul(b"\0" in block, start)
    return (named or "utf-8") if decodes else "cp1252"


def _no_nul(found: bool, start: bytes) -> None:
    if found:
        raise refused(Code.ENCODING_UNKNOWN if _is_utf16(start) else Code.FILE_UNREADABLE)


def _is_utf16(start: bytes) -> bool:
    """Whether it is UTF-16 of Latin letters, without its mark: every other byte is NUL."""
    less, more = sorted(start[half::2].count(0) for half in (0, 1))
    has_mark = start.startswith(_UTF16_BOMS)
    return not has_mark and more * 4 > len(start) and less * 10 < more
