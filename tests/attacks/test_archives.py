"""Archives that lie about themselves are refused, or read as they are; soon in any case."""

import gzip
import io
import struct
import time
import zipfile
from collections.abc import Callable

import pytest

from chalicelib.errors import OutOfTime
from chalicelib.files.limits import Budget, Limits
from chalicelib.files.read import open_table
from chalicelib.kinds.recipients.columns import recipient_columns
from tests.files.made_files import HEADER, MARIA, codes_of, read, text_of, xlsx_of

pytestmark = pytest.mark.own_process

TEXT = text_of([HEADER, MARIA])
LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
SHEET = "xl/worksheets/sheet1.xml"
_SOON = 5.0  # seconds of the processor


def zipped(name: str = "a.csv", content: bytes = TEXT) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def changed(
    signature: bytes, at: int, form: str, value: int, content: bytes | None = None
) -> bytes:
    """Return a ZIP with another value in the header that has this signature."""
    made = bytearray(zipped() if content is None else content)
    struct.pack_into(form, made, made.find(signature) + at, value)
    return bytes(made)


def both(at: int, form: str, value: int) -> bytes:
    """Return a ZIP with another value in the list and in the header of its member."""
    return changed(LOCAL, at, form, value, changed(CENTRAL, at + 2, form, value))


def workbook(part: str, change: Callable[[bytes], bytes]) -> bytes:
    out, book = io.BytesIO(), io.BytesIO(xlsx_of([HEADER, MARIA]))
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, change(content) if info.filename == part else content)
    return out.getvalue()


def cell(place: bytes) -> bytes:
    return workbook(SHEET, lambda xml: xml.replace(b'r="A2"', b'r="' + place + b'"'))


NAMES = (
    "/etc/passwd",
    "../../a.csv",
    "..\\a.csv",
    "C:\\a.csv",
    "a" * 60_000,
    "\u202evsc.a",
    "a\nb",
)
REFUSED = {
    "a smaller size": changed(CENTRAL, 24, "<I", 5),
    "another checksum": changed(CENTRAL, 16, "<I", 1),
    "an offset past the end": changed(CENTRAL, 42, "<I", 10**9),
    "another name in its header": zipped().replace(b"a.csv", b"b.csv", 1),
    "encrypted": both(6, "<H", 0x1),
    "strongly encrypted": both(6, "<H", 0x41),
    "bzip2 inside": both(8, "<H", 12),
    "lzma inside": both(8, "<H", 14),
    "an unknown method": both(8, "<H", 99),
    "cut off": zipped()[:-10],
    "half": zipped()[:70],
    "no member": b"PK\x05\x06" + b"\0" * 18,
    "much behind it": zipped() + b"x" * 70_000,
    "a program before it": b"MZ" + b"\0" * 500 + zipped(),
    "a ZIP in a ZIP": zipped("a.zip", zipped()),
    "gzip in a ZIP": zipped("a.gz", gzip.compress(TEXT)),
    "a ZIP in gzip": gzip.compress(zipped()),
    "gzip in gzip": gzip.compress(gzip.compress(TEXT)),
    "gzip, cut off": gzip.compress(TEXT)[:-6],
    "gzip, another checksum": gzip.compress(TEXT)[:-8] + b"\0" * 8,
    "gzip, and more behind it": gzip.compress(TEXT) + b"more",
    "a cell far away": cell(b"XFD1048576"),
    "a cell in row 0": cell(b"A0"),
    "a cell in row -1": cell(b"A-1"),
    "a cell in row 99999999999": cell(b"A99999999999"),
    "an entity of another file": workbook(
        SHEET,
        lambda xml: (
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            + xml.replace(b"Maria Contoh", b"&x;")
        ),
    ),
}
READ = {
    "sizes of 4 GB declared": changed(CENTRAL, 24, "<I", 0xFFFFFFF0),
    "a link by its mode": changed(CENTRAL, 38, "<I", 0xA1ED0000),
    "gzip of two members": gzip.compress(TEXT[:20]) + gzip.compress(TEXT[20:]),
    "gzip filled with zeros": gzip.compress(TEXT) + b"\0" * 9_000,
    "a table of 16,384 columns announced": workbook(
        SHEET, lambda xml: xml.replace(b'ref="A1:C2"', b'ref="A1:XFD1048576"')
    ),
}


@pytest.fixture(autouse=True)
def soon():
    begun = time.process_time()
    yield
    assert time.process_time() - begun < _SOON


@pytest.mark.parametrize("name", REFUSED)
def test_what_lies_about_itself_is_refused(name: str) -> None:
    assert codes_of(REFUSED[name])


@pytest.mark.parametrize("name", READ)
def test_what_only_looks_strange_is_read_as_it_is(name: str) -> None:
    assert read(READ[name]).cells == [MARIA]


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_member_leads_nowhere(name: str) -> None:
    assert read(zipped(name)).cells == [MARIA]


def test_thousands_of_empty_members_are_no_work_and_not_without_end() -> None:
    content = gzip.compress(b"") * 20_000 + gzip.compress(TEXT)
    assert read(content).cells == [MARIA]
    assert codes_of(content, Limits(gzip_members=10_000)) == ["file_bomb"]


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"") * 20_000, b"\x1f\x8b\x08\x08" + b"\0" * 6 + b"n" * 2_000_000],
    ids=["empty members", "a name of megabytes"],
)
def test_the_time_is_looked_at_before_gzip_has_any_content(content: bytes) -> None:
    def over(*, needs: float = 0.0) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise OutOfTime("over")

    left, budget = 100, Budget(check=over)
    with (
        pytest.raises(OutOfTime),
        open_table(io.BytesIO(content), recipient_columns(), budget=budget),
    ):
        pass
