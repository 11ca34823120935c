"""Unpacks ZIP and gzip archives, and checks that their content is within the limits."""

import io
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast
from xml.parsers import expat

from chalicelib.domain.findings.finding import Code
from chalicelib.errors import OutOfTime
from chalicelib.files.limits import Budget, Limits
from chalicelib.files.refusal import FileRefused, refused

from . import foreign
from .gunzip import Gunzip

_BLOCK = 1 << 20
_FLAG_ENCRYPTED = 0x1
_SYSTEMS = frozenset({".ds_store", "thumbs.db", "desktop.ini", "ehthumbs.db"})
_NUMBER = re.compile(r"\d{6}")  # of a person, or a date: not repeated
_SHOWN = 40  # characters of a name that a message repeats
_NAMED = 4
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_IN_MEMORY = 32 * 1024**2
_LOCAL_HEADER = 30  # bytes, before the name and the extra field
_OPENDOCUMENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"


class Unpacked(io.BufferedIOBase):
    """The content of an archive, unpacked while it is read. A seek always goes to its start."""

    def __init__(self, content: BinaryIO) -> None:
        """Take the archive's own reader, which can raise any error."""
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
        """Close the reader; the caller closes the archive."""
        self._content.close()
        super().close()


def gunzip(file: BinaryIO, budget: Budget) -> BinaryIO:
    """Return the content of a gzip file."""
    return cast("BinaryIO", Unpacked(cast("BinaryIO", Gunzip(file, budget))))


class _Bounded(io.BufferedIOBase):
    """A file of which `zipfile` can read only so much at once.

    `zipfile` reads the whole list of members in one call, and keeps about 400 bytes for each.
    """

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file = file
        self._most = most

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        block = self._file.read(self._most + 1 if size is None or size < 0 else size)
        if len(block) > self._most:
            raise refused(Code.FILE_BOMB)
        return block

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def _opened(file: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    bounded = _Bounded(file, limits.directory_bytes)
    return zipfile.ZipFile(cast("BinaryIO", bounded))


def member_names(file: BinaryIO, limits: Limits) -> list[str]:
    """Return the names of the members of a ZIP.

    Raises:
        FileRefused: the ZIP is broken, or has far too many members.
    """
    with _broken_is_refused(), _opened(file, limits) as archive:
        return archive.namelist()


def read_member(file: BinaryIO, name: str, most: int = 200) -> bytes:
    """Return the first bytes of a member of a ZIP.

    Raises:
        FileRefused: the ZIP is broken or encrypted.
    """
    with _broken_is_refused(), zipfile.ZipFile(file) as archive:
        _none_encrypted([archive.getinfo(name)])
        with archive.open(name) as member:
            return member.read(most)


def only_member(file: BinaryIO, limits: Limits) -> BinaryIO:
    """Return the one file that a ZIP holds; folders and notes of the system do not count.

    Raises:
        FileRefused: the ZIP has no file or several, or is encrypted or broken.
    """
    with _broken_is_refused(), _opened(file, limits) as archive:
        members = [info for info in archive.infolist() if not _is_systems(info)]
        _none_encrypted(members)
        if not members:
            raise refused(Code.FILE_EMPTY, archive="ZIP")
        if len(members) != 1:
            names = [info.filename.rpartition("/")[2] for info in members]
            shown = [name[:_SHOWN] for name in names if not _NUMBER.search(name)][:_NAMED]
            listed = ", ".join([*shown, *(["…"] if len(shown) < len(names) else [])])
            raise refused(
                Code.ARCHIVE_SEVERAL, count=len(members), **({"names": listed} if shown else {})
            )
        if members[0].compress_type not in _METHODS:
            raise foreign.OTHER_ARCHIVE.refusal()
        return cast("BinaryIO", Unpacked(cast("BinaryIO", archive.open(members[0]))))


def _is_systems(info: zipfile.ZipInfo) -> bool:
    """Whether a system put it there: a folder, a note of macOS or Windows, a mark of Office."""
    *folders, name = info.filename.replace("\\", "/").split("/")
    of_system = (
        name.casefold() in _SYSTEMS or name.startswith(("._", "~$")) or "__MACOSX" in folders
    )
    return info.is_dir() or not name or of_system


@contextmanager
def on_disk(content: BinaryIO, budget: Budget) -> Iterator[BinaryIO]:
    """Unpack a workbook from an archive into a file, because a parser must seek in it.

    Raises:
        FileRefused: the workbook is larger than the limit of an upload.
    """
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy:
        content.seek(0)
        while block := content.read(_BLOCK):
            budget.check()
            if copy.tell() + len(block) > budget.limits.upload_bytes:
                raise refused(Code.FILE_BOMB)
            copy.write(block)
        yield cast("BinaryIO", copy)


def check_workbook(file: BinaryIO, limits: Limits) -> None:
    """Check that the unpacked size of a workbook (a ZIP) is within the limits.

    The sizes that the archive declares are not trusted: every part is unpacked and counted. It runs
    in a child process (`sheetfeed`): what its parts make the parsers allocate is not bounded here.

    Raises:
        FileRefused: the workbook is too large, encrypted or broken.
    """
    with _broken_is_refused(), _opened(file, limits) as archive:
        members = archive.infolist()
        _none_encrypted(members)
        if b"PK" in archive.comment or any(info.compress_type not in _METHODS for info in members):
            # Readers disagree on where an archive ends whose comment may itself be the end of one,
            # and so on what it holds.
            raise refused(Code.FILE_UNREADABLE)
        declared = sum(info.file_size for info in members)
        if declared > limits.unpacked_bytes or len(members) > limits.archive_members:
            raise refused(Code.FILE_BOMB)
        left = limits.unpacked_bytes
        for info in members:
            left -= _unpacked_size(file, info, left)
        names = set(archive.namelist())
        # OpenDocument marks encrypted parts in its manifest, not in the ZIP.
        if _MANIFEST in names and b"encryption-data" in archive.read(_MANIFEST):
            raise refused(Code.FILE_ENCRYPTED)
        if _OPENDOCUMENT in names:
            _well_formed(archive, _OPENDOCUMENT)


def _unpacked_size(file: BinaryIO, info: zipfile.ZipInfo, limit: int) -> int:
    """Return the real size of a part; `zipfile` would stop at the declared size."""
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
    """Check that a part is complete XML: calamine 0.9 never ends on a truncated one."""
    parser = expat.ParserCreate()
    with archive.open(name) as part:
        while block := part.read(_BLOCK):
            parser.Parse(block, False)  # expat takes no keyword arguments
    parser.Parse(b"", True)  # as above


def _none_encrypted(members: list[zipfile.ZipInfo]) -> None:
    if any(info.flag_bits & _FLAG_ENCRYPTED for info in members):
        raise refused(Code.FILE_ENCRYPTED)


@contextmanager
def _broken_is_refused() -> Iterator[None]:
    """Refuse a broken archive, whatever error its reader raises."""
    try:
        yield
    except (FileRefused, MemoryError, OutOfTime):
        raise
    except Exception:  # noqa: BLE001  # crafted bytes can make these readers raise any error
        raise refused(Code.FILE_UNREADABLE) from None
