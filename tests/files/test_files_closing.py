"""TOTAL rows: a control figure, never a person, and no person ever lost to one."""

import pytest
from made_files import HEADER, MARIA, YOHAN, read, text_of

from chalicelib.files import ResultCells, ResultWriter


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


def test_amount_and_count_may_stand_in_two_rows():
    content = text_of([HEADER, MARIA, ["JUMLAH", "", "1200000"], ["TOTAL", "1 debitur", ""]])

    assert (read(content).total.amount, read(content).total.rows) == (1_200_000, 1)


def test_a_subtotal_may_stand_before_the_total():
    rows = [MARIA, YOHAN, ["", "Sub Total", "1200000"], ["", "TOTAL", "2400000"]]

    reading = read(text_of([HEADER, *rows]))

    assert (reading.cells, reading.total.amount) == ([MARIA, YOHAN], 2_400_000)


def test_place_date_and_signature_may_follow():
    rows = [MARIA, ["TOTAL", "", "1200000"], [], ["", "", "Manado, 7 September 2021"], ["Kepala"]]

    reading = read(text_of([HEADER, *rows]))

    assert (reading.cells, reading.total.amount) == ([MARIA], 1_200_000)


def test_a_total_with_people_below_it_is_a_row_like_any_other():
    between = ["", "Sub Total", "1200000"]

    reading = read(text_of([HEADER, MARIA, between, YOHAN]))

    assert (reading.cells, reading.total) == ([MARIA, between, YOHAN], None)


@pytest.mark.parametrize(
    "below",
    [["", "Yohan Contoh", "1200000"], ["7171011708800002", "", ""], ["7,17101E+15", "Yohan", ""]],
    ids=["no NIK", "no name", "rounded NIK"],
)
def test_nobody_below_a_total_is_lost(below):
    assert len(read(text_of([HEADER, MARIA, ["", "TOTAL", "1"], below])).rows) == 3


def test_a_person_who_is_called_so_is_a_person():
    rows = [["7171015708800001", "Jumlah", "1200000"], ["", "Total Wijaya", "1200000"]]

    reading = read(text_of([HEADER, *rows]))

    assert (reading.cells, reading.total) == (rows, None)


def test_a_row_of_a_former_result_is_never_a_total(tmp_path):
    path = tmp_path / "ditolak.csv"
    row = ["", "TOTAL", "1200000"]
    with path.open("wb") as out:
        ResultWriter(out, HEADER).write(row, ResultCells("9", "ditolak"))

    assert read(path.read_bytes()).cells == [row]


def test_a_long_tail_is_no_footer():
    tail = [["", "catatan", ""]] * 40

    assert len(read(text_of([HEADER, MARIA, ["TOTAL", "", "1"], *tail])).rows) == 42
