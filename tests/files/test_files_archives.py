"""gzip and ZIP, and files of no readable format."""

import io
import zipfile

import pytest

from chalicelib.files.limits import Limits
from tests.files.made_files import (
    HEADER,
    MARIA,
    codes_of,
    finding_of,
    gzip_of,
    read,
    text_of,
    xls_of,
    xlsx_of,
    zip_of,
)

pytestmark = pytest.mark.own_process

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


def test_folders_and_system_metadata_do_not_count():
    assert read(zip_of(**{"a/": b"", "a/b.csv": TEXT, "__MACOSX/._b.csv": b"x"})).cells == [MARIA]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (gzip_of(gzip_of(TEXT)), "file_not_a_list"),
        (gzip_of(zip_of(a=TEXT)), "file_not_a_list"),
        (zip_of(a=gzip_of(TEXT)), "file_not_a_list"),
        (zip_of(a=zip_of(b=TEXT)), "file_not_a_list"),
        (zip_of(a=TEXT, b=TEXT), "archive_several"),
        (zip_of(), "file_empty"),
        (gzip_of(TEXT)[:-6], "file_unreadable"),
        (gzip_of(TEXT)[:-1] + b"\xff", "file_unreadable"),
        (gzip_of(BOOK)[:-6], "file_unreadable"),
        (b"\x1f\x8b", "file_unreadable"),
        (b"PK\x03\x04", "file_unreadable"),
    ],
)
def test_an_archive_that_is_not_readable_in_full_is_refused(content, code):
    assert codes_of(content) == [code]


def test_several_lists_in_a_zip_are_named_but_for_what_may_be_somebodys():
    finding = finding_of(zip_of(**{"a/satu.csv": TEXT, "7171015708800001.csv": TEXT}))

    assert finding.params == {"count": "2", "names": "satu.csv, …"}


def test_a_bomb_is_refused():
    bomb = TEXT + b"\n" * 3_000_000

    assert codes_of(gzip_of(bomb), Limits(unpacked_bytes=1_000_000)) == ["file_bomb"]
    assert codes_of(zip_of(a=bomb), Limits(unpacked_bytes=1_000_000)) == ["file_bomb"]


def test_a_workbook_in_an_archive_has_the_same_limits():
    packed = gzip_of(xlsx_of([HEADER, ["1", "x" * 100_000, "3"]]))

    assert codes_of(packed, Limits(upload_bytes=len(packed))) == ["file_bomb"]


def test_an_encrypted_archive_says_so():
    content = bytearray(zip_of(a=TEXT))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flags] |= 1

    assert codes_of(bytes(content)) == ["file_encrypted"]


@pytest.mark.parametrize(("comment", "codes"), [(b"x", []), (b"x PK x", ["file_unreadable"])])
def test_a_comment_behind_a_workbook_is_refused_if_it_may_be_the_end_of_another(comment, codes):
    out = io.BytesIO(BOOK)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = comment

    assert codes_of(out.getvalue()) == codes
