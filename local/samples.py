"""Writes the files of `samples/` again: `python -m local samples`."""

from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]  # it has no stubs

from . import sample_confirmation
from .sample import MADE, Sheet, rows, write
from .sample_damage import AMOUNT, BORN, NAME, NIK, PHONE

FOLDER = Path(__file__).parents[1] / "samples"

_TEMPLATE = (NIK, NAME, AMOUNT, PHONE, BORN, "Jenis Kelamin", "Alamat", "Kode Kab/Kota")
_HINTS = {
    NIK: "Wajib. 16 angka, sebagai teks.",
    NAME: "Wajib. Sesuai KTP.",
    AMOUNT: "Wajib. Rupiah, tanpa sen.",
    PHONE: "Nomor ponsel penerima, sebagai teks. Tanpa nomor, SMS tidak dikirim.",
    BORN: "Misalnya 17/08/1980.",
    "Jenis Kelamin": "L atau P.",
    "Kode Kab/Kota": "Empat angka, misalnya 7171 untuk Kota Manado.",
}
_SLIK = (
    "nik", "nama", "tgl_lahir", "jns_kelamin", "alamat", "kode_kabkota", "kode_pos", "npwp",
    "pekerjaan", "jml_kredit", "no_hp",
)  # fmt: skip


def make(folder: Path = FOLDER) -> list[Path]:
    """Write every sample; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "bpum-bersih.csv", rows(200, seed=7))
    write(
        folder / "bpum-excel-berantakan.csv",
        rows(120, seed=11, faults=40, dotted=True),
        Sheet(delimiter=";", encoding="cp1252"),
    )
    title = ("PT BANK CONTOH", "Daftar Debitur KUR Mikro", "Cabang Manado, September 2021")
    write(
        folder / "kur-judul-total.xlsx",
        rows(60, seed=13, scheme="KUR"),
        Sheet(title=title, total=True),
    )
    _slik(folder / "kur-slik.txt")
    _template_xlsx(folder / "template-penerima.xlsx")
    (folder / "template-penerima.csv").write_text(
        ",".join(_TEMPLATE) + "\r\n", encoding="utf-8-sig", newline=""
    )
    sample_confirmation.write(folder, folder / "bpum-bersih.csv")
    return sorted(path for path in folder.iterdir() if path.name != "README.md")


def _slik(path: Path) -> None:
    """Write a file in the credit registry's form. One of the debtors is a company."""
    lines = ["|".join(_SLIK)]
    for row in rows(50, seed=17, scheme="KUR"):
        day, month, year = row[BORN].split("/")
        cells = (
            row[NIK], row[NAME].upper(), day + month + year,
            "2" if row["Jenis Kelamin"] == "P" else "1", row["Alamat"], row["Kode Kab/Kota"],
            "95000", "", row["Bidang Usaha"], row[AMOUNT], row[PHONE],
        )  # fmt: skip
        lines.append("|".join(cells))
    lines.append(
        "|CV CONTOH MAJU|01012015|9|Wenang, Lingk. 1|7171|95111|010000000821000|Perdagangan"
        "|250000000|"
    )
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")


def _template_xlsx(path: Path) -> None:
    """Write an empty table. Its NIK and phone columns are text, so Excel does not change them."""
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": MADE})
        page = book.add_worksheet("Penerima")
        bold = book.add_format({"bold": True, "bottom": 1})
        text = book.add_format({"num_format": "@"})
        money = book.add_format({"num_format": "#,##0"})
        for index, name in enumerate(_TEMPLATE):
            page.write_string(0, index, name, bold)
            page.set_column(index, index, 24, money if name == AMOUNT else text)
            if name in _HINTS:
                page.write_comment(0, index, _HINTS[name])
        page.freeze_panes(1, 0)
