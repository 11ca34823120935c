"""LibreOffice opens our files under each separator, and finds no formula in any of them.

A bank's file has a payload in its header and in every column that payung repeats. The formulas of
a document are counted in its own format (FODS), where each has an attribute of its own.
"""

import io
from pathlib import Path

import pytest

from chalicelib.files.neutral import restored
from chalicelib.files.staff.outreach_lists import OutreachCells, OutreachWriter
from tests.files.made_files import read
from tests.office.libre_office import saved
from tests.support.builders import a_nik
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.own_process]

FORMULA = "table:formula="
SEPARATORS = {"comma": 44, "semicolon": 59, "tab": 9, "pipe": 124}
QUOTES = {"quotes": "34", "no quotes": ""}
SPLIT_AT = [",", ";", "\t", "|", "\n", "\r\n", "\u2028"]
BEFORE = ["", " ", '"', "\u00a0", "\ufeff", "\t", "'"]
SIGNS = ["=1+2", "+1+2", "-1+2", "@SUM(1;2)", "\uff1d1+2", "\u22121+2", "=cmd|'/C calc'!A0"]
PAYLOADS = [
    *(f"Jl. Mawar 1{separator}{before}=1+2" for separator in SPLIT_AT for before in BEFORE),
    *(f"Jl. Mawar 1{separator}{sign}" for separator in SPLIT_AT for sign in SIGNS),
    *(f"{before}{sign}" for before in BEFORE for sign in SIGNS),
    'Jl. Mawar;"=1+2;"',
    'Jl. Mawar;=HYPERLINK("http://contoh.test/"&A1;"Klik");',
    '=1+2;"',
    "a;=1;=2;+3|@4\t=5\n=6",
]
HEADER = ["NIK", "Nama", "Nilai Bantuan", "Alamat;=1+2;", "=3+4", "Ket|+5", 'Lain\t"=6']


def quoted(cells: list[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Return every file that payung writes for people, of a bank's file full of payloads."""
    world, lines = World(), [quoted(HEADER)]
    for number, payload in enumerate(PAYLOADS, 1):
        amount = "1200000" if number % 2 else payload  # every other row is rejected
        lines.append(quoted([a_nik(number), "Maria Contoh", amount, payload, payload, "", payload]))
    batch = world.run("\r\n".join(lines) + "\r\n")
    stored = f"results/{batch.bank}/{batch.id}/"
    made = {
        key.removeprefix(stored): body
        for key, body in world.objects.stored.items()
        if stored in key
    }
    assert {"hasil.csv", "ditolak.csv", "hasil.xlsx", "ditolak.xlsx"} <= made.keys()
    out = io.BytesIO()
    lists = OutreachWriter(out)
    for payload in PAYLOADS:
        lists.write(OutreachCells(*[payload] * len(OutreachCells._fields)))
    return {**made, "outreach.csv": out.getvalue()}


@pytest.mark.parametrize("quotes", QUOTES)
@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("name", ["hasil.csv", "ditolak.csv", "outreach.csv"])
def test_no_csv_has_a_formula(office, files, tmp_path, name, separator, quotes):
    document = opened(office, tmp_path, name, files[name], separator, quotes)
    assert "Maria" in document or name == "outreach.csv"
    assert document.count(FORMULA) == 0


@pytest.mark.parametrize("name", ["hasil.xlsx", "ditolak.xlsx"])
def test_no_workbook_has_a_formula(office, files, tmp_path, name):
    (tmp_path / name).write_bytes(files[name])
    document = saved(office, tmp_path / name, "fods").read_text("utf-8")
    assert "Maria" in document
    assert document.count(FORMULA) == 0


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_workbook_that_is_saved_as_csv_has_no_formula(office, files, tmp_path, separator):
    (tmp_path / "hasil.xlsx").write_bytes(files["hasil.xlsx"])
    kind = "csv:Text - txt - csv (StarCalc):44,34,76,1"
    content = saved(office, tmp_path / "hasil.xlsx", kind).read_bytes()
    assert opened(office, tmp_path, "lagi.csv", content, separator, "quotes").count(FORMULA) == 0


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv:Text - txt - csv (StarCalc):44,34,76,1"])
@pytest.mark.parametrize("name", ["hasil.csv", "hasil.xlsx"])
def test_a_file_that_is_saved_again_has_the_banks_own_texts(office, files, tmp_path, name, kind):
    (tmp_path / name).write_bytes(files[name])
    options = ["--infilter=CSV:44,34,76"] if name.endswith(".csv") else []
    again = read(saved(office, tmp_path / name, kind, *options).read_bytes())
    texts = [row[3] for row in again.cells]
    wanted = list(map(restored, PAYLOADS))
    assert len(texts) == len(wanted)
    # LibreOffice keeps one kind of line break, and our reader drops the tabs of an ODS.
    lost = set("\r\t" if kind == "ods" else "\r")
    pairs = [pair for pair in zip(texts, wanted, strict=True) if not lost & set(pair[1])]
    assert len(pairs) > len(PAYLOADS) / 2
    assert [text for text, _ in pairs] == [each for _, each in pairs]
    assert again.header[3:6] == tuple(HEADER[3:6])


@pytest.mark.parametrize("separator", SEPARATORS)
def test_libre_office_runs_formulas_of_such_files(office, tmp_path, separator):
    """The tests above can fail: the same texts, not neutralised, are formulas here."""
    body = f"Nama,Alamat\r\nMaria,=1+2\r\nMaria,Jl. Mawar{chr(SEPARATORS[separator])}=1+2\r\n"
    assert FORMULA in opened(office, tmp_path, "asli.csv", body.encode(), separator, "quotes")


def opened(office: str, folder: Path, name: str, body: bytes, separator: str, quotes: str) -> str:
    (folder / name).write_bytes(body)
    options = f"--infilter=CSV:{SEPARATORS[separator]},{QUOTES[quotes]},76"
    return saved(office, folder / name, "fods", options).read_text("utf-8")
