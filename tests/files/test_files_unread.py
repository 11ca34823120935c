"""Errors, and formulas without a saved value, which the parser of workbooks leaves empty."""

import io
import zipfile

import pytest
import xlwt

from chalicelib.files.formats.unread import xlsx
from chalicelib.files.formats.unread.cells import finder_of
from chalicelib.files.formats.unread.found import SheetBroken
from tests.files.made_files import HEADER, MARIA, YOHAN, codes_of, inline, ods_of, read, row_of
from tests.files.made_files import with_sheet_xml as sheet_of
from tests.files.made_xlsb import xlsb_of

TOP = row_of(1, HEADER) + row_of(2, MARIA)
ERROR = 'office:value-type="string" office:string-value="" calcext:value-type="error"'
in_both = pytest.mark.parametrize(
    "process", ["this", pytest.param("its own", marks=pytest.mark.own_process)]
)
"""The child process imports the modules itself."""
ROWS = 3_000  # more than the first rows, and more than one block


def third_row(cell: str) -> list[str]:
    """Return the cells of a row whose third cell is this one."""
    cells = TOP + f'<row r="3">{inline("A3", "7")}{inline("B3", "b")}{cell}</row>'
    return read(sheet_of(cells)).cells[1]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="C3" t="e"><v>#REF!</v></c>', "#REF!"),
        ("<c r='C3' t='e'><f>A9</f><v>#DIV/0!</v></c>", "#DIV/0!"),
        ('<c r="C3" t="e"></c>', "#ERROR!"),
        ('<c t="e"><f>NA()</f></c>', "=NA()"),
        ('<c r="C3"><f>D2&amp;E2</f><v/></c>', "=D2&E2"),
        ('<c r="C3" s="1"><f>D2</f><v></v></c>', "=D2"),
        ("<c><f>D2</f></c>", "=D2"),
        ('<c r="C3" t="str"><f>D2</f></c>', "=D2"),
        ('<c r="C3"><f t="shared" si="0"/></c>', "=(rumus)"),
        ('<c r="C3" t="str"><f>IF(A1="","",1)</f><v></v></c>', ""),
        ('<c r="C3"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="C3" t="inlineStr"><is><t>#N/A</t></is></c>', "#N/A"),
        ('<c r="C3"/>', ""),
    ],
)
def test_a_cell_of_xlsx_shows_its_error_or_its_formula(cell, text):
    assert third_row(cell) == ["7", "b", text]


def test_a_sheet_of_xlsx_with_prefixes_has_them_too():
    cells = TOP + row_of(3, YOHAN) + '<row r="4"><c r="A4" t="e"><v>#N/A</v></c></row>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheet_of(cells))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/"):
                content = content.replace(b"<", b"<x:").replace(b"<x:/", b"</x:")
                content = content.replace(b"xmlns=", b"xmlns:x=").replace(b"<x:?", b"<?")
            new.writestr(name, content)

    assert read(out.getvalue()).cells == [MARIA, YOHAN, ["#N/A", "", ""]]


@pytest.mark.parametrize("block", [1 << 20, 700])
@pytest.mark.parametrize("numbered", [True, False])
def test_every_row_keeps_its_own_cells_over_many_blocks(monkeypatch, block, numbered):
    # The block is that of a process of its own, so the finder is called here.
    monkeypatch.setattr(xlsx, "_BLOCK", block)
    lines = []
    for number in range(1, ROWS + 1):
        reference = f' r="{number}"' if numbered else ""
        cell = '<c t="e"><v>#N/A</v></c>' if number % 1000 in {1, 2, 999} else "<c><v>1</v></c>"
        lines.append(f"<row{reference}><c/>{cell}</row>")
    with zipfile.ZipFile(io.BytesIO(sheet_of("".join(lines)))) as archive:
        found = list(xlsx.XlsxFinder(archive).find(0, "Data", None))

    assert [(each.row + 1, each.column, each.text) for each in found] == [
        (number, 1, "#N/A") for number in range(1, ROWS + 1) if number % 1000 in {1, 2, 999}
    ]


@in_both
def test_rows_below_and_cells_beside_all_others_are_read(process):
    cells = row_of(1, HEADER) + '<row r="3"><c r="A3"><f>D3</f></c><c r="C3"><f>E3</f></c></row>'
    cells += '<row r="5"><c r="B5" t="e"><v>#N/A</v></c><c r="C5"><f>E5</f></c></row>'

    reading = read(sheet_of(cells))

    assert reading.cells == [["=D3", "", "=E3"], ["", "#N/A", "=E5"]]
    assert reading.lines == [3, 5]


@pytest.mark.parametrize(
    ("cell", "beside"),
    [('<c r="E2" t="e"><v>#N/A</v></c>', ["", "#N/A"]), ('<c r="E2"><f>D2</f></c>', [])],
)
def test_a_column_without_a_title_may_have_errors(cell, beside):
    cells = row_of(1, HEADER) + row_of(2, MARIA).replace("</row>", f"{cell}</row>")

    assert read(sheet_of(cells)).cells == [[*MARIA, *beside]]


def test_a_sheet_that_ends_in_other_parts_is_read_to_its_own_end():
    cells = TOP + row_of(3, YOHAN) + "</sheetData><rowBreaks/><x><f>1</f></x><sheetData>"

    assert read(sheet_of(cells)).cells[:2] == [MARIA, YOHAN]


@in_both
@pytest.mark.parametrize("rows", [3, 500])
def test_errors_of_xls_are_read(rows, process):
    book, out = xlwt.Workbook(), io.BytesIO()
    for name, error in (("Lain", "#NUM!"), ("Data", "#N/A!")):
        page = book.add_sheet(name)
        for number in range(rows):
            for column, cell in enumerate(HEADER if number == 0 and name == "Data" else MARIA):
                page.write(number, column, cell)
        page.row(rows).set_cell_text(0, "7")
        page.row(rows).set_cell_error(1, error)
        page.row(rows).set_cell_boolean(2, True)
    book.save(out)

    assert read(out.getvalue()).cells[-1] == ["7", "#N/A", "TRUE"]


@in_both
def test_errors_of_xlsb_are_read(process):
    rows = [HEADER, MARIA, *([MARIA] * 300), [0x2A, 0x17, "1"], ["7", 0x99, "1"]]

    cells = read(xlsb_of(rows)).cells

    assert cells[:-2] == [MARIA] * 301
    assert cells[-2:] == [["#N/A", "#REF!", "1"], ["7", "#ERROR!", "1"]]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (f"{ERROR}><office:annotation><text:p>x</text:p></office:annotation>#N/A", "#N/A"),
        (f"{ERROR}><text:p>#REF!</text:p>", "#REF!"),
        (f"{ERROR}>", "#ERROR!"),
        ("><text:p></text:p>", "=[.D2]&[.E2]"),
        (">", "=[.D2]&[.E2]"),
        ('office:value-type="string" office:string-value=""><text:p></text:p>', ""),
        ('office:value-type="string"><text:p>x</text:p>', "x"),
        ('office:value-type="float" office:value="5"><text:p>5</text:p>', "5"),
    ],
)
def test_a_cell_of_ods_shows_its_error_or_its_formula(cell, text):
    formula = f'<table:table-cell table:formula="of:=[.D2]&amp;[.E2]" {cell}</table:table-cell>'
    content = _with_content(ods_of([HEADER, MARIA, ["7", "b", "CELL"]]), "CELL", formula)

    assert read(content).cells == [MARIA, ["7", "b", text]]


@in_both
def test_repeated_rows_of_ods_have_it_each(process):
    formula = '<table:table-cell table:formula="of:=1" table:number-columns-repeated="2"/>'
    made = _with_content(ods_of([HEADER, MARIA, ["7", "CELL"], YOHAN]), "CELL", formula)

    again = _with_row_repeated(made, 3)

    assert read(again).cells == [MARIA, *[["7", "=1", "=1"]] * 3, YOHAN]


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_broken_stream_of_xls_is_refused(lost):
    book, out = xlwt.Workbook(), io.BytesIO()
    page = book.add_sheet("Data")
    for number in range(500):
        page.write(number, 0, f"{number} Contoh")
    book.save(out)
    content = bytearray(out.getvalue())
    content[76 + 4 * (lost - 1) : 80 + 4 * (lost - 1)] = b"\xf0\xff\xff\x7f"

    assert codes_of(bytes(content)) in (["file_unreadable"], ["header_missing"] * 3)


@pytest.mark.parametrize(
    "record", [b"\x00\x02ab", b"\x03\x01a", b"\x0b\x06abcdef", b"\x80", b"\x03\xff"]
)
def test_a_record_of_xlsb_that_is_cut_off_breaks_the_sheet(record):
    made = io.BytesIO(xlsb_of([HEADER, MARIA]))
    with zipfile.ZipFile(made) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.bin"] = record
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)

    with pytest.raises(SheetBroken):
        list(finder_of(out.getvalue()).find(0, "Data", None))


def test_a_table_of_xls_behind_the_end_of_the_file_breaks_it():
    book, out = xlwt.Workbook(), io.BytesIO()
    book.add_sheet("Data").write(0, 0, "Contoh")
    book.save(out)
    content = bytearray(out.getvalue())
    content[68:72] = b"\xf0\xff\xff\x0f"

    with pytest.raises(SheetBroken):
        finder_of(bytes(content))


@pytest.mark.parametrize("cells", ['<c t="e"/>', '<row r="0"><c t="e"/></row>'])
def test_a_cell_of_xlsx_that_is_in_no_row_breaks_the_sheet(cells):
    with pytest.raises(SheetBroken):
        list(finder_of(sheet_of(cells)).find(0, "Data", None))


def _with_content(content: bytes, mark: str, cell: str) -> bytes:
    """Return an ODS with this cell in the place of the one that shows the mark."""
    text = _content(content)
    spaces = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    before, _, after = text.partition(f"<text:p>{mark}</text:p></table:table-cell>")
    start = before.rindex("<table:table-cell")
    text = before[:start] + cell + after
    return _with(
        content, text.replace("<office:document-content ", f"<office:document-content {spaces} ")
    )


def _with_row_repeated(content: bytes, times: int) -> bytes:
    text = _content(content)
    place = text.rindex("<table:table-row", 0, text.index("table:formula"))
    tag = f'<table:table-row table:number-rows-repeated="{times}"'
    return _with(content, text[:place] + tag + text[place + len("<table:table-row") :])


def _content(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("content.xml").decode()


def _with(content: bytes, text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, text if name == "content.xml" else old.read(name))
    return out.getvalue()
