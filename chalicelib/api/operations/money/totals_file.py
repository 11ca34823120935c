"""The sums over all files as a file for a spreadsheet."""

import base64
import io
from collections.abc import Sequence
from enum import StrEnum

from pydantic import Field

from chalicelib.api.operations.model import View
from chalicelib.files.write import CsvWriter
from chalicelib.files.write_workbook import CONTENT_TYPE, WorkbookWriter

from .totals import By, TotalsLine, TotalsQuery, TotalsResponse

_TITLES = {
    By.BANK: "Bank", By.SCHEME: "Skema", By.REGENCY: "Kabupaten/Kota", By.DAY: "Hari masuk",
}  # fmt: skip
_COUNTS = {
    "accepted": "Diterima", "premium_total": "Iuran (Rp)", "aid_total": "Nilai bantuan (Rp)",
    "duplicate": "Duplikat", "conflict": "Konflik", "rejected": "Ditolak",
}  # fmt: skip
_MONEY = {
    "expected": "Seharusnya", "open": "Belum dikonfirmasi", "deferred": "Ditunda",
    "deducted": "Dipotong", "failed": "Gagal", "returned": "Dikembalikan",
}  # fmt: skip
_SMS = {
    "delivered": "SMS sampai", "sent": "SMS diserahkan", "pending": "SMS menunggu",
    "failed": "SMS gagal", "unconfirmed": "SMS tanpa laporan", "held": "SMS ditahan",
    "unknown": "SMS tidak diketahui", "not_possible": "Tanpa nomor ponsel",
}  # fmt: skip


class Form(StrEnum):
    """The kinds of files."""

    XLSX = "xlsx"
    CSV = "csv"


class ExportQuery(TotalsQuery):
    """Which sums, and as which kind of file."""

    form: Form


class ExportView(View):
    """A file: its name, and its content in base64."""

    name: str
    content_type: str
    content: str = Field(description="base64")


def exported(query: ExportQuery, sums: TotalsResponse) -> ExportView:
    """Return the sums as a file; its columns are those that the sums have."""
    titles = _titles(sums)
    rows = [_cells(each, sums) for each in (*sums.lines, sums.total)]
    period = "-".join(each.isoformat() for each in (query.from_, query.to) if each)
    name = "-".join(filter(None, ("rekap", sums.programme, sums.by.value, period)))
    is_workbook = query.form is Form.XLSX
    content = (_workbook if is_workbook else _csv)(titles, rows)
    return ExportView(
        name=f"{name}.{query.form.value}",
        content_type=CONTENT_TYPE if is_workbook else "text/csv; charset=utf-8",
        content=base64.b64encode(content).decode(),
    )


def _titles(sums: TotalsResponse) -> list[str]:
    counts = [title for name, title in _COUNTS.items() if getattr(sums.total, name) is not None]
    money = [f"{title} ({unit})" for title in _MONEY.values() for unit in ("orang", "Rp")]
    return [_TITLES[sums.by], *counts, *money, *_SMS.values()]


def _cells(line: TotalsLine, sums: TotalsResponse) -> list[str]:
    known = [name for name in _COUNTS if getattr(sums.total, name) is not None]
    amounts = [getattr(line.money, name) for name in _MONEY]
    counts = [
        *(getattr(line, name) for name in known),
        *(n for each in amounts for n in (each.people, each.rupiah)),
        *(getattr(line.sms, name) for name in _SMS),
    ]
    return [line.label, *map(str, counts)]


def _csv(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    writer = CsvWriter(out, titles)
    for row in rows:
        writer.write(row)
    return out.getvalue()


def _workbook(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    with WorkbookWriter(out, "Rekap", titles, numbers=range(1, len(titles))) as workbook:
        for row in rows:
            workbook.write(row)
    return out.getvalue()
