"""Whatever bytes come, the reader takes them or refuses them, in bounded memory."""

import io
import tracemalloc
import zipfile

from hypothesis import example, given, settings
from hypothesis import strategies as st
from made_files import HEADER, MARIA, gzip_of, ods_of, text_of, xls_of, xlsx_of, zip_of

from chalicelib.files.read import open_table
from chalicelib.files.refusal import FileRefused

ROWS = [HEADER, MARIA, ["", "TOTAL", "1200000"]]
TEXTS = [
    text_of(ROWS),
    text_of(ROWS, encoding="utf-16"),
    gzip_of(text_of(ROWS)),
    zip_of(a=text_of(ROWS)),
]
BOOKS = [xlsx_of(ROWS), ods_of(ROWS), gzip_of(xlsx_of(ROWS))]
XLS = xls_of(ROWS)


def take(content: bytes) -> None:
    try:
        with open_table(io.BytesIO(content)) as table:
            for row in table.rows():
                assert len(row.cells) >= len(table.header)
    except FileRefused as refusal:
        assert refusal.findings  # noqa: PT017  # either end is right


@st.composite
def mutated(draw, originals):
    """Draw a file with some of its bytes changed, taken out or doubled."""
    content = bytearray(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 12))
        content[at : at + length] = draw(st.binary(max_size=12))
    return bytes(content)


@st.composite
def mutated_within(draw, originals):
    """Draw a workbook that is a sound ZIP of parts of which one is mutated."""
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


def test_a_long_text_is_read_in_flat_memory(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("wb") as out:
        out.write(text_of([HEADER]))
        block = text_of([MARIA]) * 1_000
        for _ in range(100):
            out.write(block)

    with path.open("rb") as file, open_table(file) as table:
        tracemalloc.start()
        try:
            count = sum(1 for _ in table.rows())
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert count == 100_000
    assert peak < 1_000_000
