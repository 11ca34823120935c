"""Result files as workbooks: what a bank opens, corrects and sends again."""

import io
import zipfile
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from chalicelib.files.neutral import restored
from chalicelib.files.write import Remark
from chalicelib.files.write_workbook import WorkbookWriter
from tests.files.made_files import read

HEADER = ["NIK", "Nama", "Nilai Bantuan"]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
any_text = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("'=+-@\t\r\n\",;_x0041_<&\ufeff "),
    max_size=12,
)


def written(rows, *, remarks=(), **kept) -> bytes:
    out = io.BytesIO()
    with WorkbookWriter(out, "Hasil", HEADER, **kept) as workbook:
        for row in rows:
            workbook.write(row, remarks)
    return out.getvalue()


def part(content: bytes, name: str) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return ET.fromstring(parts.read(name))  # noqa: S314  # our own


@given(st.lists(st.tuples(any_text, any_text, any_text), min_size=1, max_size=4))
def test_any_text_comes_back_as_text(rows):
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(written(rows))).get_sheet_by_index(0)

    cells = sheet.to_python(skip_empty_area=False)[1:]
    found = [tuple(restored(cell) for cell in row) for row in cells]
    wanted = list(rows)
    while wanted and not any(wanted[-1]):
        wanted.pop()
    assert found == wanted


def test_every_cell_is_text():
    cells = part(written([["7171015708809001", "Maria", "1200000"]]), "xl/worksheets/sheet1.xml")

    assert {cell.get("t") for cell in cells.iter(f"{MAIN}c")} == {"inlineStr"}


def test_headers_are_text_too_and_come_back():
    header = ["NIK", "Nama", "Nilai Bantuan", "'=1+2", "Alamat;=1+2;"]
    out = io.BytesIO()
    with WorkbookWriter(out, "Hasil", header) as workbook:
        workbook.write(["7171015708809001", "Maria", "1200000", "=1", "a;=2"])

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(out.getvalue())).get_sheet_by_index(0)
    assert sheet.to_python()[0][3:] == ["''=1+2", "Alamat;'=1+2;"]
    again = read(out.getvalue())
    assert again.header == tuple(header)
    assert again.cells == [["7171015708809001", "Maria", "1200000", "=1", "a;=2"]]


def test_a_row_is_read_as_it_was_written():
    reading = read(written([["7171015708809010", "Maria & Yohan", "1.200.000"]]))

    assert reading.cells == [["7171015708809010", "Maria & Yohan", "1.200.000"]]


def test_the_header_stays_in_sight_and_columns_are_as_wide_as_their_cells():
    sheet = part(written([["7" * 16, "x" * 80, "1"]]), "xl/worksheets/sheet1.xml")

    (pane,) = sheet.iter(f"{MAIN}pane")
    assert (pane.get("ySplit"), pane.get("state")) == ("1", "frozen")
    assert [each.get("width") for each in sheet.iter(f"{MAIN}col")] == ["18", "50", "15"]


def test_what_is_beyond_a_sheet_goes_on_in_another_under_the_same_header():
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(written([[str(n), "x", "1"] for n in range(7)], sheet_rows=4))
    )

    assert book.sheet_names == ["Hasil", "Hasil 2", "Hasil 3"]
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert [rows[0] for rows in sheets] == [HEADER] * 3
    assert [row[0] for rows in sheets for row in rows[1:]] == [str(n) for n in range(7)]


def test_a_remark_is_colour_and_comment_at_its_cell():
    remarks = [Remark(0, "NIK salah.", True), Remark(2, "Nilai <salah>.", False)]
    content = written([["1", "x", ""]], remarks=remarks)

    sheet = part(content, "xl/worksheets/sheet1.xml")
    styles = {cell.get("r"): cell.get("s") for cell in sheet.iter(f"{MAIN}c")}
    comments = part(content, "xl/comments1.xml")
    texts = {each.get("ref"): "".join(each.itertext()) for each in comments.iter(f"{MAIN}comment")}
    assert (styles["A2"], styles["B2"], styles["C2"]) == ("2", "1", "3")
    assert texts == {"A2": "NIK salah.", "C2": "Nilai <salah>."}


def test_two_remarks_on_a_cell_are_one_comment():
    remarks = [Remark(0, "Pertama.", True), Remark(0, "Kedua.", True)]

    comments = part(written([["1", "x", "2"]], remarks=remarks), "xl/comments1.xml")

    (comment,) = comments.iter(f"{MAIN}comment")
    assert "".join(comment.itertext()) == "Pertama. Kedua."


def test_an_empty_remark_colours_its_cell():
    content = written([["1", "x", "2"]], remarks=[Remark(0, "", True)])

    (comment,) = part(content, "xl/comments1.xml").iter(f"{MAIN}comment")
    assert "".join(comment.itertext()) == ""
    assert read(content).cells == [["1", "x", "2"]]


def test_only_the_first_rows_have_comments():
    content = written([["1", "x", "2"]] * 10_001, remarks=[Remark(0, "Salah.", True)])

    comments = part(content, "xl/comments1.xml")
    assert len(list(comments.iter(f"{MAIN}comment"))) == 10_000
    (*_, last) = part(content, "xl/worksheets/sheet1.xml").iter(f"{MAIN}row")
    assert [cell.get("s") for cell in last] == ["1", "1", "1"]


def test_a_cell_that_excel_cannot_hold_is_cut_and_says_so():
    reading = CalamineWorkbook.from_filelike(io.BytesIO(written([["1", "x" * 40_000, "2"]])))

    cell = reading.get_sheet_by_index(0).to_python()[1][1]
    assert len(cell) == 32_767
    assert cell.endswith("berkas CSV)")


def test_nothing_but_the_rows_decides_its_bytes():
    assert written([["1", "x", "2"]]) == written([["1", "x", "2"]])


def test_a_workbook_goes_into_what_cannot_seek():
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.content = b""

        def writable(self) -> bool:
            return True

        def write(self, data) -> int:
            self.content += bytes(data)
            return len(data)

    pipe = Pipe()
    with WorkbookWriter(pipe, "Hasil", HEADER) as workbook:
        workbook.write(["7171015708809001", "Maria", "1200000"])

    assert read(pipe.content).cells == [["7171015708809001", "Maria", "1200000"]]


def test_an_error_ends_the_writing_as_it_is():
    def rows():
        yield from [["1", "x", "2"]] * 200
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        written(rows())


def test_a_control_character_completes_no_escape_before_it():
    """`_x003D` and a control character would be `_x003D_x0000_`, which begins with a sign."""
    out = io.BytesIO()
    with WorkbookWriter(out, "Hasil", ["NIK"]) as book:
        book.write(["_x003D\x01_x0041_"])
    with zipfile.ZipFile(out) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()

    assert "_x005F_x003D_x0001__x005F_x0041_" in sheet
