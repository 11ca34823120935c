"""Every loop of reading spends from one budget: lines, characters and time."""

import io
import resource
import time
import zipfile

import pytest

from chalicelib.errors import OutOfTime
from chalicelib.files.formats.markup.documents import SheetsRefused
from chalicelib.files.formats.markup.tables import MarkupSheets
from chalicelib.files.headers import header_in
from chalicelib.files.limits import Budget, Limits
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
    read,
    text_of,
    xlsx_of,
    xml_of,
    zip_of,
)

pytestmark = pytest.mark.own_process

FORMATS = {
    "text": text_of,
    "utf-16": lambda rows: text_of(rows, encoding="utf-16"),
    "gzip": lambda rows: gzip_of(text_of(rows)),
    "zip": lambda rows: zip_of(a=text_of(rows)),
    "xlsx": xlsx_of,
    "ods": ods_of,
    "html": html_of,
    "xml": xml_of,
    "mhtml": lambda rows: mhtml_of(html_of(rows)),
}
TOKENS = ("(", "[(", '"', "'", "=", "1", "1.", "a ", "<", "&", ";", ",", "\t", "-", "0", "\u0301")
_FLOOR = 0.03  # seconds of the processor, below which a comparison says nothing


class Stopwatch:
    """A deadline that is over after so many looks at it."""

    def __init__(self, looks: int) -> None:
        self.left = looks

    def check(self, *, needs: float = 0.0) -> None:
        self.left -= 1
        if self.left < 0:
            raise OutOfTime("the time is over")


def _taken(content: bytes) -> float:
    """Return the processor's seconds for one reading, those of its child processes included."""

    def now() -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + children.ru_utime + children.ru_stime

    begun = now()
    codes_of(content)
    return now() - begun


def _marked(content: bytes) -> float:
    """Return the same for tables in a document, read in this process."""
    begun = time.process_time()
    try:
        sheets = MarkupSheets(content)
        for index in range(len(sheets.names)):
            header_in(sheets.top(index)[2][:50], recipient_columns())
            for _ in sheets.batches(index):
                pass
    except SheetsRefused:
        pass
    return time.process_time() - begun


def _is_even(taken, made, size: int) -> bool:
    for _ in range(3):
        whole = taken(made(2 * size))
        if whole < _FLOOR or whole <= 2.5 * taken(made(size)):
            return True
    return False


def _places(text: str):
    """Yield rows with a text in the places where a file may have any."""
    yield [[text, *HEADER], MARIA]
    yield [[text], HEADER, MARIA]
    yield [HEADER, [text, text[:100], "1"], MARIA]
    yield [HEADER, MARIA, ["", f"TOTAL {text}", text]]


def _made(of, token: str, place: int):
    def made(size: int) -> bytes:
        return of(list(_places(token * (size // len(token))))[place])

    return made


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("token", TOKENS)
def test_twice_the_text_costs_twice_the_time(token, place):
    assert _is_even(_taken, _made(text_of, token, place), 20_000)


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("name", ["html", "xml", "mhtml"])
def test_twice_the_document_costs_twice_the_time(name, token):
    token = token if name == "html" else {"<": "&lt;", "&": "&amp;"}.get(token, token)

    for place in range(4):
        assert _is_even(_marked, _made(FORMATS[name], token, place), 15_000)


@pytest.mark.parametrize("name", ["xlsx", "ods"])
def test_twice_the_workbook_costs_twice_the_time(name):
    for token, place in (("(", 0), ("1.", 3), ("\u0301", 2)):
        assert _is_even(_taken, _made(FORMATS[name], token, place), 15_000)


@pytest.mark.parametrize(
    "token", ["\n", "\r\n", " \n", ",,\n", '""\n', "x\n", "-\n", "(\n", "1,2\n", "TOTAL 1 orang\n"]
)
def test_twice_the_lines_cost_twice_the_time(token):
    def made(size: int) -> bytes:
        return text_of([HEADER, MARIA]) + token.encode() * (size // len(token))

    assert _is_even(_taken, made, 15_000)


@pytest.mark.parametrize(
    "token",
    [
        "<tr></tr>",
        "<td>",
        "<tr>",
        "<b>",
        "</b>",
        "<!--",
        "<![CDATA[",
        "&#",
        "<a b=",
        "<p>",
        "</tr>",
    ],
)
def test_twice_the_tags_cost_twice_the_time(token):
    def made(size: int) -> bytes:
        return html_of([HEADER, MARIA]) + b"<table>" + token.encode() * (size // len(token))

    assert _is_even(_marked, made, 20_000)


def test_a_header_of_brackets_takes_little_time():
    assert _taken(text_of([["(" * 255_000, *HEADER], MARIA])) < 1


def test_remarks_inside_each_other_are_no_part_of_a_title():
    header = ["NIK (16 digit (KTP [baru]) penerima)", "Nama (lengkap)", "Nilai [Rp (penuh)]"]

    assert dict(read(text_of([header, MARIA])).columns) == {"nik": 0, "name": 1, "amount": 2}


@pytest.mark.parametrize("name", FORMATS)
def test_blank_lines_count(name):
    content = FORMATS[name]([HEADER, *[[""]] * 300, MARIA])

    assert codes_of(content, Limits(lines=100)) == ["file_too_large"]
    assert codes_of(content, Limits(lines=400)) == []


@pytest.mark.parametrize("name", FORMATS)
def test_a_reading_stops_when_its_time_is_over(name):
    content = FORMATS[name]([HEADER, *[[""]] * 300, MARIA])
    all_looks = Stopwatch(1_000)

    def looked(watch: Stopwatch) -> None:
        budget = Budget(check=watch.check)
        with open_table(io.BytesIO(content), recipient_columns(), budget=budget) as table:
            for _ in table.rows():
                pass

    looked(all_looks)
    looks = 1_000 - all_looks.left

    assert looks > 1
    for each in range(looks):
        with pytest.raises(OutOfTime):
            looked(Stopwatch(each))


def test_the_time_is_looked_at_among_blank_lines():
    content = gzip_of(text_of([HEADER, MARIA]) + b"\n" * 300_000)
    watch = Stopwatch(1_000)

    with (
        pytest.raises(FileRefused),
        open_table(
            io.BytesIO(content),
            recipient_columns(),
            budget=Budget(Limits(lines=250_000), watch.check),
        ) as table,
    ):
        list(table.rows())

    assert 1_000 - watch.left > 3  # one block of 64 KiB between two looks


def test_a_text_that_a_workbook_names_many_times_counts_each_time():
    content = xlsx_of([HEADER, *[[MARIA[0], "M" * 9_000, "1"]] * 300])

    assert codes_of(content, Limits(unpacked_bytes=2_000_000)) == ["file_bomb"]
    assert codes_of(content) == []


def test_rows_of_long_cells_are_read_whole():
    wide = ["x" * 9_000] * 100

    reading = read(xlsx_of([[*HEADER, *map(str, range(100))], *[[*MARIA, *wide]] * 30]))

    assert [len(row.cells) for row in reading.rows] == [103] * 30


def test_a_row_of_megabytes_is_no_list():
    assert codes_of(xlsx_of([HEADER, [*MARIA, *["x" * 30_000] * 150]])) == ["file_unreadable"]


def test_sheets_whose_first_rows_are_megabytes_are_refused():
    wide = [HEADER, *[["x" * 900] * 2_000] * 13]

    assert codes_of(xlsx_of(wide)) == ["file_bomb"]


def test_a_zip_of_far_too_many_members_is_refused_before_its_list_is_read():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(3_000):
            archive.writestr(f"{number:030}", b"")

    assert codes_of(out.getvalue(), Limits(directory_bytes=100_000)) == ["file_bomb"]
    assert codes_of(out.getvalue()) == ["archive_several"]


@pytest.mark.parametrize("cell", ["1" * 5_000 + ".0000000", "9" * 5_000 + " orang"])
def test_a_number_of_thousands_of_digits_is_no_amount_and_no_count(cell):
    reading = read(text_of([HEADER, MARIA, ["TOTAL", "", cell]]))

    assert len(reading.rows) == 1


@pytest.mark.parametrize(
    "part",
    [
        ("META-INF/manifest.xml", lambda size: b"<a>" + b" " * size + b"</a>"),
        ("content.xml", lambda size: b"<a b='" + b"x" * size + b"'/>"),
    ],
    ids=["manifest", "attribute"],
)
def test_the_check_of_a_container_has_bounds_of_its_own(part):
    name, made = part
    content = zip_of(**{"mimetype": b"", "content.xml": b"<a/>", name: made(200 * 1024**2)})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    limits = Limits(check_bytes=192 * 1024**2, workbook_seconds=1)
    assert codes_of(content, limits) in (["file_bomb"], ["file_unreadable"])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
