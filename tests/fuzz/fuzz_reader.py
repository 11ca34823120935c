"""Coverage-guided fuzzing of the file reader: `make fuzz`, for so many seconds.

Whatever the bytes, the reader takes them or refuses them; anything else that it raises is a fault,
and atheris keeps the bytes in build/fuzz. Workbooks that are sound enough to be parsed are
left to the mutation tests, since their parser runs in a process that coverage cannot look into.
"""

import io
import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-not-found]  # installed by the make target only

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["chalicelib", "csv", "gzip", "zipfile"]):
    from chalicelib.files import workbook
    from chalicelib.files.limits import Limits
    from chalicelib.files.read import open_table
    from chalicelib.files.refusal import FileRefused
    from chalicelib.files.write import MISSHAPEN, ResultCells, ResultWriter

LIMITS = Limits(unpacked_bytes=1 << 20, record_characters=4_096, cell_characters=256)
SEEDS = (
    b"NIK,Nama,Nilai Bantuan\r\n7171015708800001,Maria Contoh,1200000\r\n",
    b'sep=;\nNIK;Nama;Plafon\n1;"a\nb";3\n;TOTAL 1 orang;3\n',
    "No. KTP|Nama Lengkap|jml_kredit\n1|Ren\u00e9e|3\n".encode("utf-16"),
    b"\x1f\x8b\x08\x00",
    b"PK\x03\x04",
)
OURS = ResultCells("2", "ditolak")


class NoParser:
    """Stands for the process that parses workbooks."""

    def __init__(self, *_: object) -> None:
        raise FileRefused


def take(content: bytes) -> None:
    """Read the bytes; what was taken must come back from a result file as it was."""
    try:
        with open_table(io.BytesIO(content), limits=LIMITS) as table:
            rows = [_sure(row.cells) for row in table.rows()]
            header = table.header
    except FileRefused:
        return
    out = io.BytesIO()
    writer = ResultWriter(out, header, surplus=True)
    for cells in rows:
        writer.write(cells, OURS)
    with open_table(out, limits=LIMITS) as table:
        again = [_sure(row.cells) for row in table.rows()]
    if again != rows:
        raise AssertionError("a result does not read back")


def _sure(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Return the cells without the mark that they are unreliable, which each reading says anew."""
    return cells[:-1] if cells[-1] == MISSHAPEN else cells


def main() -> None:
    """Fuzz for the seconds that the command line says."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    workbook._Parser = NoParser
    found = ROOT / "build" / "fuzz"
    found.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(SEEDS):
            Path(corpus, str(number)).write_bytes(seed)
        options = [f"-max_total_time={seconds}", "-max_len=2048", f"-artifact_prefix={found}/"]
        atheris.Setup([sys.argv[0], *options, corpus], take)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
