"""Writes the generated parts of the bank guide: `python -m local guide`.

What banks are told of folders, columns, limits and codes is what the software goes by. Each part
stands in `docs/panduan-bank.md` between `<!-- awal: name -->` and `<!-- akhir: name -->`; the rest
of the page is written by hand.
"""

import re
import tomllib
from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from chalicelib.domain.codes import EXPLANATIONS, Severity
from chalicelib.domain.columns import REQUIRED, Column
from chalicelib.domain.dates import format_date
from chalicelib.domain.money import format_rupiah
from chalicelib.domain.programme import load_agreements
from chalicelib.files.limits import Limits

GUIDE = Path(__file__).parents[1] / "docs" / "panduan-bank.md"

_HINTS = {
    Column.NIK: "16 angka sesuai KTP, sebagai teks",
    Column.NAME: "Nama lengkap sesuai KTP",
    Column.AMOUNT: "Rupiah penuh sebelum dipotong: `1200000` atau `1.200.000`",
    Column.PHONE: "Satu nomor seluler, misalnya `081234567890`; tanpa nomor tidak ada SMS",
    Column.BIRTH_DATE: "Hari-bulan-tahun, misalnya `17-08-1980`; bila kosong, diambil dari NIK",
    Column.SEX: "`L` atau `P` (atau `1`, `2`); `9` badan usaha, yang tidak dapat didaftarkan",
    Column.REGENCY: "Kode empat angka atau nama, misalnya `7171` atau `Kota Manado`",
    Column.INCOME: "Rupiah sebulan; bila kosong, dipakai penghasilan dasar program",
}
_RETURNED = "Tidak diolah; kembali apa adanya di berkas hasil"

_SEVERITIES = {
    Severity.ERROR: "Baris ditolak: jangan potong, perbaiki, unggah kembali",
    Severity.DISPOSITION: "Duplikat dan konflik: jangan potong",
    Severity.WARNING: "Catatan: baris tetap diproses",
    Severity.FILE: "Berkas ditolak seluruhnya: tidak ada yang didaftarkan",
    Severity.FILE_WARNING: "Catatan pada berkas yang diterima",
}
_MIB = 1024**2


class GuideError(Exception):
    """The guide lacks a place for one of its generated parts."""


def write(path: Path) -> None:
    """Bring the generated parts of a guide up to date."""
    path.write_text(renewed(path.read_text("utf-8")), "utf-8")


def renewed(text: str) -> str:
    """Return the guide's text with every generated part as it must be now.

    Raises:
        GuideError: a part has no place in it, or more than one.
    """
    for name, make in PARTS.items():
        place = re.compile(rf"(<!-- awal: {name} -->\n).*?(<!-- akhir: {name} -->)", re.DOTALL)
        part = f"\n{make()}\n\n"
        text, times = place.subn(lambda found, part=part: found[1] + part + found[2], text)  # type: ignore[misc]
        if times != 1:
            raise GuideError(f"{name}: {times} places in the guide, there must be one")
    return text


def _folders() -> str:
    agreements = load_agreements()
    banks = ((each.name, f"`{each.code}` atau `{each.short}`") for each in agreements.banks)
    programmes = sorted(agreements.programmes.values(), key=lambda each: each.opens)
    names = {code: each.name for one in programmes for code, each in one.schemes.items()}
    periods = (
        (
            each.name,
            f"{format_date(each.opens)} – {format_date(each.closes)}",
            f"{each.months} bulan",
            f"{each.minimum_age} tahun sampai sebelum {each.age_limit} tahun",
        )
        for each in programmes
    )
    return "\n\n".join(
        (
            _table(("Bank", "Folder bank"), banks),
            _table(
                ("Skema", "Folder skema"), ((name, f"`{code}`") for code, name in names.items())
            ),
            _table(("Program", "Berkas diterima", "Perlindungan", "Umur penerima"), periods),
        )
    )


def _columns() -> str:
    labels = _headings()
    rows = (
        (labels[column]["label"], "**wajib**" if column in REQUIRED else "boleh kosong", hint)
        for column in Column
        for hint in (_HINTS.get(column, _RETURNED),)
    )
    return _table(("Kolom", "", "Isi"), rows)


def _names() -> str:
    rows = []
    for column in Column:
        said = _headings()[column]
        names = ", ".join(said["aliases"])
        if spare := said.get("otherwise"):
            names += f"; *cadangan:* {', '.join(spare)}"
        rows.append((said["label"], names))
    return _table(("Kolom", "Judul yang dikenal"), rows)


def _limits() -> str:
    limits = Limits()
    rows = (
        ("Ukuran berkas", f"{limits.upload_bytes // _MIB} MB"),
        ("Ukuran setelah dimekarkan (ZIP, gzip, XLSX)", f"{limits.unpacked_bytes // _MIB} MB"),
        ("Baris", format_rupiah(limits.rows)),
        ("Kolom", format_rupiah(limits.columns)),
        ("Huruf dalam satu sel", format_rupiah(limits.cell_characters)),
    )
    return _table(("Batas", "Paling banyak"), rows)


def _codes() -> str:
    parts = []
    for severity, title in _SEVERITIES.items():
        rows = (
            (f"`{code}`", _escaped(said.cause), _escaped(said.cure))
            for code, said in EXPLANATIONS.items()
            if said.severity is severity
        )
        parts.append(f"### {title}\n\n" + _table(("Kode", "Sebab", "Yang dilakukan"), rows))
    return "\n\n".join(parts)


def _headings() -> dict[str, dict[str, Any]]:
    text = files("chalicelib.files").joinpath("columns.toml").read_text("utf-8")
    columns: dict[str, dict[str, Any]] = tomllib.loads(text)["columns"]
    return columns


def _escaped(text: str) -> str:
    """Return a text that Markdown shows as it stands, in a table too."""
    return text.replace("<", "&lt;").replace("|", "&#124;")


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


PARTS: dict[str, Callable[[], str]] = {
    "folder": _folders,
    "kolom": _columns,
    "batas": _limits,
    "judul": _names,
    "kode": _codes,
}
"""The generated parts, by the name in their marks."""
