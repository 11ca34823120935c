"""The process that parses workbooks, seen from its parent, which trusts no answer."""

import io

import pytest

from chalicelib.domain.file.row import MISSHAPEN
from chalicelib.files.formats import workbook
from chalicelib.files.limits import Limits
from tests.files.made_files import HEADER, MARIA, YOHAN, codes_of, read, with_sheet_xml, xlsx_of

pytestmark = pytest.mark.own_process

BOOK = xlsx_of([HEADER, MARIA])
SHEETS = b'[["Data",true,[["NIK","Nama","Nilai Bantuan"]]]]\n'
ROWS = b'[["NIK","Nama","Nilai Bantuan"],["7171015708800001","Maria Contoh","1200000"]]\n'


@pytest.fixture
def answers(monkeypatch, tmp_path):
    """Make the process write these bytes for any request, and then run `then`."""

    def say(content: bytes, then: str = "") -> None:
        program = tmp_path / "program.py"
        program.write_text(
            "import os, sys, time\n"
            "sys.stdin.buffer.read(int(sys.argv[3]))\n"
            f"sys.stdout.buffer.write({content!r})\n"
            f"sys.stdout.flush()\n{then}\n"
        )
        monkeypatch.setattr(workbook, "_PROGRAM", program)

    return say


def test_a_valid_answer_is_read(answers):
    answers(SHEETS + ROWS + b"[]\n")

    assert read(BOOK).cells == [MARIA]


@pytest.mark.parametrize("code", ["file_encrypted", "file_bomb", "file_unreadable"])
@pytest.mark.parametrize("before", [b"", SHEETS, SHEETS + ROWS])
def test_a_refusal_is_read_at_any_point(answers, before, code):
    answers(before + b'{"refused":"%s"}\n' % code.encode())

    assert codes_of(BOOK) == [code]


@pytest.mark.parametrize("before", [b"", SHEETS, SHEETS + ROWS])
@pytest.mark.parametrize(
    "nonsense",
    [
        b"\n",
        b"null\n",
        b"[[[]]]\n",
        b'[["NIK",5]]\n',
        b'[["Data",1,[]]]\n',
        b'[["\xff"]]\n',
        b'{"refused":"no_such_code"}\n',
        b'{"sheets":[],"refused":"file_bomb"}\n',
        b"{}\n",
        b"[" * 100_000 + b"\n",
        b'{"refused":' + b"[" * 100_000 + b"\n",
    ],
)
def test_an_invalid_answer_refuses_the_file(answers, before, nonsense):
    answers(before + nonsense)

    assert codes_of(BOOK) == ["file_unreadable"]


@pytest.mark.parametrize("output", [b"", SHEETS[:-1], SHEETS, SHEETS + ROWS, SHEETS + ROWS + b"[]"])
@pytest.mark.parametrize(
    ("then", "code"),
    [
        ("", "file_unreadable"),
        ("os.abort()", "file_bomb"),
        ("os.kill(os.getpid(), 9)", "file_bomb"),
    ],
)
def test_an_end_before_the_last_row_is_refused(answers, output, then, code):
    answers(output, then)

    assert codes_of(BOOK) == [code]


def test_an_archive_that_is_refused_is_so_without_an_answer(answers):
    answers(b"", "time.sleep(1000)")
    content = with_sheet_xml(" " * 3_000_000)

    assert codes_of(content, Limits(unpacked_bytes=1_000_000)) == ["file_bomb"]


def test_a_file_that_cannot_be_read_ends_it(answers, monkeypatch):
    class Unreadable(io.BytesIO):
        def read(self, size=-1, /):
            raise OSError

    ended = []
    close = workbook.Parser.close
    monkeypatch.setattr(workbook.Parser, "close", lambda self: (close(self), ended.append(self)))
    answers(b"")

    with pytest.raises(OSError):
        workbook.Parser(Unreadable(BOOK), Limits())
    codes = [parser._process.returncode for parser in ended]  # noqa: SLF001  # only this test asks for it
    assert codes == [-9]


def test_only_the_row_of_the_long_cell_is_misshapen():
    longest, longer = ["1", "é" * 10_000, "3"], ["1", "é" * 10_001, "3"]

    cells = read(xlsx_of([HEADER, MARIA, longest, longer, YOHAN])).cells

    assert cells == [MARIA, longest, [*longer, MISSHAPEN], YOHAN]


def test_rows_keep_their_numbers_over_many_batches():
    rows = [[f"{number}", "Ä \U0001f600 \n \" '", ""] for number in range(1_000)]

    reading = read(xlsx_of([[], HEADER, *rows]))

    assert reading.cells == rows
    assert reading.lines == list(range(3, 1_003))
