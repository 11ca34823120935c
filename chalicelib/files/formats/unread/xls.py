"""Excel's records in an OLE2 file ([MS-XLS], [MS-CFB]): records of errors.

A formula always has a saved value there.
"""

import struct
from collections.abc import Iterator

from .found import ERRORS, UNKNOWN_ERROR, SheetBroken, Unread

_BOOKS = ("Workbook", "Book")
_END_OF_CHAIN = 0xFFFFFFFA  # and above: what is no sector
_SMALL = 4096  # bytes; a shorter stream is elsewhere
_HEADER = 512
_ENTRY = 128
_SHEET, _END, _FORMULA, _BOOLEAN_OR_ERROR = 0x85, 0x0A, 0x06, 0x205
_IS_NO_NUMBER, _IS_ERROR = 0xFFFF, 2


class XlsFinder:
    """The sheets of an XLS."""

    def __init__(self, content: bytes) -> None:
        """Put together the stream of the workbook, and find where its sheets begin."""
        self._book = _stream(content)
        self._sheets = [
            struct.unpack_from("<I", self._book, at)[0]
            for kind, at, size in _records(self._book, 0)
            if kind == _SHEET and size >= 4  # noqa: PLR2004  # bytes of the place
        ]

    def find(self, index: int, name: str, until: int | None) -> Iterator[Unread]:  # noqa: ARG002  # as every finder
        """Iterate over such cells of a sheet."""
        if index >= len(self._sheets):
            return
        for kind, at, size in _records(self._book, self._sheets[index]):
            if kind == _BOOLEAN_OR_ERROR and size >= 8:  # noqa: PLR2004  # row, column, style, two bytes
                row, column, _, code, is_error = struct.unpack_from("<HHHBB", self._book, at)
                if is_error:
                    yield Unread(row, column, ERRORS.get(code, UNKNOWN_ERROR))
            elif kind == _FORMULA and size >= 14:  # noqa: PLR2004  # row, column, style, eight bytes
                row, column, _, what, _, code, _, _, mark = struct.unpack_from(
                    "<HHHBBBBHH", self._book, at
                )
                if mark == _IS_NO_NUMBER and what == _IS_ERROR:
                    yield Unread(row, column, ERRORS.get(code, UNKNOWN_ERROR))
            else:
                continue
            if until is not None and row > until:
                return


def _records(book: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Iterate over the records of a part of the stream: type, place and size of the content."""
    while at + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, at)
        if kind == _END or at + 4 + size > len(book):
            return
        yield kind, at + 4, size
        at += 4 + size


def _stream(content: bytes) -> bytes:
    """Return the stream of the workbook.

    Raises:
        SheetBroken: the file has none, or is broken.
    """
    try:
        return _Compound(content).book()
    except (struct.error, IndexError):
        raise SheetBroken from None


class _Compound:
    """The sectors of an OLE2 file."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        shift, small_shift = struct.unpack_from("<HH", content, 30)
        if shift not in {9, 12} or small_shift > shift:
            raise SheetBroken
        self._size, self._small = 1 << shift, 1 << small_shift
        (self._directory,) = struct.unpack_from("<I", content, 48)
        (small_table,) = struct.unpack_from("<I", content, 60)
        self._next = self._table(self._sectors_of_table())
        self._small_next = self._table(self._chain(small_table, self._next))

    def book(self) -> bytes:
        """Return the content of the workbook's stream."""
        entries = self._joined(self._directory)
        root = entries[:_ENTRY]
        for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
            (length,) = struct.unpack_from("<H", entries, at + 64)
            name = entries[at : at + max(0, length - 2)].decode("utf-16-le", "replace")
            if name in _BOOKS:
                first, size = struct.unpack_from("<II", entries, at + 116)
                if size >= _SMALL:
                    return self._joined(first)[:size]
                held = self._joined(struct.unpack_from("<I", root, 116)[0])
                places = self._chain(first, self._small_next)
                parts = (held[one * self._small : (one + 1) * self._small] for one in places)
                return b"".join(parts)[:size]
        raise SheetBroken

    def _sectors_of_table(self) -> list[int]:
        """Return the sectors that have the table of chains: 109 in the header, others behind."""
        found = list(struct.unpack_from("<109I", self._content, 76))
        more = struct.unpack_from("<I", self._content, 68)[0]
        seen: set[int] = set()
        while more < _END_OF_CHAIN and more not in seen:
            seen.add(more)
            sector = self._sector(more)
            if len(sector) < self._size:
                raise SheetBroken  # the file ends before it
            *others, more = struct.unpack(f"<{len(sector) // 4}I", sector)
            found += others
        return [each for each in found if each < _END_OF_CHAIN]

    def _table(self, sectors: list[int]) -> tuple[int, ...]:
        joined = b"".join(map(self._sector, sectors))
        return struct.unpack(f"<{len(joined) // 4}I", joined[: len(joined) // 4 * 4])

    def _joined(self, first: int) -> bytes:
        return b"".join(map(self._sector, self._chain(first, self._next)))

    def _chain(self, first: int, table: tuple[int, ...]) -> list[int]:
        chain: list[int] = []
        while first < _END_OF_CHAIN:
            if len(chain) > len(table):
                raise SheetBroken  # a circle
            chain.append(first)
            first = table[first]
        return chain

    def _sector(self, number: int) -> bytes:
        at = max(_HEADER, self._size) + number * self._size
        return self._content[at : at + self._size]
