"""The same rows under another name or in another format."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.file.row import SourceRow
from chalicelib.files.fingerprint import Fingerprint
from chalicelib.kinds.recipients.columns import Column
from tests.files.made_files import HEADER, MARIA, YOHAN, ods_of, read, text_of, xls_of, xlsx_of

ROWS = [HEADER, MARIA, YOHAN]


def digest(content: bytes) -> str:
    reading = read(content)
    fingerprint = Fingerprint(reading.columns, len(reading.header), order=Column)
    for row in reading.rows:
        fingerprint.update(row)
    return fingerprint.hexdigest()


@pytest.mark.parametrize(
    "content",
    [
        text_of(ROWS, delimiter=";", encoding="utf-16"),
        xlsx_of(ROWS),
        xls_of(ROWS),
        ods_of(ROWS),
        text_of([["No", *row] for row in ROWS]),
        text_of([row[::-1] for row in ROWS]),
        text_of([["No. KTP", *HEADER[1:]], MARIA, [], [YOHAN[0], " Yohan  Contoh ", YOHAN[2]]]),
    ],
    ids=["utf-16", "xlsx", "xls", "ods", "a column more", "columns turned", "white space"],
)
def test_the_same_people_have_the_same_fingerprint(content):
    assert digest(content) == digest(text_of(ROWS))


@pytest.mark.parametrize(
    "rows",
    [[MARIA], [YOHAN, MARIA], [MARIA, YOHAN, YOHAN], [MARIA, [*YOHAN[:2], "1200001"]]],
    ids=["one less", "other order", "one twice", "other amount"],
)
def test_other_rows_have_another_fingerprint(rows):
    assert digest(text_of([HEADER, *rows])) != digest(text_of(ROWS))


WIDE = [[*HEADER, "Catatan"], [*MARIA, "lunas"]]


@pytest.mark.parametrize(
    "before",
    [
        text_of([WIDE[0], [*WIDE[1], "tunai"]]),
        text_of([WIDE[0], [*MARIA, "x" * 10_001]]),
        text_of([WIDE[0]]) + b'7171015708800001,Maria Contoh,1200000,"lunas" tunai\r\n',
    ],
    ids=["slipped", "too long", "stray mark"],
)
def test_a_row_that_is_corrected_in_its_surplus_cells_is_another(before):
    assert digest(before) != digest(text_of(WIDE))


def test_surplus_cells_of_a_row_count_one_by_one():
    one, other = (text_of([HEADER, [*MARIA, *more]]) for more in (["a", "b"], ["ab"]))

    assert digest(one) != digest(other)


def cell_by_cell(rows: list[list[str]]) -> str:
    """Return the digest, computed in a simple way, of rows whose first three cells are known."""
    plain = "nik\x1fname\x1famount"
    for cells in rows:
        plain += "\x1e" + "\x1f".join(" ".join(cell.split()) for cell in cells[:3])
        plain += "\x1d" + "\x1f".join(cells[3:]) if len(cells) > 3 else ""
    return hashlib.sha256(plain.encode()).hexdigest()


CELLS = st.text("1a \t\x01\x02\x1d\x1e\x1f\u00a0\u2003é", max_size=5)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=4), max_size=5), st.integers(1, 120))
def test_rows_that_are_added_in_groups_count_one_by_one(rows, times):
    fingerprint = Fingerprint({Column.NAME: 1, Column.AMOUNT: 2, Column.NIK: 0}, 3, order=Column)
    for cells in rows * times:
        fingerprint.update(SourceRow(1, tuple(cells)))

    assert fingerprint.hexdigest() == cell_by_cell(rows * times) == fingerprint.hexdigest()
