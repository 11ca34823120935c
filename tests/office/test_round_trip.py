"""Result files go through LibreOffice, as in a bank: opened, corrected, saved, handed in again.

Whatever it makes of the digits, nobody is enrolled under a wrong NIK, and every corrected row is
accepted, or rejected for a reason that is true.
"""

import csv
import io
import re
from pathlib import Path

import pytest

from tests.office.libre_office import saved
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.own_process]

HEADER = "No,NIK,Nama,Tanggal Lahir,Nilai Bantuan,No HP,No Rekening,No KK,Alamat"
PEOPLE = {
    "7171015708859001": "Yohana Rekaan",
    "7171021708809002": "Budi Rekaan",
    "7102016104719009": "Ester Buatan",
    "7106010707969010": "Rudi Buatan",
    "7173011310879018": "Hanny Umpama",
    "7172017011889005": "Deisy Karangan",
}
WRONG_AMOUNT, RIGHT_AMOUNT = "1,2 juta", "1200000"
WRONG_NIK, RIGHT_NIK = "O102016104719009", "7102016104719009"
CODES_OF_DAMAGE = {"nik_excel_rounded"}
FORMATS = {
    "xlsx": "xlsx",
    "ods": "ods",
    "xls": "xls",
    "comma": "csv:Text - txt - csv (StarCalc):44,34,76,1",
    "semicolon": "csv:Text - txt - csv (StarCalc):59,34,76,1",
}
SOURCES = {
    "ditolak.xlsx": (),
    "ditolak.csv": ("--infilter=CSV:44,34,76",),
    "ditolak.csv under ;": ("--infilter=CSV:59,34,76",),
}


def bank_file() -> str:
    rows = [HEADER]
    for number, (nik, name) in enumerate(PEOPLE.items(), 1):
        amount = RIGHT_AMOUNT if number == 1 else f'"{WRONG_AMOUNT}"'
        shown = WRONG_NIK if nik == RIGHT_NIK else nik
        amount = RIGHT_AMOUNT if nik == RIGHT_NIK else amount
        rows.append(
            f"{number},{shown},{name},,{amount},08123450000{number},00000100234550{number},"
            f'717101120821000{number},"Jl. Rekaan {number}, Lingk. {number}"'
        )
    return "\r\n".join(rows) + "\r\n"


@pytest.fixture(scope="module", params=SOURCES)
def corrected(request, office, tmp_path_factory) -> tuple[str, Path, str]:
    """Return a result file that was opened in LibreOffice and corrected there."""
    folder = tmp_path_factory.mktemp("office")
    name = request.param.partition(" ")[0]
    world = World()
    first = world.run(bank_file())
    stored = world.objects.stored[f"results/{first.bank}/{first.id}/{name}"]
    (folder / name).write_bytes(stored)
    opened = saved(office, folder / name, "fods", *SOURCES[request.param])
    text = opened.read_text("utf-8")
    as_number = request.param == "ditolak.csv"
    opened.write_text(retyped(text, as_number=as_number), "utf-8")
    return request.param, opened, office


def retyped(document: str, *, as_number: bool) -> str:
    """Type the right values over the wrong ones; a NIK typed into a cell of no text is a number."""
    cell = re.compile(
        rf'<table:table-cell office:value-type="string"[^>]*>\s*<text:p>{WRONG_NIK}</text:p>'
    )
    number = f'<table:table-cell office:value-type="float" office:value="{RIGHT_NIK}">'
    if as_number:
        document = cell.sub(f"{number}<text:p>{RIGHT_NIK}</text:p>", document)
    for wrong, right in (
        (f"<text:p>{WRONG_NIK}</text:p>", f"<text:p>{RIGHT_NIK}</text:p>"),
        (f"<text:p>{WRONG_AMOUNT}</text:p>", f"<text:p>{RIGHT_AMOUNT}</text:p>"),
        # In a line that is one cell.
        (f",{WRONG_NIK},", f",{RIGHT_NIK},"),
        (f"&quot;{WRONG_AMOUNT}&quot;", RIGHT_AMOUNT),
    ):
        document = document.replace(wrong, right)
    assert WRONG_AMOUNT not in document
    assert document.count(WRONG_NIK) == 1, "it stays in its guard"
    return document


@pytest.mark.parametrize("kind", FORMATS)
def test_nobody_is_enrolled_under_a_wrong_nik(corrected, kind):
    source, document, office = corrected
    content = saved(office, document, FORMATS[kind]).read_bytes()
    world = World()
    first = world.run(bank_file())
    again = world.run(content, key=f"incoming/002/BPUM/{kind}")

    enrolled = {nik for nik, _ in world.tables.people}
    assert enrolled <= PEOPLE.keys()
    if again.status == "refused":
        assert {each.code for each in again.errors} == {"file_niks_rounded"}
        return
    rows = list(csv.DictReader(io.StringIO(world.result(again, "hasil.csv"))))
    assert len(rows) == len(PEOPLE) - 1
    for row in rows:
        if row["payung_status"] == "ditolak":
            assert set(row["payung_kode"].split(";")) == CODES_OF_DAMAGE
        else:
            assert row["payung_status"] == "diterima"
    if source == "ditolak.xlsx":
        assert {row["payung_status"] for row in rows} == {"diterima"}
        assert enrolled == PEOPLE.keys()
    assert again.corrects == first.id
