"""The corpus: small files as banks send them, and the expected outcome of each row.

A case is a TOML file in one of the folders. Its data are in a file with the same name, or it
describes a workbook, which is made when it is read. A case of several files, processed in order
in the same world, has them in `[[files]]`. `rows` are the lines of hasil.csv:

    [line, status, codes joined by ";", premium in rupiah]

Every person in the corpus is made up: the serials of their NIKs begin with 9.
"""

import codecs
import gzip
import io
import tarfile
import tomllib
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tests.corpus.workbooks import Sheet, workbook
from tests.support.builders import NOW

FOLDER = Path(__file__).parent
DATA = {".csv", ".tsv", ".txt", ".html", ".xml", ".mht"}

Packing = Literal[
    "gzip",
    "zip",
    "locked zip",
    "locked workbook",
    "two in a zip",
    "zip with the system's notes",
    "tar",
    "utf-16",
    "blank lines and a mark",
]

Row = tuple[int, Literal["diterima", "duplikat", "konflik", "ditolak"], str, int]


class Handed(BaseModel):
    """One file of a bank, and the expected results.

    `size` is the size that S3 reports instead of the real one; `lost` bytes are missing at the end;
    `sms_budget` is USD for a month's messages, 0 for no limit. `says` are words that the bank must
    read about the file, or about a row of it. `nobody` are the lines that are no rows: [line,
    reason]; where a case has none, they are not looked at. `people` says, by NIK, some of what must
    have been read of those who are enrolled.
    """

    model_config = ConfigDict(extra="forbid")

    data: str | None = None
    to: str = "002/BPUM"
    name: str | None = None
    at: datetime = NOW
    metadata: dict[str, str] = {}
    limits: dict[str, int] = {}
    size: int | None = None
    lost: int = 0
    sms_budget: str = "0"
    workbook: Literal["xlsx", "xls", "ods"] | None = None
    sheets: list[Sheet] = []
    packed: tuple[Packing, ...] = ()

    status: Literal["completed", "refused"] = "completed"
    errors: list[str] = []
    warnings: list[str] = []
    says: list[str] = []
    rows: list[Row] = []
    nobody: list[tuple[int, str]] = []
    people: dict[Annotated[str, Field(pattern="^[0-9]{16}$")], dict[str, Any]] = {}


class Case(BaseModel):
    """A case: its purpose, and its files in order."""

    model_config = ConfigDict(extra="forbid")

    path: Path
    why: str
    files: list[Handed] = Field(min_length=1)

    @property
    def name(self) -> str:
        """Folder and name, for the test ids."""
        return f"{self.path.parent.name}/{self.path.stem}"

    def content(self, file: Handed) -> bytes:
        """Return the bytes that the bank uploads."""
        content = workbook(file.workbook, file.sheets) if file.workbook else self._data(file)
        for way in file.packed:
            content = _packed(content, way)
        return content[: len(content) - file.lost]

    def key(self, file: Handed, number: int) -> str:
        """Return the key of the upload; two files of a case never have the same key."""
        name = file.name or (self.path.stem if file.workbook else self._source(file).name)
        return f"incoming/{file.to}/{number}-{name}"

    def _data(self, file: Handed) -> bytes:
        return self._source(file).read_bytes()

    def _source(self, file: Handed) -> Path:
        if file.data:
            return self.path.with_name(file.data)
        (found,) = (
            each for each in self.path.parent.glob(f"{self.path.stem}.*") if each.suffix in DATA
        )
        return found


def cases() -> list[Case]:
    """Return every case, by folder and name."""
    return [_case(path) for path in sorted(FOLDER.glob("*/*.toml"))]


def _case(path: Path) -> Case:
    fields: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    why, files = fields["why"], fields.get("files")
    if files is None:
        files = [{key: value for key, value in fields.items() if key != "why"}]
    return Case(path=path, why=why, files=files)


def _packed(content: bytes, way: str) -> bytes:
    match way:
        case "gzip":
            return gzip.compress(content, mtime=0)
        case "locked workbook":  # how Office wraps a workbook that has a password
            return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
        case "utf-16":
            return codecs.BOM_UTF16_LE + content.decode().encode("utf-16-le")
        case "blank lines and a mark":
            return codecs.BOM_UTF8 + b"\r\n \r\n" + content
        case "tar":
            return _tar(content)
    notes: dict[str, tuple[str, ...]] = {
        "two in a zip": ("penerima-2.csv",),
        "zip with the system's notes": (
            *("Data/", "Data/Thumbs.db", "Data/desktop.ini"),
            *(".DS_Store", "._penerima.csv", "__MACOSX/._penerima.csv", "~$penerima.xlsx"),
        ),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("penerima.csv", *notes.get(way, ())):
            archive.writestr(name, content)
    packed = out.getvalue()
    if way == "locked zip":  # the flag in both of the places that have it
        for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            flag = packed.index(mark) + place
            packed = packed[:flag] + bytes([packed[flag] | 1]) + packed[flag + 1 :]
    return packed


def _tar(content: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("penerima.csv")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return out.getvalue()
