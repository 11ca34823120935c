"""Archives: what a ZIP or gzip holds, and that it holds no more than is taken."""

import gzip
import io
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast
from xml.parsers import expat

from chalicelib.domain.codes import Code

from .limits import Limits
from .refusal import FileRefused, refused

_BLOCK = 1 << 20
_FLAG_ENCRYPTED = 0x1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_IN_MEMORY = 32 * 1024**2
_LOCAL_HEADER = 30  # bytes, before the name and the extra field
_OPENDOCUMENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"


class Unpacked(io.BufferedIOBase):
    """What an archive holds, read as it is unpacked; only ever sought back to its start."""

    def __init__(self, content: BinaryIO) -> None:
        """Take over the archive's own reader, which raises all sorts of errors."""
        self._content = content

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes.

        Raises:
            FileRefused: the archive is broken.
        """
        with _broken_is_refused():
            return self._content.read(-1 if size is None else size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go back to the start.

        Raises:
            FileRefused: the archive is broken.
        """
        with _broken_is_refused():
            return self._content.seek(offset, whence)

    def close(self) -> None:
        """Close the reader; the archive itself stays the caller's."""
        self._content.close()
        super().close()


def gunzip(file: BinaryIO) -> BinaryIO:
    """Return what a gzip file holds."""
    file.seek(0)
    return cast("BinaryIO", Unpacked(cast("BinaryIO", gzip.GzipFile(fileobj=file, mode="rb"))))


def member_names(file: BinaryIO) -> list[str]:
    """Return the names of what a ZIP holds.

    Raises:
        FileRefused: it is broken.
    """
    with _broken_is_refused(), zipfile.ZipFile(file) as archive:
        return archive.namelist()


def only_member(file: BinaryIO) -> BinaryIO:
    """Return the one file that a ZIP holds; folders and macOS's own notes do not count.

    Raises:
        FileRefused: it holds none or several, or is encrypted or broken.
    """
    with _broken_is_refused(), zipfile.ZipFile(file) as archive:
        members = [
            info
            for info in archive.infolist()
            if not info.is_dir() and not info.filename.startswith("__MACOSX/")
        ]
        _none_encrypted(members)
        if len(members) != 1 or members[0].compress_type not in _METHODS:
            raise refused(Code.FILE_UNREADABLE)
        return cast("BinaryIO", Unpacked(cast("BinaryIO", archive.open(members[0]))))


@contextmanager
def on_disk(content: BinaryIO, limits: Limits) -> Iterator[BinaryIO]:
    """Unpack a workbook out of an archive, since a parser needs to go to and fro in it.

    Raises:
        FileRefused: it is larger than an upload may be.
    """
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy:
        content.seek(0)
        while block := content.read(_BLOCK):
            if copy.tell() + len(block) > limits.upload_bytes:
                raise refused(Code.FILE_BOMB)
            copy.write(block)
        yield cast("BinaryIO", copy)


def check_workbook(file: BinaryIO, limits: Limits) -> None:
    """Make sure of a workbook (a ZIP) that unpacking all of it stays within the limits.

    What the archive declares is not believed: every part is unpacked, and counted.

    Raises:
        FileRefused: it holds too much, or is encrypted or broken.
    """
    with _broken_is_refused(), zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        _none_encrypted(members)
        if archive.comment or any(info.compress_type not in _METHODS for info in members):
            # Readers disagree on where an archive with a comment ends, and so on what it holds.
            raise refused(Code.FILE_UNREADABLE)
        declared = sum(info.file_size for info in members)
        if declared > limits.unpacked_bytes or len(members) > limits.archive_members:
            raise refused(Code.FILE_BOMB)
        left = limits.unpacked_bytes
        for info in members:
            left -= _unpacked_size(file, info, left)
        names = set(archive.namelist())
        # OpenDocument encrypts its parts and says so in its manifest, not in the ZIP.
        if _MANIFEST in names and b"encryption-data" in archive.read(_MANIFEST):
            raise refused(Code.FILE_ENCRYPTED)
        if _OPENDOCUMENT in names:
            _well_formed(archive, _OPENDOCUMENT)


def _unpacked_size(file: BinaryIO, info: zipfile.ZipInfo, limit: int) -> int:
    """Return how much a part really is; `zipfile` would stop where the part says it ends."""
    file.seek(info.header_offset)
    header = file.read(_LOCAL_HEADER)
    name, extra = header[26:28], header[28:30]
    file.seek(int.from_bytes(name, "little") + int.from_bytes(extra, "little"), io.SEEK_CUR)
    if info.compress_type == zipfile.ZIP_STORED:
        return info.compress_size
    inflate, size, left = zlib.decompressobj(-zlib.MAX_WBITS), 0, info.compress_size
    while left > 0 and not inflate.eof:
        block = file.read(min(left, 1 << 16))
        left -= len(block)
        if not block:
            raise refused(Code.FILE_UNREADABLE)
        while block and not inflate.eof:
            size += len(inflate.decompress(block, _BLOCK))
            block = inflate.unconsumed_tail
            if size > limit:
                raise refused(Code.FILE_BOMB)
    return size


def _well_formed(archive: zipfile.ZipFile, name: str) -> None:
    """Make sure that a part is XML to its end: at one that is cut, calamine 0.9 never ends."""
    parser = expat.ParserCreate()
    with archive.open(name) as part:
        while block := part.read(_BLOCK):
            parser.Parse(block, False)  # expat takes no keywords
    parser.Parse(b"", True)  # as above


def _none_encrypted(members: list[zipfile.ZipInfo]) -> None:
    if any(info.flag_bits & _FLAG_ENCRYPTED for info in members):
        raise refused(Code.FILE_ENCRYPTED)


@contextmanager
def _broken_is_refused() -> Iterator[None]:
    """Refuse a broken archive, whatever its reader says of it."""
    try:
        yield
    except FileRefused:
        raise
    except Exception:  # noqa: BLE001  # crafted bytes make these readers raise nearly anything
        raise refused(Code.FILE_UNREADABLE) from None
