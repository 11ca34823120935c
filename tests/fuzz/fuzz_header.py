"""Coverage-guided fuzzing of headers: rows of any cells, of which one may be the header.

A row is a header or none; any exception but a refusal is a fault. What is found does not depend on
the reading: columns are in the row, and a header that was found is found again alone. A refusal
repeats no number of five digits.
"""

import re
import sys
from pathlib import Path

import atheris  # type: ignore[import-not-found]  # installed by the make target only

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["chalicelib"]):
    from chalicelib.domain.cells import units
    from chalicelib.files.headers import (
        header_again,
        header_in,
        repeated,
        repeated_refusal,
        resolve,
    )
    from chalicelib.files.refusal import FileRefused
    from chalicelib.kinds.recipients.columns import recipient_columns

from tests.fuzz.fuzzed import fuzz  # noqa: E402  # the folder is on the path only now

KNOWN = recipient_columns("002")
_ROW, _CELL = "\x1e", "\x1f"
SEEDS = (
    "NIK\x1fNama\x1fNilai Bantuan",
    "DAFTAR\x1e(dalam ribuan)\x1eNo\x1fNIK\x1fNama\x1fNilai Bantuan (Rp ribu)",
    "No.\x1fIdentitas\x1f\x1fBantuan\x1f\x1e\x1fNIK\x1fNama\x1fNilai\x1fTanggal",
    "NIK;Nama;Plafon\x1e7171015708800001;Maria Contoh;3",
    "NIK [16 (digit)]\x1fNIK\x1fNama Lengkap\x1fnama\x1fjml_kredit\x1fpayung_nik",
)
_LONG_NUMBER = re.compile(r"\d{5}")


def take(content: bytes) -> None:
    """Look for a header among rows."""
    rows = [row.split(_CELL) for row in content.decode("utf-8", "replace").split(_ROW)]
    header = header_in(rows, KNOWN)
    if header is None:
        if any(cell.strip() for row in rows for cell in row):
            raise AssertionError("a row with text is no candidate")
        return
    if not 0 < header.last <= len(rows):
        raise AssertionError("the header is in no row")
    units.of_texts([" ".join(row) for row in rows[: header.last - 1]])
    try:
        columns = resolve(header.cells, KNOWN)
    except FileRefused as refusal:
        _check_words(refusal)
        return
    if not header.is_complete or not header_again(header.cells, columns, KNOWN):
        raise AssertionError("two readings of one header differ")
    if not all(0 <= index < len(header.cells) for index in columns.values()):
        raise AssertionError("a column is not in the row")
    again = header_in([header.cells], KNOWN)
    if again is None or not again.is_complete:
        raise AssertionError("the header alone is none")
    for column, places in repeated(header.cells, KNOWN).items():
        if columns[column] != places[0] or len(places) < 2:
            raise AssertionError("of repeated columns not the leftmost counts")
        repeated_refusal(column, places, header.cells, KNOWN, 1)


def _check_words(refusal: FileRefused) -> None:
    if not refusal.findings:
        raise AssertionError("a refusal without a reason")
    if any(_LONG_NUMBER.search(str(each.params.get("titles", ""))) for each in refusal.findings):
        raise AssertionError("a refusal repeats a long number")


if __name__ == "__main__":
    fuzz(take, [seed.encode() for seed in SEEDS])
