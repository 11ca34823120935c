"""Writes the generated parts of the bank guide: `python -m local guide`.

The tables of folders, columns, limits and codes come from the same data that the software uses.
Each part is in `docs/panduan-bank.md` between `<!-- awal: name -->` and `<!-- akhir: name -->`. The
rest of the page is written by hand.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from chalicelib.domain.agreements.programme import load_agreements
from chalicelib.domain.cells.dates import format_date
from chalicelib.domain.cells.money import format_rupiah
from chalicelib.domain.findings.code import Severity
from chalicelib.domain.person.enrollment import MessageKind
from chalicelib.files.columns import columns_file
from chalicelib.files.limits import Limits
from chalicelib.kinds.check import check
from chalicelib.kinds.kind import Kind
from chalicelib.kinds.registry import KINDS

GUIDE = Path(__file__).parents[1] / "docs" / "panduan-bank.md"

_RETURNED = "Tidak diolah; kembali apa adanya di berkas hasil"

_SEVERITIES = {
    Severity.ERROR: "Baris ditolak: jangan potong, perbaiki, unggah kembali",
    Severity.DISPOSITION: "Duplikat dan konflik: jangan potong",
    Severity.WARNING: "Catatan: baris tetap diproses",
    Severity.FILE: "Berkas ditolak seluruhnya: tidak ada yang didaftarkan",
    Severity.FILE_WARNING: "Catatan pada berkas yang diterima",
}
_OCCASIONS = {
    MessageKind.ENROLLED: "Setelah terdaftar",
    MessageKind.ACTIVE: "Setelah BPJS menerima iurannya",
    MessageKind.WITHDRAWN: "Setelah pendaftaran dibatalkan",
}
_MIB = 1024**2


class GuideError(Exception):
    """The guide has no place for one of its generated parts."""


def write(path: Path) -> None:
    """Update the generated parts of a guide."""
    path.write_text(renewed(path.read_text("utf-8")), "utf-8")


def renewed(text: str) -> str:
    """Return the guide's text with every generated part updated.

    Raises:
        GuideError: the text has no place, or more than one, for a part.
        KindInvalid: a kind of file is not complete.
    """
    programmes = load_agreements().programmes.values()
    check(KINDS, {scheme for programme in programmes for scheme in programme.schemes})
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
    return _columns_of(KINDS.recipients)


def _columns_of(kind: Kind) -> str:
    described, hints = columns_file(kind.columns), kind.guide().hints
    rows = (
        (
            names.label,
            "**wajib**" if column in described.required else "boleh kosong",
            hints.get(column, _RETURNED),
        )
        for column, names in described.columns.items()
    )
    return _table(("Kolom", "", "Isi"), rows)


def _names() -> str:
    """Return the names of the columns of recipients, then the sections of the other kinds."""
    recipients, *others = KINDS
    parts = [_names_of(recipients)]
    for kind in others:
        parts += [f"### {kind.guide().title}", _columns_of(kind), _names_of(kind)]
    return "\n\n".join(parts)


def _names_of(kind: Kind) -> str:
    rows = []
    for described in columns_file(kind.columns).columns.values():
        names = ", ".join(described.aliases)
        if described.otherwise:
            names += f"; *cadangan:* {', '.join(described.otherwise)}"
        rows.append((described.label, names))
    return _table(("Kolom", "Judul yang dikenal"), rows)


def _messages() -> str:
    """Return the messages to a made-up person, in the wordings of the latest programme."""
    programme = max(load_agreements().programmes.values(), key=lambda each: each.opens)
    values = {
        "name": "Maria Contoh",
        "months": programme.months,
        "until": "21-02-2027",
        "premium": format_rupiah(33_600),
        "aid": format_rupiah(1_200_000),
        "reference": "7K3M9QX2-151V",
    }
    rows = (
        (code, _OCCASIONS[kind], wording.format(scheme=scheme.name, **values))
        for code, scheme in programme.schemes.items()
        for kind, wording in scheme.sms.items()
        if kind in programme.messages
    )
    return _table(("Skema", "Kapan", "Bunyi SMS"), rows)


def _limits() -> str:
    limits = Limits()
    rows = (
        ("Ukuran berkas", f"{limits.upload_bytes // _MIB} MB"),
        ("Ukuran setelah diekstrak (ZIP, gzip, XLSX)", f"{limits.unpacked_bytes // _MIB} MB"),
        ("Baris", format_rupiah(limits.rows)),
        ("Kolom", format_rupiah(limits.columns)),
        ("Huruf dalam satu sel", format_rupiah(limits.cell_characters)),
    )
    return _table(("Batas", "Paling banyak"), rows)


def _codes() -> str:
    parts = []
    for severity, title in _SEVERITIES.items():
        rows = (
            (f"`{code}`", _escaped(explanation.cause), _escaped(explanation.cure))
            for code, explanation in ((each, KINDS.catalogue[each]) for each in KINDS.catalogue)
            if explanation.severity is severity
        )
        parts.append(f"### {title}\n\n" + _table(("Kode", "Sebab", "Yang dilakukan"), rows))
    parts += [_own_texts(folder) for folder in KINDS.folders]
    return "\n\n".join(filter(None, parts))


def _own_texts(folder: str) -> str:
    """Return what common codes mean in the files of a kind that has other words for them."""
    rows = [
        (f"`{code}`", _escaped(own.cause), _escaped(own.cure))
        for code, own in KINDS.of(folder).codes().common.items()
        if (own.cause, own.cure) != (KINDS.catalogue[code].cause, KINDS.catalogue[code].cure)
    ]
    table = _table(("Kode", "Sebab", "Yang dilakukan"), rows)
    return f"### Kode yang sama dalam berkas {folder}\n\n{table}" if rows else ""


def _escaped(text: str) -> str:
    """Escape a text for Markdown, also inside a table."""
    return text.replace("<", "&lt;").replace("|", "&#124;")


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


PARTS: dict[str, Callable[[], str]] = {
    "pesan": _messages,
    "folder": _folders,
    "kolom": _columns,
    "batas": _limits,
    "judul": _names,
    "kode": _codes,
}
"""The generated parts, by the name in their markers."""
