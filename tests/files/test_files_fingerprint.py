"""The same rows under another name or in another format."""

import pytest
from made_files import HEADER, MARIA, YOHAN, ods_of, read, text_of, xls_of, xlsx_of

from chalicelib.files.fingerprint import Fingerprint

ROWS = [HEADER, MARIA, YOHAN]


def digest(content: bytes) -> str:
    reading = read(content)
    fingerprint = Fingerprint(reading.columns)
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
def test_other_rows_have_another(rows):
    assert digest(text_of([HEADER, *rows])) != digest(text_of(ROWS))
