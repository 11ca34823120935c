"""Result files, which a bank gets back and can send again."""

import csv
import io
from time import process_time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.domain.file.row import MISSHAPEN
from chalicelib.files.headers import completeness, is_ours
from chalicelib.files.neutral import all_neutral, all_restored, neutral, restored
from chalicelib.files.write import COLUMNS, CsvWriter, ResultCells, ResultShape
from chalicelib.kinds.recipients.columns import recipient_columns
from chalicelib.kinds.recipients.kind import RECIPIENTS
from tests.files.made_files import HEADER, MARIA, read
from tests.support.csv_readers import SEPARATORS, is_formula, readings

OWN = len(RECIPIENTS.result_columns)
OURS = ResultCells("2", "ditolak", "nik_length", "NIK harus 16 angka.", ("",) * OWN)
texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    | st.sampled_from("'=+-@\t\r\n\",;|\uff1d\ufeff \u2028\x1f\u3164"),
    max_size=12,
)


def written(header, *rows, ours=OURS, wide=None) -> bytes:
    out = io.BytesIO()
    if wide is None:
        wide = any(len(row) > len(header) for row in rows)
    shape = ResultShape(header, RECIPIENTS.result_columns, surplus=wide)
    writer = CsvWriter(out, shape.titles)
    for row in rows:
        writer.write(shape.row(row, ours))
    return out.getvalue()


def test_a_result_is_utf_8_with_mark_comma_and_crlf():
    content = written(HEADER, MARIA)

    assert content.startswith(b"\xef\xbb\xbfNIK,Nama,Nilai Bantuan,payung_baris,payung_status,")
    assert content.endswith(b"\r\n")
    assert content.count(b"\r\n") == 2


def test_our_columns_come_after_the_banks():
    (header, row) = csv.reader(io.StringIO(written(HEADER, MARIA).decode("utf-8-sig")))

    assert header == [*HEADER, *COLUMNS, *RECIPIENTS.result_columns]
    assert row == [*MARIA, "2", "ditolak", "nik_length", "NIK harus 16 angka.", *[""] * OWN]


@pytest.mark.parametrize("cells", [["1"], ["1", "2", "3", "", "5,6"], ["1", "2", "3"]])
def test_our_columns_are_under_their_headers_for_every_row_width(cells):
    (row,) = csv.DictReader(io.StringIO(written(HEADER, cells).decode("utf-8-sig")))

    assert (row["payung_status"], row["NIK"]) == ("ditolak", "1")


def test_a_wide_row_without_a_column_for_it_is_never_cut():
    with pytest.raises(ValueError, match="wider than its header"):
        written(HEADER, ["1", "2", "3", "4"], wide=False)


def test_a_kinds_own_columns_each_have_a_cell():
    with pytest.raises(ValueError, match="each of the kind's own columns"):
        written(HEADER, MARIA, ours=ResultCells("2", "ditolak", own=("",)))


def test_the_surplus_cells_of_a_wide_row_are_kept():
    (row,) = csv.DictReader(
        io.StringIO(written(HEADER, ["1", "2", "3", "", "5"]).decode("utf-8-sig"))
    )

    assert row["payung_kelebihan"] == ",5"


@pytest.mark.parametrize(
    "cell", ["=1+1", "+62812", "-5", "@x", "\tx", "\rx", "  =x", "\uff1dx", "'=x", "\u2212x", '"=x']
)
def test_nothing_in_a_result_is_run_as_a_formula(cell):
    assert neutral(cell) == f"'{cell}"


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("Jl. Mawar;=cmd|'/C calc'!A0", "Jl. Mawar;'=cmd|'/C calc'!A0"),
        ("Jl. Mawar\r\n=x", "Jl. Mawar\r\n'=x"),
        ("\n=x", "'\n'=x"),
        ("a,=1;+2|-3\t@4", "a,'=1;'+2|'-3\t'@4"),
        ("a; =x", "a;' =x"),
        ('a;"=x', "a;'\"=x"),
        ("a;'=x", "a;''=x"),
        ("a;\u00a0\ufeff\uff1dx", "a;'\u00a0\ufeff\uff1dx"),
        ("a;\u3164\ufe66x", "a;'\u3164\ufe66x"),
    ],
)
def test_nothing_inside_a_cell_is_run_under_another_separator(cell, safe):
    assert neutral(cell) == safe
    assert restored(safe) == cell


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "Maria",
        "'7171015708800001",
        "'",
        "''",
        "1-2",
        "a=b",
        "Jl. A; B-2",
        "A, 'B",
        "a;''",
        "a - b",
    ],
)
def test_a_cell_that_is_not_a_formula_is_not_changed(cell):
    assert (neutral(cell), restored(cell)) == (cell, cell)


@given(header=st.lists(texts, max_size=3), rows=st.lists(st.lists(texts, max_size=4), max_size=3))
def test_no_program_finds_a_formula_under_any_separator(header, rows):
    out = io.BytesIO()
    writer = CsvWriter(out, [*HEADER, *header])
    for row in rows:
        writer.write(row)

    assert [found for found in readings(out.getvalue()) if is_formula(found[1])] == []


def test_the_readings_find_what_is_not_neutralised():
    """The check above can fail: each program finds the formulas of a CSV as it came."""
    for separator in SEPARATORS.values():
        content = f'"Jl. Mawar{separator}=1+2",b\r\n'.encode()
        assert [name for name, cell in readings(content) if is_formula(cell)]


@pytest.mark.parametrize("text", [";", ";'", ";'\"", "; ", ";=", "'", '"', " ", ",=;+|-\t@\n"])
def test_neutralising_takes_no_longer_for_each_byte_of_a_longer_text(text):
    times = []
    for length in (20_000, 200_000):
        cell = text * (length // len(text))
        started = process_time()
        assert restored(neutral(cell)) == cell
        times.append(process_time() - started)
    assert times[1] < 40 * times[0] + 0.05  # a quadratic pattern takes 100 times as long


@given(texts)
def test_every_text_comes_back_from_its_neutral_form(text):
    assert restored(neutral(text)) == text


@given(st.lists(texts, max_size=5))
def test_a_row_is_neutral_as_its_cells_are(cells):
    assert list(all_neutral(cells)) == [neutral(cell) for cell in cells]


@given(st.lists(st.text("'=-1 \tx;", max_size=4), max_size=5))
def test_a_row_comes_back_as_its_cells_do(cells):
    assert all_restored(cells) == [restored(cell) for cell in cells]


@given(texts)
def test_two_texts_never_have_one_neutral_form(text):
    assert neutral(neutral(text)) == neutral(text) or restored(neutral(neutral(text))) == neutral(
        text
    )


@given(
    extra=st.lists(texts, max_size=3),
    rows=st.lists(st.lists(texts, min_size=1, max_size=9), min_size=1, max_size=4),
)
def test_any_table_comes_back_as_it_was(extra, rows):
    header = [*HEADER, *extra]
    assume(completeness(header, recipient_columns()) == (True, 3))
    assume(not any(map(is_ours, header)))

    reading = read(written(header, *rows))

    assert reading.header == tuple(header)
    assert reading.cells == [_shaped(row, len(header)) for row in rows]
    assert reading.total is None


def test_a_result_of_a_result_is_the_same_row():
    first = read(written(HEADER, ["1", "=2", "3", "4"]))

    second = read(written(first.header, *first.cells))

    assert (second.header, second.cells) == (first.header, first.cells)


def test_a_misshapen_row_can_be_corrected_and_sent_again():
    (broken,) = read(b'NIK,Nama,Nilai\n1,"Ria" Contoh,3\n').cells
    content = written(HEADER, broken)
    assert MISSHAPEN.encode() in content

    assert read(content.replace(b'"""Ria"" Contoh"', b"Ria")).cells == [["1", "Ria", "3"]]


def _shaped(row: list[str], width: int) -> list[str]:
    row = row + [""] * (width - len(row))
    while len(row) > width and not row[-1].strip():
        row = row[:-1]
    return row


@pytest.mark.parametrize(
    "title",
    [
        "<table>",
        " <b>",
        '{"a"',
        "[[",
        "--phpMyAdmin",
        "INSERT INTO x",
        "ID;PX",
        "From: bank",
        "\ufeff<p",
    ],
)
def test_a_title_that_looks_like_another_format_reads_back(title):
    header = (title, *HEADER)
    row = ("", *MARIA)

    again = read(written(header, row))

    assert tuple(again.rows[0].cells[1:4]) == tuple(MARIA)
