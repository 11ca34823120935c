"""Result files: what a bank gets back, and sends again."""

import csv
import io

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from made_files import HEADER, MARIA, read

from chalicelib.files.headers import aliases_of, completeness, is_ours
from chalicelib.files.neutral import all_restored, neutral, restored
from chalicelib.files.write import COLUMNS, MISSHAPEN, ResultCells, ResultWriter

OURS = ResultCells("2", "ditolak", "nik_length", "NIK harus 16 angka.")
texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    | st.sampled_from("'=+-@\t\r\n\",;|\uff1d\ufeff "),
    max_size=12,
)


def written(header, *rows, ours=OURS) -> bytes:
    out = io.BytesIO()
    wide = any(len(row) > len(header) for row in rows)
    writer = ResultWriter(out, header, surplus=wide)
    for row in rows:
        writer.write(row, ours)
    return out.getvalue()


def test_a_result_is_utf_8_with_mark_comma_and_crlf():
    content = written(HEADER, MARIA)

    assert content.startswith(b"\xef\xbb\xbfNIK,Nama,Nilai Bantuan,payung_baris,payung_status,")
    assert content.endswith(b"\r\n")
    assert content.count(b"\r\n") == 2


def test_our_columns_stand_behind_the_banks():
    (header, row) = csv.reader(io.StringIO(written(HEADER, MARIA).decode("utf-8-sig")))

    assert header == [*HEADER, *COLUMNS]
    assert row == [*MARIA, "2", "ditolak", "nik_length", "NIK harus 16 angka.", *[""] * 5]


@pytest.mark.parametrize("cells", [["1"], ["1", "2", "3", "", "5,6"], ["1", "2", "3"]])
def test_our_columns_stand_under_their_headers_whatever_the_rows_width(cells):
    (row,) = csv.DictReader(io.StringIO(written(HEADER, cells).decode("utf-8-sig")))

    assert (row["payung_status"], row["NIK"]) == ("ditolak", "1")


def test_a_wide_row_without_a_column_for_it_is_never_cut():
    with pytest.raises(ValueError, match="wider than its header"):
        ResultWriter(io.BytesIO(), HEADER).write(["1", "2", "3", "4"], OURS)


def test_what_a_wide_row_has_beyond_the_header_is_kept():
    (row,) = csv.DictReader(
        io.StringIO(written(HEADER, ["1", "2", "3", "", "5"]).decode("utf-8-sig"))
    )

    assert row["payung_kelebihan"] == ",5"


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+62812", "-5", "@x", "\tx", "\rx", "\n=x", "  =x", "\uff1dx", "'=x", "\u2212x"],
)
def test_nothing_in_a_result_is_run_as_a_formula(cell):
    assert neutral(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Maria", "'7171015708800001", "'", "''", "1-2", "a=b"])
def test_what_is_no_formula_is_left_alone(cell):
    assert (neutral(cell), restored(cell)) == (cell, cell)


@given(texts)
def test_every_text_comes_back_from_its_neutral_form(text):
    assert restored(neutral(text)) == text


@given(st.lists(st.text("'=-1 \tx", max_size=4), max_size=5))
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
    assume(completeness(header, aliases_of()) == (True, 3))
    assume(not any(map(is_ours, header)))

    reading = read(written(header, *rows))

    assert reading.header == tuple(header)
    assert reading.cells == [_shaped(row, len(header)) for row in rows]
    assert reading.total is None


def test_a_result_of_a_result_is_the_same_row():
    first = read(written(HEADER, ["1", "=2", "3", "4"]))

    second = read(written(first.header, *first.cells))

    assert (second.header, second.cells) == (first.header, first.cells)


def test_a_misshapen_row_can_be_mended_and_sent_again():
    (broken,) = read(b'NIK,Nama,Nilai\n1,"Ria" Contoh,3\n').cells
    content = written(HEADER, broken)
    assert MISSHAPEN.encode() in content

    assert read(content.replace(b'"""Ria"" Contoh"', b"Ria")).cells == [["1", "Ria", "3"]]


def _shaped(row: list[str], width: int) -> list[str]:
    row = row + [""] * (width - len(row))
    while len(row) > width and not row[-1].strip():
        row = row[:-1]
    return row
