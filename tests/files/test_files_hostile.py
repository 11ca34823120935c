"""The reader accepts or refuses any bytes, with bounded memory."""

import io
import time
import tracemalloc
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.domain.findings.finding import Code
from chalicelib.files.formats.markup.documents import SheetsRefused
from chalicelib.files.formats.markup.tables import MarkupSheets
from chalicelib.files.read import open_table
from chalicelib.files.refusal import FileRefused
from chalicelib.kinds.recipients.columns import recipient_columns
from tests.files.made_files import (
    HEADER,
    MARIA,
    codes_of,
    gzip_of,
    html_of,
    mhtml_of,
    ods_of,
    text_of,
    xls_of,
    xlsx_of,
    xml_of,
    zip_of,
)

pytestmark = pytest.mark.own_process

ROWS = [HEADER, MARIA, ["", "TOTAL", "1200000"]]
TEXTS = [
    text_of(ROWS),
    text_of(ROWS, encoding="utf-16"),
    gzip_of(text_of(ROWS)),
    zip_of(a=text_of(ROWS)),
]
BOOKS = [xlsx_of(ROWS), ods_of(ROWS), gzip_of(xlsx_of(ROWS))]
XLS = xls_of(ROWS)
DOCUMENTS = [html_of(ROWS), xml_of(ROWS), mhtml_of(html_of(ROWS)), html_of(ROWS, "utf-16")]


def take(content: bytes) -> None:
    try:
        with open_table(io.BytesIO(content), recipient_columns()) as table:
            for row in table.rows():
                assert len(row.cells) >= len(table.header)
    except FileRefused as refusal:
        assert refusal.findings  # noqa: PT017  # both results are correct


@st.composite
def mutated(draw, originals):
    """Draw a file with some of its bytes changed, removed or doubled."""
    content = bytearray(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 12))
        content[at : at + length] = draw(st.binary(max_size=12))
    return bytes(content)


@st.composite
def mutated_within(draw, originals):
    """Draw a workbook that is a valid ZIP with one mutated part."""
    with zipfile.ZipFile(io.BytesIO(draw(st.sampled_from(originals)))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = draw(st.sampled_from([each for each in parts if each.endswith(".xml")]))
    return zip_of(**parts | {name: draw(mutated([parts[name]]))})


@st.composite
def overwritten(draw, original):
    """Draw a file with some of its bytes changed in their places."""
    content = bytearray(original)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(content) - 4))
        content[at : at + 4] = draw(st.binary(min_size=4, max_size=4))
    return bytes(content)


@given(
    st.binary(max_size=300) | st.binary(max_size=50).map(lambda tail: b"NIK,Nama,Nilai\n" + tail)
)
@example(b"sep=\n")
@example(b'"')
@example(b"\xff\xfe\xff")
def test_arbitrary_bytes(content):
    take(content)


@given(st.text(st.sampled_from("NIK,Nama;Nilai\t|\r\n\"'=1 \u00e9\x1a"), max_size=200))
def test_arbitrary_text(text):
    take(text.encode())
    take(b"NIK,Nama,Nilai\n" + text.encode("cp1252"))


@given(mutated(TEXTS))
def test_mutated_texts_and_archives(content):
    take(content)


@settings(max_examples=40, deadline=None)  # each starts a process
@given(mutated(BOOKS) | mutated_within(BOOKS[:2]) | overwritten(XLS))
def test_mutated_workbooks(content):
    take(content)


@settings(max_examples=100, deadline=None)
@given(mutated(DOCUMENTS))
def test_mutated_documents_are_read_twice_alike_or_refused(content):
    try:
        sheets = MarkupSheets(content)
        for index in range(len(sheets.names)):
            top = sheets.top(index)[2]
            rows = [row for batch in sheets.batches(index) for row in batch]
            assert rows[: len(top)] == top
    except SheetsRefused as refusal:
        assert refusal.code in set(Code)  # noqa: PT017  # either end is right


@settings(max_examples=15, deadline=None)  # each starts a process
@given(mutated(DOCUMENTS))
def test_mutated_documents(content):
    take(content)


HEAD = b"<table><tr><td>NIK<td>Nama<td>Nilai Bantuan</tr>"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (HEAD + b"<table>" * 200_000, "file_bomb"),
        (HEAD + b"<tr><td colspan=1000>x" + b"<td colspan=1000>x" * 100_000, "file_bomb"),
        (HEAD + b"<tr><td a='" + b"x" * 3_000_000 + b"'>", "file_unreadable"),
        (HEAD + b"<tr><td>" + b"x" * 3_000_000 + b"</table>", "file_unreadable"),
        (HEAD + b"<tr><td " + b"a " * 3_000_000, "file_unreadable"),
        (HEAD + b"<!--" + b"-" * 3_000_000, "file_unreadable"),
        (HEAD + b"<tr><td>" + b"&a" * 3_000_000, "file_unreadable"),
        (HEAD + b"<tr><td>1<td>2<td>3", "file_unreadable"),
        (HEAD + b"<table></table>" * 3_000 + b"<table><tr><td>x</table>" * 3_000, "file_bomb"),
        (xml_of([]).replace(b"<Table>", b"<Table>" + b"<a>" * 200_000), "file_bomb"),
        (xml_of([HEADER])[:-20], "file_unreadable"),
        (
            b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + xml_of([HEADER]),
            "file_unreadable",
        ),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + xml_of([["&x;"]]), "file_unreadable"),
        (mhtml_of(html_of(ROWS))[:-12], "file_unreadable"),
        (mhtml_of(b"<p>"), "file_not_a_list"),
    ],
)
def test_a_document_past_all_measure_is_refused_in_little_time(content, code):
    begun = time.process_time()

    assert codes_of(content) == [code]
    assert time.process_time() - begun < 5


def test_many_empty_rows_are_read_in_flat_memory():
    content = HEAD + b"<tr></tr>" * 20_000 + html_of([MARIA])[len("<table>") :]

    tracemalloc.start()
    try:
        sheets = MarkupSheets(content)
        count = sum(map(len, sheets.batches(0)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert count == 20_002
    assert peak < 1_000_000  # all rows at once are 1.5 MB


def test_a_long_text_is_read_in_flat_memory(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("wb") as out:
        out.write(text_of([HEADER]))
        block = text_of([MARIA]) * 1_000
        for _ in range(100):
            out.write(block)

    with path.open("rb") as file, open_table(file, recipient_columns()) as table:
        tracemalloc.start()
        try:
            count = sum(1 for _ in table.rows())
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert count == 100_000
    assert peak < 1_000_000
