"""Detects the format of a file by its content. The file's name and suffix are not used."""

import codecs
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from enum import Enum, auto
from typing import BinaryIO

from chalicelib.domain.findings.finding import Code
from chalicelib.files.columns import Columns
from chalicelib.files.limits import Budget, Limits
from chalicelib.files.refusal import refused

from . import foreign
from .plaintext import TextSource
from .source import Source
from .unpack import gunzip, member_names, on_disk, only_member, read_member
from .workbook import Parser, WorkbookSource

_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENVELOPE = "EncryptedPackage".encode("utf-16-le")
_WORD = "WordDocument".encode("utf-16-le")
_SLIDES = "PowerPoint Document".encode("utf-16-le")
_MESSAGE = "__substg1.0_".encode("utf-16-le")  # of Outlook
_BOOKS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BLOCK = 1 << 20


class _Kind(Enum):
    GZIP = auto()
    ZIP = auto()
    OLE2 = auto()  # XLS, and the envelope of an encrypted XLSX
    MARKUP = auto()  # HTML, XML, MHTML
    TEXT = auto()  # whatever nothing else claims


def open_source(file: BinaryIO, known: Columns, budget: Budget, held: ExitStack) -> Source:
    """Open a file in the format that its content shows.

    `held` receives everything that must be closed at the end.

    Raises:
        FileRefused: the file is empty, too large, or in no readable format.
    """
    size = file.seek(0, 2)
    if size > budget.limits.upload_bytes:
        params = {
            name: f"{count / 2**20:.0f} MB"
            for name, count in (("size", size), ("limit", budget.limits.upload_bytes))
        }
        raise refused(Code.FILE_TOO_LARGE, parts="berkas", **params)
    if not size:
        raise refused(Code.FILE_EMPTY)
    kind = _kind_of(file)
    if kind is _Kind.TEXT:
        return TextSource(file, known, budget)
    if kind is _Kind.MARKUP or _is_workbook(file, kind, budget.limits):
        return _workbook(file, kind, known, budget, held)
    content = gunzip(file, budget) if kind is _Kind.GZIP else only_member(file, budget.limits)
    held.callback(content.close)
    return _packed(content, known, budget, held)


def _packed(content: BinaryIO, known: Columns, budget: Budget, held: ExitStack) -> Source:
    """Open the content of an archive: a text or a workbook, but not another archive."""
    kind = _kind_of(content)
    if kind is _Kind.TEXT:
        return TextSource(content, known, budget, too_large=Code.FILE_BOMB)
    if kind is not _Kind.GZIP:
        file = held.enter_context(on_disk(content, budget))
        if kind is _Kind.MARKUP or _is_workbook(file, kind, budget.limits):
            return _workbook(file, kind, known, budget, held)
    raise foreign.NESTED.refusal()


def _workbook(
    file: BinaryIO, kind: _Kind, known: Columns, budget: Budget, held: ExitStack
) -> Source:
    is_markup = kind is _Kind.MARKUP
    # Whatever the file is, its child process may still need all of its processor time.
    budget.check(needs=budget.limits.workbook_seconds)
    parser = Parser(file, budget.limits, of="markup" if is_markup else "workbook")
    held.callback(parser.close)
    # Check the file while the child process parses it; its result is read only after the check.
    if kind is _Kind.ZIP:
        bounds = replace(budget.limits, workbook_bytes=budget.limits.check_bytes)
        checker = Parser(file, bounds, of="container")
        held.callback(checker.close)
        checker.check(budget.limits)
    elif kind is _Kind.OLE2:
        _none_but_books(file)
    return WorkbookSource(parser, known, budget, is_markup=is_markup)


def _kind_of(file: BinaryIO) -> _Kind:
    """Return what the content is.

    Raises:
        FileRefused: it has a name, and is no list.
    """
    file.seek(0)
    head = file.read(foreign.HEAD)
    if head.startswith(_GZIP):
        return _Kind.GZIP
    if head.startswith(_ZIP):
        return _Kind.ZIP
    if head.startswith(_OLE2):
        return _Kind.OLE2
    text = _text_of(head)
    named = foreign.named_by_bytes(head)
    if named is None and text.startswith("<"):
        named = foreign.named_xml(text)
        if named is None:
            return _Kind.MARKUP
    elif named is None and foreign.is_mhtml(text):
        return _Kind.MARKUP
    named = named or foreign.named_by_text(text)
    if named is not None:
        raise named.refusal()
    return _Kind.TEXT


def _text_of(head: bytes) -> str:
    """Return the beginning of a text, as far as it is one, without what is blank before it."""
    if head.startswith(_UTF16_BOMS):
        text = head.decode("utf-16", "replace")
    elif b"\0" in head[:64]:
        text = head.replace(b"\0", b"").decode("latin-1")  # of UTF-16 without its mark
    else:
        text = head.decode("utf-8-sig", "replace")
    return text.lstrip("\ufeff \t\r\n\f")


def _is_workbook(file: BinaryIO, kind: _Kind, limits: Limits) -> bool:
    """Whether it is a workbook.

    Raises:
        FileRefused: it is a document of another kind.
    """
    if kind is not _Kind.ZIP:
        return kind is _Kind.OLE2
    names = set(member_names(file, limits))
    is_excel = "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)
    if is_excel:
        return True
    if {"mimetype", "content.xml"} <= names:
        if named := foreign.named_by_mimetype(read_member(file, "mimetype")):
            raise named.refusal()
        return True
    if named := foreign.named_by_members(names):
        raise named.refusal()
    return False


def _none_but_books(file: BinaryIO) -> None:
    """Make sure that a file of Office is a workbook, and can be read without a password."""
    marks = (_ENVELOPE, _WORD, _SLIDES, _MESSAGE, *_BOOKS)
    found = _held(file, marks)
    if _ENVELOPE in found:
        raise refused(Code.FILE_ENCRYPTED)
    if found.isdisjoint(_BOOKS):
        for mark, named in (
            (_WORD, foreign.WORD),
            (_SLIDES, foreign.SLIDES),
            (_MESSAGE, foreign.MAIL),
        ):
            if mark in found:
                raise named.refusal()


def _held(file: BinaryIO, wanted: Sequence[bytes]) -> set[bytes]:
    """Return which of these a file has in it."""
    file.seek(0)
    before, found = b"", set[bytes]()
    while block := file.read(_BLOCK):
        found |= {each for each in wanted if each in before + block}
        before = block[-64:]
    return found
