"""XLSX, XLS and ODS."""

import io
import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest

from chalicelib.domain.cells.dates import parse_date
from chalicelib.domain.cells.money import parse_rupiah
from chalicelib.domain.cells.phone import parse_phone
from chalicelib.domain.file.row import MISSHAPEN
from chalicelib.files.formats.sheetfeed import cell_text
from chalicelib.files.limits import Limits
from chalicelib.files.read import open_table
from chalicelib.kinds.recipients.columns import recipient_columns
from tests.files.made_files import (
    HEADER,
    MARIA,
    YOHAN,
    codes_of,
    finding_of,
    inline,
    ods_of,
    read,
    row_of,
    with_sheet_xml,
    xls_of,
    xlsx_of,
    zip_of,
)

pytestmark = pytest.mark.own_process

CELLS = row_of(1, HEADER) + row_of(2, MARIA)


@pytest.mark.parametrize("made", [xlsx_of, xls_of, ods_of])
def test_each_kind_of_workbook_is_read(made):
    reading = read(made([HEADER, MARIA, YOHAN]))

    assert (reading.header, reading.cells, reading.lines) == (tuple(HEADER), [MARIA, YOHAN], [2, 3])


@pytest.mark.parametrize("made", [xlsx_of, xls_of, ods_of])
def test_rows_are_named_by_their_number_in_the_sheet(made):
    reading = read(made([[], ["Daftar"], [], HEADER, MARIA, [], YOHAN]))

    assert reading.lines == [5, 7]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", ""),
        (" 0071 ", " 0071 "),
        (1200000.0, "1200000"),
        (1200000.5, "1200000.5"),
        (0.1, "0.1"),
        (120.5, "120.5"),
        (120.55, "120.55"),
        (120.555, "120.5550"),
        (1.125, "1.1250"),
        (2.125, "2.1250"),
        (999.125, "999.1250"),
        (-1.125, "-1.1250"),
        (1.0625, "1.0625"),
        (1200000.555, "1200000.555"),
        (717101570880.001, "717101570880.001"),
        (-5.0, "-5"),
        (12, "12"),
        (7171015708800001.0, "7171015708800001"),
        (7171015708800010.0, "7.17101570880001E+15"),
        (7171015708800000.0, "7.17101570880000E+15"),
        (9101015708800001.0, "9.10101570880000E+15"),
        (999_999_999_999_990.0, "999999999999990"),
        (float("inf"), ""),
        (float("nan"), ""),
        (True, "TRUE"),
        (False, "FALSE"),
        (date(1980, 8, 17), "1980-08-17"),
        (datetime(1980, 8, 17), "1980-08-17"),  # noqa: DTZ001  # sheets know no time zones
        (datetime(1980, 8, 17, 9, 30), "1980-08-17 09:30:00"),  # noqa: DTZ001  # as above
        (time(9, 30), "09:30:00"),
        (timedelta(hours=30), "1 day, 6:00:00"),
    ],
)
def test_cells_become_what_a_person_would_have_typed(value, text):
    assert cell_text(value) == text


@pytest.mark.parametrize("value", [120.555, 1.125, 2.125, 999.125, 120.5, 1.0625, 1200.125, 1e-7])
def test_a_fraction_is_never_read_as_thousands(value):
    text = cell_text(value)

    assert (parse_rupiah(text), parse_phone(text), parse_date(text)) == (None, None, None)


def test_typed_cells_come_out_of_a_workbook_as_text():
    typed = [7171015708800010, "Maria", 1200000, datetime(1980, 8, 17), True]  # noqa: DTZ001  # as above

    (row,) = read(xlsx_of([[*HEADER, "Tgl Lahir", "x"], typed])).cells

    assert row == ["7.17101570880001E+15", "Maria", "1200000", "1980-08-17", "TRUE"]


def test_a_formula_counts_by_its_stored_value_and_is_never_run():
    cells = CELLS + '<row><c r="A3"><f>HYPERLINK("x")</f><v>5</v></c></row>'

    assert read(with_sheet_xml(cells)).cells[1] == ["5", "", ""]


def test_sheets_with_the_same_header_are_read_on_and_the_others_are_warned_of():
    more = {"Penerima": [HEADER, MARIA], "Lain": [["x"], HEADER, YOHAN], "Kosong": []}
    reading = read(xlsx_of([["Catatan"]], **more))

    assert reading.header == (*HEADER, "payung_lembar")
    assert reading.cells == [[*MARIA, "Penerima"], [*YOHAN, "Lain"]]
    assert reading.lines == [2, 5]
    (warning,) = reading.warnings
    assert (warning.code, dict(warning.params)) == (
        "sheets_ignored",
        {"sheet": "Penerima, Lain", "ignored": "Data"},
    )


def test_rows_of_several_sheets_are_numbered_on_however_many_there_are():
    rows = [[str(number), "x", "1"] for number in range(450)]

    reading = read(xlsx_of([HEADER, *rows], Dua=[HEADER, *rows], Tiga=[HEADER, *rows]))

    assert [int(cells[0]) for cells in reading.cells] == [*range(450)] * 3
    assert reading.lines == [*range(2, 452), *range(453, 903), *range(904, 1354)]


def test_sheets_with_lists_whose_headers_differ_are_refused():
    finding = finding_of(xlsx_of([HEADER, MARIA], Lain=[[*HEADER[::-1]], YOHAN[::-1]]))

    assert (finding.code, finding.params) == ("sheets_several", {"names": "Data, Lain"})


@pytest.mark.parametrize("name", ["Contoh", "PETUNJUK PENGISIAN", "Referensi", "Sample data"])
def test_an_example_is_never_read(name):
    assert read(xlsx_of([HEADER, YOHAN], **{name: [HEADER, MARIA]})).cells == [YOHAN]
    finding = finding_of(xlsx_of([["x"]], **{name: [HEADER, MARIA]}))
    assert (finding.code, finding.params) == ("sheet_not_read", {"example": name})


def test_a_template_is_read_only_where_there_is_no_other_list():
    assert read(xlsx_of([["x"]], Template=[HEADER, MARIA])).cells == [MARIA]
    assert read(xlsx_of([HEADER, YOHAN], Template=[HEADER, MARIA])).cells == [YOHAN]
    assert read(xlsx_of([HEADER], Template=[HEADER, MARIA])).cells == [MARIA]


def test_a_hidden_list_is_never_read():
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of([["x"]], Lama=[HEADER, MARIA])))
    book["Lama"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)

    finding = finding_of(out.getvalue())

    assert (finding.code, finding.params) == ("sheet_not_read", {"hidden": "Lama"})


def test_empty_sheets_give_no_warning():
    assert read(xlsx_of([HEADER, MARIA], Sheet2=[], Sheet3=[])).warnings == ()


def test_a_visible_sheet_goes_before_a_hidden_one():
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of([HEADER, YOHAN], Penerima=[HEADER, MARIA])))
    book["Data"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)

    assert read(out.getvalue()).cells == [MARIA]


def test_the_rows_can_be_read_again():
    with open_table(
        io.BytesIO(xlsx_of([HEADER, MARIA, YOHAN] * 150)), recipient_columns()
    ) as table:
        next(table.rows())

        assert len(list(table.rows())) == 300


def test_a_cell_over_the_limit_makes_its_row_misshapen():
    reading = read(xlsx_of([HEADER, ["1", "x" * 10_001, "3"]]))

    assert reading.cells[0][-1] == MISSHAPEN


def test_a_sheet_larger_than_memory_is_refused():
    cells = CELLS + "<row>" + inline("XFD1048576", "x") + "</row>"

    assert codes_of(with_sheet_xml(cells), Limits(workbook_bytes=512 * 1024**2)) == ["file_bomb"]


def test_entities_are_not_expanded():
    prolog = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    content = with_sheet_xml(CELLS + "<row>" + inline("A3", "&amp;&e;") + "</row>", prolog=prolog)

    assert codes_of(content) == ["file_unreadable"]


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    content = with_sheet_xml(CELLS + " " * 3_000_000)

    assert codes_of(content, Limits(unpacked_bytes=1_000_000)) == ["file_bomb"]


def test_a_workbook_that_lies_about_its_size_is_refused():
    content = bytearray(with_sheet_xml(CELLS + " " * 3_000_000))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        declared = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    content = content.replace(declared.to_bytes(4, "little"), (100).to_bytes(4, "little"))

    assert codes_of(bytes(content), Limits(unpacked_bytes=1_000_000)) == ["file_bomb"]


def test_a_workbook_cut_short_is_refused():
    content = xlsx_of([HEADER, MARIA])

    assert codes_of(content[: len(content) // 2]) == ["file_unreadable"]


@pytest.mark.parametrize("made", [xlsx_of, ods_of])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9, 0.99])
def test_a_workbook_whose_xml_ends_too_early_is_refused(made, part):
    with zipfile.ZipFile(io.BytesIO(made([HEADER, MARIA] * 20))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "content.xml" if "content.xml" in members else "xl/worksheets/sheet1.xml"
    members[sheet] = members[sheet][: int(len(members[sheet]) * part)]

    assert codes_of(zip_of(**members)) == ["file_unreadable"]


def test_a_document_of_another_kind_is_refused():
    finding = finding_of(zip_of(**{"[Content_Types].xml": b"x", "word/document.xml": b"x"}))

    assert (finding.code, finding.params["what"]) == ("file_not_a_list", "dokumen Word")


def test_an_encrypted_workbook_says_so():
    envelope = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    )

    assert codes_of(envelope + bytes(600)) == ["file_encrypted"]


def test_an_encrypted_opendocument_sheet_says_so():
    members = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": b"\x8f\x01",
        "META-INF/manifest.xml": b"<manifest:encryption-data/>",
    }

    assert codes_of(zip_of(**members)) == ["file_encrypted"]
