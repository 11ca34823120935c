"""TOTAL rows are control figures and never people, and no person is taken for a total."""

import io

import pytest

from chalicelib.files.limits import Budget
from chalicelib.files.read import open_table
from chalicelib.files.write import CsvWriter, ResultCells, ResultShape
from chalicelib.kinds.recipients.columns import recipient_columns
from tests.files.made_files import HEADER, MARIA, YOHAN, codes_of, read, text_of


def test_a_closing_total_is_a_control_figure():
    reading = read(text_of([HEADER, MARIA, YOHAN, ["", "TOTAL", "2.400.000"]]))

    assert reading.cells == [MARIA, YOHAN]
    assert (reading.total.amount, reading.total.line, reading.total.rows) == (2_400_000, 4, None)


@pytest.mark.parametrize(
    "text",
    ["JUMLAH", "Grand Total:", "Jumlah Seluruhnya", "TOTAL 2 PENERIMA", "SUBTOTAL", "Total (Rp)"],
)
def test_a_total_is_known_by_its_words(text):
    assert read(text_of([HEADER, MARIA, [text, "", "1200000"]])).total.amount == 1_200_000


def test_a_total_may_count_people():
    reading = read(text_of([HEADER, MARIA, YOHAN, ["", "Jumlah 2 orang", ""]]))

    assert (reading.total.amount, reading.total.rows) == (None, 2)


def test_amount_and_count_may_be_in_two_rows():
    content = text_of([HEADER, MARIA, ["JUMLAH", "", "1200000"], ["TOTAL", "1 debitur", ""]])

    assert (read(content).total.amount, read(content).total.rows) == (1_200_000, 1)


def test_a_subtotal_may_come_before_the_total():
    rows = [MARIA, YOHAN, ["", "Sub Total", "1200000"], ["", "TOTAL", "2400000"]]

    reading = read(text_of([HEADER, *rows]))

    assert (reading.cells, reading.total.amount) == ([MARIA, YOHAN], 2_400_000)


def test_place_date_and_signature_may_follow():
    rows = [MARIA, ["TOTAL", "", "1200000"], [], ["", "", "Manado, 7 September 2021"], ["Kepala"]]

    reading = read(text_of([HEADER, *rows]))

    assert (reading.cells, reading.total.amount) == ([MARIA], 1_200_000)


def test_a_total_with_people_below_is_no_row_and_no_control_figure():
    reading = read(text_of([HEADER, MARIA, ["", "Sub Total", "1200000"], YOHAN]))

    assert (reading.cells, reading.total, reading.lines) == ([MARIA, YOHAN], None, [2, 4])


@pytest.mark.parametrize(
    "text",
    [
        "Jumlah Halaman 1",
        "JUMLAH HAL. 2 DARI 5",
        "Total lembar ke-3",
        "Jumlah s/d halaman ini",
        "Jumlah Pindahan",
        "Jml.",
    ],
)
def test_a_subtotal_may_name_its_page(text):
    assert read(text_of([HEADER, MARIA, [text, "", "1200000"], YOHAN])).cells == [MARIA, YOHAN]


@pytest.mark.parametrize(
    "row",
    [["JUMLAH", "Halaman 1", "1200000"], ["TOTAL", "1", "1200000"], ["1", "", "TOTAL"]],
    ids=["page", "count", "count as NIK"],
)
def test_the_parts_of_a_total_may_be_in_other_cells(row):
    assert read(text_of([HEADER, MARIA, row, YOHAN])).cells == [MARIA, YOHAN]


def test_a_repeated_header_is_not_a_row():
    again = [" nik", "NAMA ", "Nilai  Bantuan"]

    assert read(text_of([HEADER, MARIA, HEADER, YOHAN, again])).cells == [MARIA, YOHAN]


def test_the_header_again_may_have_a_column_more():
    reading = read(text_of([HEADER, MARIA, [*HEADER, "Catatan"], YOHAN]))

    assert (reading.cells, reading.nobody) == ([MARIA, YOHAN], [(3, "header")])


def test_another_table_in_the_file_refuses_it():
    other = ["Nama", "NIK", "Nilai Bantuan"]

    assert codes_of(text_of([HEADER, MARIA, other])) == ["second_table"]


@pytest.mark.parametrize(
    "below",
    [
        ["", "Yohan Contoh", "1200000"],
        ["7171011708800002", "", ""],
        ["7,17101E+15", "Yohan", ""],
        ["7171", "Yohan", "abc"],
        ["7171", "Yohan", ""],
        ["7171", "", ""],
        ["", "Yohan", "satu juta"],
        ["", "Yohan", "#N/A"],
        ["#REF!", "Yohan", ""],
        ["", "Yohan", "", "081234500002"],
        ["", "Yohan", "", "", "17 Agustus 1980"],
        ["", "", "", "", "", "7171011708800002"],
    ],
)
def test_nobody_below_a_total_is_lost(below):
    header = [*HEADER, "No HP", "Tgl Lahir", "Alamat", "Urut"]
    row = [*below, *[""] * (len(header) - len(below))]

    reading = read(text_of([header, MARIA, ["", "TOTAL", "1"], row]))

    assert (reading.cells[1:], reading.total) == ([row], None)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (["KECAMATAN WENANG", "", ""], "text"),
        (["", "Mengetahui", "Dibuat oleh"], "text"),
        (["Manado, 7 September 2021", "", ""], "text"),
        (["", "", "Manado, 7 September 2021"], "text"),
        (["", "Yohan", "abc"], "text"),
        (["", "Yohan", "", "", "", "Bahu"], "text"),
        (["", "", "1200000"], "prefilled"),
        (["", "-", "", "", "", "", "2"], "prefilled"),
        (["1", "2", "3", "4", "5", "6", "7"], "column_numbers"),
        (["(1)", "(2)", "(3)"], "column_numbers"),
        (["", "JUMLAH CABANG MANADO", "1200000"], "total"),
        (["Sub Total Kec. Wenang 1", "", "1200000"], "total"),
        (["Wenang Total", "", "1200000"], "total"),
        (["T", "1", "1200000"], "trailer"),
        (["99", "1", "1200000"], "trailer"),
    ],
)
def test_a_line_that_is_nobody_is_listed_at_any_place(line, reason):
    header = [*HEADER, "No HP", "Tgl Lahir", "Alamat", "Urut"]
    row = [*line, *[""] * (len(header) - len(line))]

    reading = read(text_of([header, MARIA, row, YOHAN]))

    assert [cells[0] for cells in reading.cells] == [MARIA[0], YOHAN[0]]
    assert reading.nobody == [(3, reason)]


def test_a_note_below_a_total_changes_nothing_if_a_person_follows():
    note = ["", "catatan", ""]

    reading = read(text_of([HEADER, MARIA, ["TOTAL", "", "1"], note, YOHAN]))

    assert (reading.cells, reading.total) == ([MARIA, YOHAN], None)


@pytest.mark.parametrize(
    "row",
    [
        ["7171015708800001", "Jumlah", "1200000"],
        ["7171", "Jumlah", "1200000"],
        ["", "Total Wijaya", "1200000"],
        ["", "Jumlah", "1200000", "081234500001"],
        ["", "Citra", "1200000", "", "jumlah"],
        ["", "Dana", "1200000", "", "jumlah"],
        ["", "", "1200000", "", "jumlah", "7171015708800001"],
        ["", "", "1200000", "", "jumlah", "081234500001"],
        ["TOTAL 7171015708800001", "", "1200000"],
        ["", "Total", "7171015708800001"],
    ],
)
def test_a_row_that_may_be_a_person_is_not_a_total(row):
    header = [*HEADER, "No HP", "Catatan", "Lain"]
    row = [*row, *[""] * (len(header) - len(row))]

    reading = read(text_of([header, row]))

    assert (reading.cells, reading.total) == ([row], None)


def test_a_total_may_have_more_digits_than_an_amount():
    content = text_of([HEADER, MARIA, ["TOTAL", "", "Rp1.200.000.000.000,-"]])

    assert read(content).total.amount == 1_200_000_000_000


@pytest.mark.parametrize("cell", ["1,8E+11", "Rp 5 juta", "#REF!", "0", "1.200.000,50", "Rp -"])
def test_an_unreadable_amount_of_a_total_is_reported(cell):
    total = read(text_of([HEADER, MARIA, ["SUB TOTAL", "", "5"], ["TOTAL", "", cell]])).total

    assert (total.line, total.amount, total.unreadable) == (4, None, True)


@pytest.mark.parametrize("cell", ["", "-", "TOTAL", "2 orang", "JUMLAH 2 ORANG"])
def test_a_total_need_not_have_an_amount(cell):
    total = read(text_of([HEADER, MARIA, ["TOTAL", "", cell]])).total

    assert (total.amount, total.unreadable) == (None, False)


def test_the_count_of_a_subtotal_is_not_that_of_the_total():
    rows = [MARIA, YOHAN, ["SUB TOTAL 1 ORANG", "", "1200000"], ["TOTAL", "", "2400000"]]

    total = read(text_of([HEADER, *rows])).total

    assert (total.amount, total.rows) == (2_400_000, None)


def test_a_row_of_a_former_result_is_never_a_total(tmp_path):
    path = tmp_path / "ditolak.csv"
    row = ["", "TOTAL", "1200000"]
    with path.open("wb") as out:
        shape = ResultShape(HEADER)
        CsvWriter(out, shape.titles).write(shape.row(row, ResultCells("9", "ditolak")))

    assert read(path.read_bytes()).cells == [row]


def test_the_list_of_nobody_is_bounded():
    content = text_of([HEADER, MARIA, *[["", "catatan", ""]] * 140])

    with open_table(io.BytesIO(content), recipient_columns(), budget=Budget()) as table:
        assert len(list(table.rows())) == 1
        listed = table.nobody.listed()

    assert (listed.count, len(listed.lines)) == (140, 100)
