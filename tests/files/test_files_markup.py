"""Tables in HTML, XML Spreadsheet 2003 and MHTML."""

import codecs

import pytest

from chalicelib.files.formats.markup.tables import MarkupSheets
from tests.files.made_files import (
    HEADER,
    MARIA,
    YOHAN,
    codes_of,
    finding_of,
    gzip_of,
    html_of,
    mhtml_of,
    read,
    xml_of,
    zip_of,
)

MADE = [html_of, xml_of, lambda rows: mhtml_of(html_of(rows))]
NIK = "7171015708800001"


def rows_of(content: bytes) -> list[list[str]]:
    sheets = MarkupSheets(content)
    return [row for index in range(len(sheets.names)) for row in sheets.top(index)[2]]


@pytest.mark.parametrize("made", MADE, ids=["html", "xml", "mhtml"])
@pytest.mark.parametrize(
    "packed",
    [
        lambda content: content,
        lambda content: codecs.BOM_UTF8 + content,
        lambda content: b"\r\n \n" + content,
        lambda content: content.decode().encode("utf-16"),
        lambda content: content.decode().encode("utf-16-le"),
        lambda content: codecs.BOM_UTF16_BE + content.decode().encode("utf-16-be"),
        gzip_of,
        lambda content: zip_of(a=content),
    ],
    ids=["plain", "mark", "blank", "utf-16", "utf-16-le", "utf-16-be", "gzip", "zip"],
)
def test_the_rows_are_read_however_they_are_wrapped(made, packed):
    reading = read(packed(made([HEADER, MARIA, YOHAN])))

    assert (reading.cells, reading.lines) == ([MARIA, YOHAN], [2, 3])


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (f"<td style='mso-number-format:\"\\@\"'>{NIK}</td>", NIK),
        (f"<td x:num='{NIK}'>7,17E+15</td>", NIK),
        (f"<td x:num='{NIK}'>########</td>", NIK),
        ("<td x:num='7171015708800010'>7,17E+15</td>", "7.17101570880001E+15"),
        ("<td x:num>7171015708800010</td>", "7.17101570880001E+15"),
        ("<td sdval='7171015708800010'>7171015708800010</td>", "7.17101570880001E+15"),
        ("<td>7171015708800010</td>", "7171015708800010"),
        ("<td x:num='1200000'>Rp 1.200.000</td>", "Rp 1.200.000"),
        ("<td x:num='29450'>17-08-1980</td>", "17-08-1980"),
        ("<td x:num='x'>7,17E+15</td>", "x"),
        ("<td>D&#39;Arc &amp; &Eacute;va&nbsp;X</td>", "D'Arc & \u00c9va\u00a0X"),
        ("<td> satu\n   dua </td>", "satu dua"),
        ("<td><p>satu</p><b>dua</b><br/>tiga</td>", "satu\ndua\ntiga"),
        ("<td>a<script>var x = '<td>b';</script><style>i</style></td>", "a"),
        ("<td><comment>catatan</comment>a</td>", "a"),
    ],
)
def test_a_cell_of_html_is_the_text_that_is_shown_with_all_digits(cell, text):
    assert rows_of(html_of([["a", cell, "b"]])) == [["a", text, "b"]]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("String", "7171015708800010", "7171015708800010"),
        ("Number", NIK, NIK),
        ("Number", "7171015708800010", "7.17101570880001E+15"),
        ("Number", "7.17101570880001E+15", "7.17101570880001E+15"),
        ("Number", "1200000", "1200000"),
        ("Number", "1200000.5", "1200000.5"),
        ("DateTime", "1980-08-17T00:00:00.000", "1980-08-17"),
        ("DateTime", "1980-08-17T10:11:12.000", "1980-08-17 10:11:12"),
        ("Boolean", "1", "TRUE"),
        ("Error", "#N/A", "#N/A"),
        ("Number", "x", "x"),
    ],
)
def test_a_cell_of_xml_is_as_its_type_says(kind, value, text):
    cell = (
        f'<Cell><Data ss:Type="{kind}">{value}</Data><Comment><ss:Data>x</ss:Data></Comment></Cell>'
    )

    assert rows_of(xml_of([["a", cell]])) == [["a", text]]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ('<Data ss:Type="Number">5</Data>', "5"),
        ('<Data ss:Type="String"></Data>', "=RC[1]&RC[2]"),
        ("", "=RC[1]&RC[2]"),
    ],
)
def test_a_formula_of_xml_without_a_saved_value_is_its_text(data, text):
    cell = f'<Cell ss:Formula="=RC[1]&amp;RC[2]">{data}</Cell>'

    assert rows_of(xml_of([["a", cell, "b"]])) == [["a", text, "b"]]


def test_cells_that_span_leave_the_others_empty():
    content = (
        b"<table><tr><td rowspan=2>a<td colspan=2>b<td>c<tr><td>d<td>e<td>f"
        b"<tr><td>g<tr><td colspan=x>h</table>"
    )

    assert rows_of(content) == [["a", "b", "", "c"], ["", "d", "e", "f"], ["g"], ["h"]]


def test_rows_and_cells_of_xml_that_are_left_out_are_empty():
    content = xml_of(
        [
            ['<Cell ss:MergeAcross="1"><Data ss:Type="String">a</Data></Cell>', "b"],
            ['<Cell ss:Index="3"><Data ss:Type="String">c</Data></Cell>', "d"],
        ]
    ).replace(b"</Row><Row>", b'</Row><Row ss:Index="4">')

    assert rows_of(content) == [["a", "", "b"], [], [], ["", "", "c", "d"]]


def test_a_table_in_a_table_is_a_table_of_its_own():
    inner = html_of([HEADER, MARIA]).decode()

    reading = read(html_of([["Laporan", f"<td>{inner}</td>"]]))

    assert (reading.cells, reading.warnings) == ([MARIA], ())


def test_of_several_tables_that_with_the_header_is_read():
    title, other = html_of([["Laporan"]]), html_of([["No", NIK]])

    reading = read(title + html_of([HEADER, MARIA]) + other)

    assert reading.cells == [MARIA]
    (warning,) = reading.warnings
    assert warning.params == {"sheet": "tabel 2", "ignored": "tabel 3"}


def test_tables_of_the_same_header_are_read_on_and_others_refused():
    first, second = html_of([HEADER, MARIA]), html_of([HEADER, YOHAN])
    turned = html_of([HEADER[::-1], YOHAN[::-1]])

    assert read(first + b"<p>" + second).lines == [2, 4]
    assert finding_of(first + turned).params == {"names": "tabel 1, tabel 2"}


def test_a_row_that_is_wider_than_the_header_keeps_what_it_has_beyond_behind_its_sheet():
    reading = read(html_of([HEADER, [*MARIA, "x"]]) + html_of([HEADER, YOHAN]))

    assert reading.cells == [[*MARIA, "tabel 1", "x"], [*YOHAN, "tabel 2"]]


def test_a_hidden_sheet_is_not_read():
    book = xml_of([HEADER, MARIA]).decode()
    sheet = book[book.index("<Worksheet") : book.index("</Workbook>")]
    hidden = sheet.replace("</Table>", f"</Table>{OPTIONS}").replace("Maria", "Lama")

    assert read(book.replace(sheet, hidden + sheet).encode()).cells == [MARIA]
    assert codes_of(book.replace(sheet, hidden).encode()) == ["sheet_not_read"]


OPTIONS = (
    '<o:WorksheetOptions xmlns:o="urn:schemas-microsoft-com:office:excel">'
    "<o:Visible>SheetHidden</o:Visible></o:WorksheetOptions>"
)


@pytest.mark.parametrize(
    ("said", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("iso-8859-1", "cp1252"),
        ("windows-1252", "cp1252"),
        ("cp1251", "cp1251"),
    ],
)
def test_the_encoding_is_what_the_document_says_unless_it_is_utf8(said, encoding):
    name = "Иван" if said == "cp1251" else "R\u00e9n\u00e9"
    rows = [HEADER, [NIK, name, "1200000"]]
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={said}">'.encode()

    assert read(meta + html_of(rows, encoding)).cells == rows[1:]
    assert read(meta + html_of(rows)).cells == rows[1:]


def test_a_document_in_no_encoding_is_refused():
    assert codes_of(html_of([HEADER, MARIA]) + b"\x81\x8d") == ["encoding_unknown"]


@pytest.mark.parametrize("index", [1_048_577, 999_999_999])
def test_a_row_of_xml_that_no_sheet_has_is_refused(index):
    content = xml_of([HEADER, MARIA]).replace(b"</Row><Row>", b'</Row><Row ss:Index="%d">' % index)
    assert codes_of(content) == ["file_unreadable"]


def test_long_tables_keep_their_rows_and_places():
    rows = [[str(number), "Maria", "1"] for number in range(1_003)]

    for made in MADE:
        reading = read(made([["Judul"], HEADER, *rows]))
        assert reading.cells == rows
        assert reading.lines == list(range(3, 1_006))
