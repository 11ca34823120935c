"""gzip and ZIP, and files that are neither these nor anything of use."""

import io
import zipfile

import pytest
from made_files import HEADER, MARIA, codes_of, gzip_of, read, text_of, xls_of, xlsx_of, zip_of

from chalicelib.files.limits import Limits

TEXT = text_of([HEADER, MARIA])
BOOK = xlsx_of([HEADER, MARIA])


@pytest.mark.parametrize(
    "content", [TEXT, BOOK, xls_of([HEADER, MARIA])], ids=["csv", "xlsx", "xls"]
)
@pytest.mark.parametrize(
    "packed", [gzip_of, lambda content: zip_of(a=content)], ids=["gzip", "zip"]
)
def test_an_archive_of_one_file_is_read(packed, content):
    assert read(packed(content)).cells == [MARIA]


def test_folders_and_notes_of_the_system_do_not_count():
    assert read(zip_of(**{"a/": b"", "a/b.csv": TEXT, "__MACOSX/._b.csv": b"x"})).cells == [MARIA]


@pytest.mark.parametrize(
    "content",
    [
        gzip_of(gzip_of(TEXT)),
        gzip_of(zip_of(a=TEXT)),
        zip_of(a=gzip_of(TEXT)),
        zip_of(a=zip_of(b=TEXT)),
        zip_of(a=TEXT, b=TEXT),
        zip_of(),
        gzip_of(TEXT)[:-6],
        gzip_of(TEXT)[:-1] + b"\xff",
        gzip_of(BOOK)[:-6],
        b"\x1f\x8b",
        b"PK\x03\x04",
        b"%PDF-1.7\n",
        b"<html><table>",
    ],
)
def test_what_cannot_be_read_in_full_is_refused(content):
    assert codes_of(content) == ["file_unreadable"]


def test_a_bomb_is_refused():
    bomb = TEXT + b"\n" * 3_000_000

    assert codes_of(gzip_of(bomb), Limits(unpacked_bytes=1_000_000)) == ["file_bomb"]
    assert codes_of(zip_of(a=bomb), Limits(unpacked_bytes=1_000_000)) == ["file_bomb"]


def test_a_workbook_in_an_archive_is_bounded_too():
    packed = gzip_of(xlsx_of([HEADER, ["1", "x" * 100_000, "3"]]))

    assert codes_of(packed, Limits(upload_bytes=len(packed))) == ["file_bomb"]


def test_an_encrypted_archive_says_so():
    content = bytearray(zip_of(a=TEXT))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flags] |= 1

    assert codes_of(bytes(content)) == ["file_encrypted"]


def test_a_workbook_with_a_comment_behind_it_is_refused():
    out = io.BytesIO(BOOK)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"x"

    assert codes_of(out.getvalue()) == ["file_unreadable"]
