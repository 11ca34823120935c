"""What a bank writes becomes neither a program nor a message elsewhere, in any format."""

import csv
import io
import itertools
import zipfile
from collections.abc import Sequence
from xml.etree import ElementTree as ET

import pytest

from chalicelib.domain.file.batch import Batch
from chalicelib.files.limits import Limits
from chalicelib.files.staff.outreach_lists import OutreachCells, OutreachWriter
from tests.api.office import BPJS, BRI, DINAS, Office
from tests.attacks.containers import FORMATS, TEXTUAL
from tests.attacks.payloads import TEXTS
from tests.support.builders import a_nik
from tests.support.csv_readers import is_formula, readings

pytestmark = pytest.mark.own_process

HEADER = ["NIK", "Nama", "Nilai Bantuan", "No HP", "Alamat", "Kode Kab/Kota", "Ket;=1+2", "=3+4"]
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMNS = {name: at for at, name in enumerate(HEADER)}
_CELL = 2_000  # characters
NO_NUL = [text for text in TEXTS if "\0" not in text]


def a_row(number: int, **changes: str) -> list[str]:
    cells = [a_nik(number), "Maria Contoh", "1200000", f"0812{number:08d}", "", "7171", "", ""]
    for name, text in changes.items():
        cells[COLUMNS[name]] = text[:_CELL]
    return cells


def rows_of(payloads: Sequence[str]) -> list[list[str]]:
    """Return a file that has each payload in one of the columns in turn, and in the last one."""
    columns = itertools.cycle(("Nama", "Nilai Bantuan", "No HP", "Alamat", "Alamat", "NIK"))
    rows = [
        a_row(number, **{column: text, "=3+4": text})
        for number, (text, column) in enumerate(zip(payloads, columns, strict=False), 1)
    ]
    return [HEADER, *rows]


def an_office() -> Office:
    return Office(chunk_rows=1_000)


@pytest.fixture(scope="module", params=FORMATS)
def taken(request: pytest.FixtureRequest) -> tuple[Office, Batch]:
    """Return an office that has processed a file full of payloads, in each format."""
    office = an_office()
    batch = office.run(FORMATS[request.param](rows_of(NO_NUL)))
    assert batch.status == "completed", batch.errors
    return office, batch


@pytest.mark.parametrize("form", TEXTUAL)
def test_a_file_with_a_nul_is_refused(form: str) -> None:
    """No reader agrees with another one about such a text."""
    batch = an_office().run(FORMATS[form](rows_of(["a\x00b"])))
    assert batch.status == "refused"


@pytest.mark.parametrize("name", ["hasil.csv", "ditolak.csv", "konfirmasi.csv"])
def test_no_text_is_run_by_the_reader_of_a_result(taken: tuple[Office, Batch], name: str) -> None:
    office, batch = taken
    content = office.objects.stored[f"results/002/{batch.id}/{name}"]
    assert [cell for cell in readings(content) if is_formula(cell[1])] == []


@pytest.mark.parametrize("name", ["hasil.xlsx", "ditolak.xlsx", "konfirmasi.xlsx"])
def test_every_cell_of_a_workbook_is_text(taken: tuple[Office, Batch], name: str) -> None:
    office, batch = taken
    book = office.objects.stored[f"results/002/{batch.id}/{name}"]
    assert kinds_of_cells(book) == {"inlineStr"}


def test_no_text_of_a_confirmation_is_run_by_the_readers_of_its_results() -> None:
    """Its reasons and numbers of bookings are free texts of a bank, too."""
    office = an_office()
    office.run(FORMATS["comma"]([HEADER, *(a_row(n) for n in range(1, len(NO_NUL) + 1))]))
    header = ["NIK", "Status Potong", "No Bukti", "Alasan", "Ket;=1+2"]
    rows = [
        [a_nik(n), ("gagal", text[:_CELL], "dipotong")[n % 3], *[text[:_CELL]] * 3]
        for n, text in enumerate(NO_NUL, 1)
    ]
    batch = office.run(FORMATS["comma"]([header, *rows]), "incoming/002/KONFIRMASI/k.csv")
    assert (batch.status, batch.rows) == ("completed", len(rows))
    for name in ("hasil", "ditolak"):
        stored = f"results/002/{batch.id}/{name}"
        found = readings(office.objects.stored[f"{stored}.csv"])
        assert [cell for cell in found if is_formula(cell[1])] == []
        assert kinds_of_cells(office.objects.stored[f"{stored}.xlsx"]) == {"inlineStr"}
    summary = office.result(batch, "ringkasan.json")
    assert not any(a_nik(n) in summary for n in range(1, len(rows) + 1))


@pytest.mark.parametrize("name", ["hasil.csv", "hasil.xlsx"])
def test_a_result_that_is_sent_again_has_the_same_texts(
    taken: tuple[Office, Batch], name: str
) -> None:
    """The way back: the second result repeats what the first one said, cell for cell."""
    office, first = taken
    elsewhere = an_office()
    again = elsewhere.run(office.objects.stored[f"results/002/{first.id}/{name}"])
    assert theirs(elsewhere.result(again, "hasil.csv")) == theirs(office.result(first, "hasil.csv"))


def test_a_result_that_is_sent_again_is_recognised(taken: tuple[Office, Batch]) -> None:
    """Its rows are the same to the character, so their fingerprint is."""
    office, first = taken
    content = office.objects.stored[f"results/002/{first.id}/hasil.csv"]
    again = office.run(content, "incoming/002/BPUM/lagi.csv")
    assert [each.code for each in again.errors] == ["file_repeated"]


@pytest.mark.parametrize("who", [DINAS, BPJS, BRI])
def test_every_answer_about_such_a_file_is_json_and_shows_no_number(
    taken: tuple[Office, Batch], who: str
) -> None:
    office, batch = taken
    for call in ("GET /batches", f"GET /batches/{batch.id}", f"GET /batches/{batch.id}/rows"):
        answer = office.ask(call, who=who)
        assert answer.status == 200
        assert answer.answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.answer.headers["Content-Type"].startswith("application/json")
        for number in range(1, 60):
            assert a_nik(number) not in answer.answer.body


def test_no_list_for_field_officers_runs_a_text() -> None:
    out = io.BytesIO()
    lists = OutreachWriter(out)
    for text in TEXTS:
        lists.write(OutreachCells(*[text] * len(OutreachCells._fields)))
    assert [cell for cell in readings(out.getvalue()) if is_formula(cell[1])] == []


def kinds_of_cells(book: bytes) -> set[str | None]:
    """Return the types of the cells with content in the first sheet of a workbook."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheet = ET.fromstring(parts.read("xl/worksheets/sheet1.xml"))  # noqa: S314  # our own
    assert not list(sheet.iter(f"{SHEET}f"))
    return {cell.get("t") for cell in sheet.iter(f"{SHEET}c") if len(cell)}


def theirs(result: str) -> list[list[str]]:
    before = csv.field_size_limit(Limits().record_characters)
    try:
        return [row[: len(HEADER)] for row in csv.reader(io.StringIO(result, newline=""))]
    finally:
        csv.field_size_limit(before)
