"""The limits of a file, and files without people."""

import pytest

from chalicelib.domain.findings.finding import Code
from chalicelib.files.limits import Limits
from chalicelib.files.refusal import refused
from tests.files.made_files import HEADER, MARIA, codes_of, gzip_of, read, text_of, xlsx_of

pytestmark = pytest.mark.own_process


@pytest.mark.parametrize(
    "content",
    [b"", b"\n \n", b"\xef\xbb\xbf", text_of([HEADER]), text_of([HEADER, ["", "", ""]])],
    ids=["nothing", "blank lines", "mark", "header", "blank row"],
)
def test_a_file_without_rows_is_refused(content):
    assert codes_of(content) == ["file_empty"]


def test_rows_with_only_a_running_number_are_blank():
    numbered = [["No", *HEADER], ["1", *MARIA], ["2", "", "", ""], ["3.", "", "", ""]]

    assert read(text_of(numbered)).cells == [["1", *MARIA]]


@pytest.mark.parametrize(
    "row",
    [["2", "7", "", ""], ["2", "", "Yohan", "1"], ["2", "#N/A", "", ""]],
    ids=["NIK", "name and amount", "error"],
)
def test_a_row_that_may_be_a_persons_is_kept(row):
    assert len(read(text_of([["No", *HEADER], ["1", *MARIA], row])).rows) == 2


@pytest.mark.parametrize(
    "row",
    [["2", "", "Yohan", ""], ["2", "", "", "1"], ["Yohan", "", "", ""]],
    ids=["name", "amount", "other text"],
)
def test_a_row_that_is_no_persons_is_listed(row):
    reading = read(text_of([["No", *HEADER], ["1", *MARIA], row]))

    assert (len(reading.rows), len(reading.nobody)) == (1, 1)


def test_thousands_of_empty_columns_are_ignored():
    empty = [""] * 300

    assert read(text_of([[*HEADER, *empty], [*MARIA, *empty]])).cells[0][:3] == MARIA


def test_a_total_without_people_is_not_a_row():
    assert codes_of(text_of([HEADER, ["TOTAL", "", "0"]])) == ["file_empty"]


@pytest.mark.parametrize("rows", [[], [[], []], [HEADER]], ids=["nothing", "blank", "header"])
def test_a_workbook_without_rows_is_refused(rows):
    assert codes_of(xlsx_of(rows)) == ["file_empty"]


def test_an_upload_beyond_the_limit_is_refused_unread():
    assert codes_of(text_of([HEADER, MARIA]), Limits(upload_bytes=10)) == ["file_too_large"]


def test_more_rows_than_the_limit_are_refused():
    content = text_of([HEADER, MARIA, MARIA, MARIA])

    assert codes_of(content, Limits(rows=2)) == ["file_too_large"]
    assert codes_of(content, Limits(rows=3)) == []


def test_more_columns_than_the_limit_are_refused():
    wide = text_of([HEADER + ["x"] * 198, MARIA])

    assert codes_of(wide) == ["file_too_large"]


def test_more_text_than_the_limit_is_refused():
    content = text_of([HEADER, MARIA])

    assert codes_of(content, Limits(unpacked_bytes=20)) == ["file_too_large"]
    assert codes_of(gzip_of(content), Limits(unpacked_bytes=20)) == ["file_bomb"]


def test_a_refusal_has_its_codes_and_no_content_of_the_file():
    assert str(refused(Code.HEADER_MISSING, wanted="NIK", nearest="N1K")) == "header_missing"
