"""CSV and text: delimiters, encodings, quoting, and where records begin."""

import pytest

from chalicelib.domain.file.row import MISSHAPEN
from chalicelib.files.formats import plaintext
from chalicelib.files.limits import Limits
from tests.files.made_files import HEADER, MARIA, YOHAN, codes_of, finding_of, read, text_of


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_decides_the_delimiter(delimiter):
    reading = read(text_of([HEADER, MARIA], delimiter=delimiter))

    assert reading.delimiter == delimiter
    assert reading.cells == [MARIA]


def test_the_delimiter_that_gives_the_header_beats_a_more_frequent_one():
    content = b"NIK;Ket, lain;Nama;Nilai\r\n1;a, b, c;d;2\r\n"

    assert read(content).cells == [["1", "a, b, c", "d", "2"]]


def test_the_separator_line_of_excel_is_used_and_counted():
    reading = read(b"sep=;\r\nNIK;Nama;Nilai\r\n1;2;3\r\n")

    assert (reading.delimiter, reading.lines) == (";", [3])


def test_a_separator_line_may_name_an_unusual_mark():
    assert read(b'"sep=^"\nNIK^Nama^Nilai\n1^2^3\n').cells == [["1", "2", "3"]]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_each_line_end_is_understood(end):
    reading = read(text_of([HEADER, MARIA, YOHAN], end=end))

    assert (reading.cells, reading.lines) == ([MARIA, YOHAN], [2, 3])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_each_encoding_is_understood(encoding):
    cells = ["1", "Renée Ñañez", "3"]

    assert read(text_of([HEADER, cells], encoding=encoding)).cells == [cells]


def test_utf_16_of_the_other_byte_order_is_understood():
    assert read(b"\xfe\xff" + text_of([HEADER, MARIA], encoding="utf-16-be")).cells == [MARIA]


def test_the_encoding_is_decided_by_the_whole_file():
    rows = [HEADER, ["1", "Renée", "3"]] + [MARIA] * 40_000
    content = text_of(rows, encoding="utf-8") + "7;Andr\xe9;9".encode("cp1252")

    assert read(content).cells[0][1] == "RenÃ©e"


def test_utf_8_is_recognised_if_a_block_ends_within_a_character():
    content = text_of([HEADER, ["1", "é" * 5_000, "3"]] + [["1", "ëé" * 500, "3"]] * 1_100)

    assert read(content).cells[-1][1] == "ëé" * 500


def test_bytes_without_a_meaning_in_any_encoding_are_refused():
    assert codes_of(b"NIK,Nama,Nilai\n1,\xe9\x81,3\n") == ["encoding_unknown"]


def test_utf_16_cut_within_a_character_is_refused():
    assert codes_of(text_of([HEADER, MARIA], encoding="utf-16")[:-1]) == ["encoding_unknown"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["Maria", "Renée"])
def test_utf_16_without_its_mark_is_an_unknown_encoding(encoding, name):
    content = text_of([HEADER, ["1", name, "3"]], encoding=encoding)

    assert codes_of(content) == ["encoding_unknown"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_nul_is_in_no_text(encoding):
    assert codes_of(text_of([HEADER, ["1", "a\0b", "3"]], encoding=encoding)) == ["file_unreadable"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
@pytest.mark.parametrize("block", [1 << 20, 7])
def test_the_line_of_a_nul_is_named(monkeypatch, end, encoding, block):
    monkeypatch.setattr("chalicelib.files.formats.encoding._BLOCK", block)
    lines = [",".join(HEADER), ",".join(MARIA), "", "7,Ren\u00e9e,3", "8,a\0\0b,3", "9,\0,3"]
    content = end.join(lines).encode(encoding)

    assert finding_of(content).params == {"nul": "5"}


def test_quoted_cells_keep_delimiters_quotes_and_line_breaks():
    cells = ["1", 'Maria "Ria", Contoh', "Jl. A\r\nNo. 2"]

    assert read(text_of([HEADER, cells])).cells == [cells]


def test_a_record_is_named_by_the_line_on_which_it_begins():
    content = text_of([HEADER, ["1", "a\nb\nc", "3"], MARIA])

    assert read(content).lines == [2, 5]


def test_cells_are_not_changed():
    cells = [" '7171 ", "\u00a0Maria  ", "Rp 1.200.000,-"]

    assert read(text_of([HEADER, cells])).cells == [cells]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_the_lines_do_not_depend_on_the_block_size(monkeypatch, end, quote):
    rows = [HEADER, ["1", f"{quote}Maria{quote}", "3"], [], [" 4", f"{quote}é{quote}", "6"]]
    content = end.join(",".join(row) for row in rows).encode()
    whole = read(content)

    for size in range(1, len(content)):
        monkeypatch.setattr(plaintext, "_BLOCK", size)
        reading = read(content)
        assert (
            (reading.cells, reading.lines)
            == (whole.cells, whole.lines)
            == (
                [["1", "Maria", "3"], [" 4", "é", "6"]],
                [2, 4],
            )
        )


@pytest.mark.parametrize("size", [3, 64, 1 << 16])
@pytest.mark.parametrize("record", ["x" * 98, '"' + "x\n" * 48 + '"'], ids=["line", "lines"])
def test_a_record_may_have_exactly_the_limit_of_characters(monkeypatch, size, record):
    monkeypatch.setattr(plaintext, "_BLOCK", size)
    before = b"NIK,Nama,Nilai\n1,2,3\n"

    assert codes_of(before + f"{record}\n".encode(), Limits(record_characters=99)) == []
    refusal = finding_of(before + f"{record},\n1,2,3\n".encode(), Limits(record_characters=99))
    assert (refusal.code, refusal.params) == ("file_unreadable", {"line": "3"})


def test_blank_rows_are_left_out_but_counted():
    assert read(b"\nNIK,Nama,Nilai\n\n,,\n1,2,3\n \n4,5,6\n").lines == [5, 7]


def test_a_title_block_above_the_header_is_skipped():
    content = b'Daftar "BPUM" 2021,,\n"Tahap 2" Manado\n\nNIK,Nama,Nilai\n1,2,3\n'

    reading = read(content)

    assert (reading.header, reading.lines) == (("NIK", "Nama", "Nilai"), [5])


def test_a_narrow_row_is_filled_up():
    assert read(b"NIK,Nama,Nilai\n1\n").cells == [["1", "", ""]]


def test_a_wide_row_keeps_all_its_cells():
    assert read(b"NIK,Nama,Nilai\n1,2,3,,5\n").cells == [["1", "2", "3", "", "5"]]


def test_delimiters_at_the_end_of_a_row_are_not_cells():
    assert read(b"NIK,Nama,Nilai\n1,2,3,, \n").cells == [["1", "2", "3"]]


def test_a_line_with_broken_quotes_is_misshapen_alone():
    reading = read(b'NIK,Nama,Nilai\n1,"Ria" Contoh,3\n4,5,6\n')

    assert reading.cells == [["1", '"Ria" Contoh', "3", MISSHAPEN], ["4", "5", "6"]]


def test_a_quote_that_never_ends_refuses_the_file_and_names_the_line():
    finding = finding_of(b'NIK,Nama,Nilai\n1,2,3\n4,"5,6\n7,8,9\n')

    assert (finding.code, finding.params) == ("file_unreadable", {"line": "3"})


def test_a_quote_that_runs_on_is_not_read_into_memory():
    content = b'NIK,Nama,Nilai\n1,"' + b"x\n" * 40_000

    assert finding_of(content, Limits(record_characters=1_000)).params == {"line": "2"}


def test_a_file_cut_within_its_last_cell_is_refused():
    assert codes_of(b'NIK,Nama,Nilai\n1,2,3\n4,"5') == ["file_unreadable"]


def test_a_row_that_swallowed_people_between_stray_quotes_is_rejected():
    content = b'NIK,Nama,Nilai\n7171015708800001,"Ria,1200000\n7171011708800002,Yo"\n'.replace(
        b'Yo"', b'Yo",1'
    )

    (row,) = read(content).cells

    assert row[-1] == MISSHAPEN


def test_a_cell_over_the_limit_makes_its_row_misshapen():
    (long, short) = read(text_of([HEADER, ["1", "x" * 10_001, "3"], MARIA])).cells

    assert (long[1], long[-1], short) == ("x" * 10_001, MISSHAPEN, MARIA)


def test_a_line_over_the_limit_refuses_the_file():
    content = text_of([HEADER, ["1", "x" * 5_000, "3"]])

    assert codes_of(content, Limits(record_characters=4_000)) == ["file_unreadable"]
