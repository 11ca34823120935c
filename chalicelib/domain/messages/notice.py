"""The mail to a bank about a file that is done: counts, the top reasons, and where the results are.

It holds no personal data, and not the name of the upload, in which a bank may have written some.
"""

from dataclasses import dataclass

from chalicelib.domain.cells.money import format_rupiah
from chalicelib.domain.file.batch import Batch, BatchStatus
from chalicelib.domain.file.summary import Sums
from chalicelib.domain.findings.catalogue import Catalogue
from chalicelib.domain.findings.code import FOR_DEPARTMENT

_REASONS = 5


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail: its subject (ASCII, in one line, below 100 characters) and its text."""

    subject: str
    text: str


def notice(batch: Batch, sums: Sums, catalogue: Catalogue, page: str) -> Notice:
    """Return the mail about a completed or refused file; `page` is the address of the page."""
    link = f"{page}#/berkas/{batch.id}"
    if batch.status is BatchStatus.REFUSED:
        reasons = "\n".join(f"- {catalogue[each.code].cause}" for each in batch.errors)
        text = (
            f"Berkas {batch.id} (skema {batch.scheme}) ditolak seluruhnya. Tidak seorang pun"
            f" didaftarkan, dan tidak ada yang dipotong.\n\n{reasons}\n\nRinciannya: {link}\n"
        )
        return Notice(f"Berkas {batch.id} ditolak seluruhnya", text)
    tally = sums.tally
    counts = {
        "Diterima": tally.accepted,
        "Duplikat": tally.duplicate,
        "Konflik": tally.conflict,
        "Ditolak": tally.rejected,
    }
    lines = [f"{name}: {_number(count)}" for name, count in counts.items()]
    if tally.premium_total:
        lines.append(f"Iuran yang harus dipotong: Rp{format_rupiah(tally.premium_total)}")
    found = sorted(tally.codes.items(), key=lambda each: (-each[1], each[0]))
    own = [(code, rows) for code, rows in found if not code.startswith(FOR_DEPARTMENT)]
    reasons = "\n".join(
        f"- {_number(rows)} baris: {catalogue[code].cause.partition('. ')[0].rstrip('.')}"
        for code, rows in own[:_REASONS]
    )
    text = "\n".join(
        (
            f"Berkas {batch.id} (skema {batch.scheme}) selesai diperiksa.",
            "",
            f"Baris: {_number(batch.rows)}",
            *lines,
            *(("", "Alasan dan catatan terbanyak:", reasons) if reasons else ()),
            "",
            f"Hasil dan rinciannya: {link}",
            "",
        )
    )
    subject = f"Berkas {batch.id} selesai: {tally.accepted} diterima, {tally.rejected} ditolak"
    return Notice(subject, text)


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")
