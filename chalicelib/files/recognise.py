"""What a file is, by its content: names and suffixes tell nothing."""

from contextlib import ExitStack
from enum import Enum, auto
from typing import BinaryIO

from chalicelib.domain.codes import Code

from .headers import Aliases
from .limits import Limits
from .plaintext import TextSource
from .refusal import refused
from .source import Source
from .unpack import check_workbook, gunzip, member_names, on_disk, only_member
from .workbook import Parser, WorkbookSource

_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"{\\rtf", b"<")
_ENVELOPE = "EncryptedPackage".encode("utf-16-le")
_BLOCK = 1 << 20


class _Kind(Enum):
    GZIP = auto()
    ZIP = auto()
    OLE2 = auto()  # XLS, and the envelope of an encrypted XLSX
    FOREIGN = auto()
    TEXT = auto()  # whatever nothing else claims


def open_source(file: BinaryIO, aliases: Aliases, limits: Limits, held: ExitStack) -> Source:
    """Open a file as what its content says that it is.

    Whatever is to be closed in the end is put into `held`.

    Raises:
        FileRefused: it is empty or too large, or nothing that can be read.
    """
    size = file.seek(0, 2)
    if size > limits.upload_bytes:
        raise refused(Code.FILE_TOO_LARGE)
    if not size:
        raise refused(Code.FILE_EMPTY)
    kind = _kind_of(file)
    if kind is _Kind.TEXT:
        return TextSource(file, aliases, limits)
    if _is_workbook(file, kind):
        return _workbook(file, kind, aliases, limits, held)
    if kind is _Kind.FOREIGN:
        raise refused(Code.FILE_UNREADABLE)
    content = gunzip(file) if kind is _Kind.GZIP else only_member(file)
    held.callback(content.close)
    return _packed(content, aliases, limits, held)


def _packed(content: BinaryIO, aliases: Aliases, limits: Limits, held: ExitStack) -> Source:
    """Open what was packed into an archive: a text or a workbook, not another archive."""
    kind = _kind_of(content)
    if kind is _Kind.TEXT:
        return TextSource(content, aliases, limits, too_large=Code.FILE_BOMB)
    if kind in {_Kind.ZIP, _Kind.OLE2}:
        file = held.enter_context(on_disk(content, limits))
        if _is_workbook(file, kind):
            return _workbook(file, kind, aliases, limits, held)
    raise refused(Code.FILE_UNREADABLE)


def _workbook(
    file: BinaryIO, kind: _Kind, aliases: Aliases, limits: Limits, held: ExitStack
) -> Source:
    parser = Parser(file, limits)
    held.callback(parser.close)
    # Looked through while that parses, within its bounds; its answer is not heard before the end.
    if kind is _Kind.ZIP:
        check_workbook(file, limits)
    elif _holds(file, _ENVELOPE):
        raise refused(Code.FILE_ENCRYPTED)
    return WorkbookSource(parser, aliases, limits)


def _kind_of(file: BinaryIO) -> _Kind:
    file.seek(0)
    start = file.read(8)
    if start.startswith(_GZIP):
        return _Kind.GZIP
    if start.startswith(_ZIP):
        return _Kind.ZIP
    if start == _OLE2:
        return _Kind.OLE2
    return _Kind.FOREIGN if start.startswith(_FOREIGN) else _Kind.TEXT


def _is_workbook(file: BinaryIO, kind: _Kind) -> bool:
    if kind is not _Kind.ZIP:
        return kind is _Kind.OLE2
    names = set(member_names(file))
    is_excel = "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)
    return is_excel or {"mimetype", "content.xml"} <= names


def _holds(file: BinaryIO, wanted: bytes) -> bool:
    file.seek(0)
    before = b""
    while block := file.read(_BLOCK):
        if wanted in before + block:
            return True
        before = block[-len(wanted) :]
    return False
