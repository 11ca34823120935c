"""Shows a run's results to a person."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from chalicelib.domain.phone import mask_phone

if TYPE_CHECKING:
    from .run import Report

_STATUS = {
    "completed": "[green]selesai[/]",
    "refused": "[red]ditolak[/]",
    "missing": "[red]tidak diproses[/]",
}
_CLOSED = "programme_closed"
_SHORTEST_NAME = 8
_HANDED_OVER = ("sent", "delivered", "unconfirmed")
_REPORTED = {
    "delivered": "SMS sampai",
    "failed": "gagal",
    "unconfirmed": "tanpa kabar dalam tiga hari",
    "sent": "belum ada kabar",
}
"""What became of messages, in words."""


def show(report: "Report") -> None:
    """Print the files, what was wrong with them, one message, and where the results are."""
    console = Console()
    console.print(_table(report, console.width))
    for each in report.batches:
        for error in each["errors"]:
            _print_finding(console, each["file"], error, "red")
        for warning in each["file_warnings"]:
            _print_finding(console, each["file"], warning, "yellow")
    if any(e["code"] == _CLOSED for each in report.batches for e in each["errors"]):
        console.print("[dim]Untuk mencoba pada tanggal lain: --today 2026-11-02[/]")
    if report.carrier:
        console.print(_reported(report), highlight=False)
    if report.sms:
        phone, text = report.sms[0]
        told = f"\n{len(report.sms)} SMS terkirim (simulasi). Contoh, ke {mask_phone(phone)}:"
        console.print(told, highlight=False)
        console.print(f"  {text}", markup=False, highlight=False)
    places = sorted(
        {str(Path(p).parent) for e in report.batches for p in e["results"].values() if p}
    )
    if places:
        console.print("\nHasil:", *places, sep="\n  ", highlight=False, markup=False)
    if report.dead_letters:
        console.print(
            f"\n[red]{report.dead_letters} pesan gagal diproses[/] "
            "(antrean dead-letter); jalankan lagi dengan --verbose."
        )
    console.print(f"\n[dim]{report.seconds:.1f} detik[/]", highlight=False)
    console.print("Halaman untuk petugas dan bank: make serve, lalu buka http://127.0.0.1:8000/")


def _print_finding(console: Console, file: str, told: dict[str, str], colour: str) -> None:
    # File names and headers are the bank's own words, and no markup.
    text = Text.assemble((file, colour), f": {told['message']} ", (f"({told['code']})", "dim"))
    console.print(text)


def _table(report: "Report", width: int) -> Table:
    rows = [_cells(each) for each in report.batches]
    headings = (
        "Status", "Baris", "Terima", "Duplikat", "Konflik", "Tolak", "Iuran (Rp)", "SMS",
    )  # fmt: skip
    widths = [max(cell_len(_plain(cell)) for cell in column) for column in zip(headings, *rows)]  # noqa: B905  # all are as long
    # In a narrow window the file's name gives way, never a number.
    room = max(_SHORTEST_NAME, width - sum(widths) - len(widths) - 3)
    table = Table(title="Hasil pemeriksaan", box=SIMPLE, pad_edge=False, padding=0)
    table.add_column("Berkas", overflow="ellipsis", no_wrap=True, max_width=room)
    for heading, most in zip(headings, widths, strict=True):
        left: Any = "left" if heading == "Status" else "right"
        table.add_column(heading, justify=left, no_wrap=True, min_width=most)
    for each, cells in zip(report.batches, rows, strict=True):
        table.add_row(escape(each["file"]), *cells)
    return table


def _plain(cell: str) -> str:
    return Text.from_markup(cell).plain


def _cells(batch: dict[str, Any]) -> tuple[str, ...]:
    """Return what is told of a file, behind its name."""
    counts = (batch[name] for name in ("rows", "accepted", "duplicate", "conflict", "rejected"))
    return (
        _STATUS.get(batch["status"], f"[yellow]{batch['status']}[/]"),
        *map(_number, counts),
        _number(batch["premium_total"]),
        _number(sum(batch["sms"][state] for state in _HANDED_OVER)),
    )


def _reported(report: "Report") -> str:
    """Say what the carriers reported, and what was not even handed to them."""
    sums = {state: sum(each["sms"][state] for each in report.batches) for state in _REPORTED}
    told = (f"{_number(sums[state])} {words}" for state, words in _REPORTED.items() if sums[state])
    return f"\nMenurut operator: {', '.join(told) or 'tidak ada SMS'}."


def _number(value: int) -> str:
    """Return a number as it is written in Indonesia."""
    return f"{value:,}".replace(",", ".")
