"""Unpacks gzip, member by member, with a look at the time at each block.

Python's own reader goes through empty members, and through a name in a header byte by byte, within
one call: a small file would hold its caller for as long as it likes.
"""

import io
import sys
import zlib
from typing import BinaryIO

from chalicelib.domain.findings.finding import Code
from chalicelib.files.limits import Budget
from chalicelib.files.refusal import refused

_BLOCK = 1 << 13
"""Bytes that are read at once. What follows a member is copied, so a larger block costs more."""
_PACKED = 16 + zlib.MAX_WBITS  # with gzip's header, checksum and length
_MOST_AT_ONCE = 1 << 20


class Gunzip(io.BufferedIOBase):
    """The content of a gzip file, unpacked while it is read. A seek always goes to its start."""

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        """Take the packed file from its start."""
        self._file = file
        self._budget = budget
        self._begin()

    def _begin(self) -> None:
        self._file.seek(0)
        self._member = zlib.decompressobj(_PACKED)
        self._packed = b""
        self._members = 1
        self._ended = False

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Return so many of the next bytes, or fewer at the end.

        Raises:
            FileRefused: `file_bomb`, it has far too many members.
            OutOfTime: the function's time is nearly over.
            zlib.error: it is broken.
            EOFError: it ends within a member.
        """
        left = sys.maxsize if size is None or size < 0 else size
        pieces = []
        while left and (piece := self._piece(min(left, _MOST_AT_ONCE))):
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)

    def _piece(self, most: int) -> bytes:
        """Return at least one of the next bytes, or none at the end."""
        while not self._ended:
            self._budget.check()
            if self._member.eof and not self._next_member():
                break
            if not self._packed:
                self._packed = self._file.read(_BLOCK)
                if not self._packed:
                    raise EOFError("it ends within a member")
            content = self._member.decompress(self._packed, most)
            self._packed = self._member.unconsumed_tail or self._member.unused_data
            if content:
                return content
        return b""

    def _next_member(self) -> bool:
        """Begin the next member; zeros may fill a file up to its end."""
        while not (rest := self._packed.lstrip(b"\0")):
            self._budget.check()
            self._packed = self._file.read(_BLOCK)
            if not self._packed:
                self._ended = True
                return False
        self._packed = rest
        self._members += 1
        if self._members > self._budget.limits.gzip_members:
            raise refused(Code.FILE_BOMB)
        self._member = zlib.decompressobj(_PACKED)
        return True

    def seek(self, _offset: int, _whence: int = io.SEEK_SET, /) -> int:
        """Go back to the start."""
        self._begin()
        return 0
