"""The encoding of a text file. It is certain only after the whole file was read."""

import codecs
from typing import BinaryIO

from chalicelib.domain.findings.finding import Code
from chalicelib.files.limits import Budget
from chalicelib.files.refusal import FileRefused, refused

_BLOCK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAMPLE = 1 << 12
_NOT_CP1252 = b"\x81\x8d\x8f\x90\x9d"
"""The bytes that cp1252 does not define."""


def encoding_of(file: BinaryIO, budget: Budget, *, too_large: Code) -> str:
    """Return the encoding that can decode every byte of the file.

    A byte order mark decides. Without one it is UTF-8, else cp1252, which Excel writes on Windows.

    Raises:
        FileRefused: `encoding_unknown`, also for UTF-16 without its mark; `file_unreadable` with
            the line of a NUL in any other file, because a text has none; the code `too_large` if
            the file exceeds the limit `unpacked_bytes`.
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
        budget.check()
        if size > budget.limits.unpacked_bytes:
            raise refused(too_large)
        if decodes:
            try:
                text = decoder.decode(block, final=ended)
            except UnicodeDecodeError:
                decodes = False
            else:
                if "\0" in text:
                    raise _nul(file, start, named or "utf-8")
        is_cp1252 = is_cp1252 and not any(byte in block for byte in _NOT_CP1252)
        if not decodes:
            if not is_cp1252:
                raise refused(Code.ENCODING_UNKNOWN)
            if b"\0" in block:
                raise _nul(file, start, "latin-1")
    return (named or "utf-8") if decodes else "cp1252"


def _nul(file: BinaryIO, start: bytes, encoding: str) -> FileRefused:
    """Return the refusal of a text with a NUL, which editors do not show: so it names the line."""
    if _is_utf16(start):
        return refused(Code.ENCODING_UNKNOWN)
    decoder, line, after_cr = codecs.getincrementaldecoder(encoding)(), 1, False
    file.seek(0)
    while block := file.read(_BLOCK):
        before, nul, _ = decoder.decode(block).partition("\0")
        line += before.count("\n") + before.count("\r") - before.count("\r\n")
        line -= after_cr and before.startswith("\n")
        if nul:
            break
        after_cr = before.endswith("\r") if before else after_cr
    return refused(Code.FILE_UNREADABLE, nul=line)


def _is_utf16(start: bytes) -> bool:
    """Whether it is UTF-16 of Latin letters without a byte order mark: every other byte is NUL."""
    less, more = sorted(start[half::2].count(0) for half in (0, 1))
    has_mark = start.startswith(_UTF16_BOMS)
    return not has_mark and more * 4 > len(start) and less * 10 < more
