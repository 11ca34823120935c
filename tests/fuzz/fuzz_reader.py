"""Coverage-guided fuzzing of the file reader: `make fuzz`, for so many seconds.

The reader accepts or refuses any bytes; any other exception is a fault,
and atheris keeps the bytes in build/fuzz. Workbooks that are sound enough to be parsed are
left to the mutation tests, since their parser runs in a process that coverage cannot look into.
Tables in HTML, XML and MHTML are parsed here as that process does it.
"""

import io
import sys
from pathlib import Path

import atheris  # type: ignore[import-not-found]  # installed by the make target only

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(
    include=["chalicelib", "csv", "email", "gzip", "html", "_markupbase", "zipfile"]
):
    from chalicelib.domain.file.row import MISSHAPEN, SHIFTED
    from chalicelib.files.formats import recognise, workbook
    from chalicelib.files.formats.markup.documents import SheetsRefused
    from chalicelib.files.formats.markup.tables import MarkupSheets
    from chalicelib.files.limits import Budget, Limits
    from chalicelib.files.read import open_table
    from chalicelib.files.refusal import FileRefused
    from chalicelib.files.write import CsvWriter, ResultCells, ResultShape
    from chalicelib.kinds.recipients.columns import recipient_columns

from tests.fuzz.fuzzed import fuzz  # noqa: E402  # the folder is on the path only now

LIMITS = Limits(unpacked_bytes=1 << 20, record_characters=4_096, cell_characters=256)
SEEDS = (
    b"NIK,Nama,Nilai Bantuan\r\n7171015708800001,Maria Contoh,1200000\r\n",
    b'sep=;\nNIK;Nama;Plafon\n1;"a\nb";3\n;TOTAL 1 orang;3\n',
    "No. KTP|Nama Lengkap|jml_kredit\n1|Ren\u00e9e|3\n".encode("utf-16"),
    b"<table><tr><td x:num='5' rowspan=2>NIK<td colspan=2>Nama</table><!--[if gte mso 9]>",
    b"<html><table><tr><th>NIK<th>Nama&nbsp;<br>&#39;</tr><tr><table></table></tr></table></html>",
    (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        b' xmlns:s="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet s:Name="A"><Table>'
        b'<Row s:Index="2"><Cell s:Index="2"><Data s:Type="Number">7E15</Data></Cell></Row></Table>'
        b"</Worksheet></Workbook>"
    ),
    (
        b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\n"
        b"Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n"
        b"<table><tr><td>NIK=3D</table>\n--b--\n"
    ),
    b"\x1f\x8b\x08\x00",
    b"PK\x03\x04",
)
OURS = ResultCells("2", "ditolak")


class IsMarkup(Exception):
    """The reader takes the bytes for a document with tables."""


class NoParser:
    """Replaces the process that parses workbooks."""

    def __init__(self, *_: object, of: str) -> None:
        raise IsMarkup if of == "markup" else FileRefused


def take(content: bytes) -> None:
    """Read the bytes; accepted rows must come back unchanged from a result file."""
    try:
        with open_table(io.BytesIO(content), recipient_columns(), budget=Budget(LIMITS)) as table:
            rows = [_sure(row.cells) for row in table.rows()]
            header = table.header
    except FileRefused:
        return
    except IsMarkup:
        take_markup(content)
        return
    out = io.BytesIO()
    shape = ResultShape(header, surplus=True)
    writer = CsvWriter(out, shape.titles)
    for cells in rows:
        writer.write(shape.row(cells, OURS))
    with open_table(out, recipient_columns(), budget=Budget(LIMITS)) as table:
        again = [_sure(row.cells) for row in table.rows()]
    if again != rows:
        raise AssertionError("a result does not read back")


def take_markup(content: bytes) -> None:
    """Read all tables; their first rows are those that are read again."""
    try:
        sheets = MarkupSheets(content)
        for index in range(len(sheets.names)):
            top = sheets.top(index)[2]
            rows = [row for batch in sheets.batches(index) for row in batch]
            if rows[: len(top)] != top:
                raise AssertionError("a second reading differs")
    except SheetsRefused:
        return


def _sure(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Return the cells without the mark of unreliable cells, which each reading adds again."""
    return cells[:-1] if cells[-1] in {MISSHAPEN, SHIFTED} else cells


def main() -> None:
    """Fuzz for the number of seconds on the command line."""
    workbook.Parser = recognise.Parser = NoParser
    fuzz(take, SEEDS)


if __name__ == "__main__":
    main()
