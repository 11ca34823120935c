"""Shows a run's results to a person."""

from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE
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
    console.print(_table(report))
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


def _table(report: "Report") -> Table:
    table = Table(title="Hasil pemeriksaan", box=SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Berkas", overflow="ellipsis", no_wrap=True, min_width=16)
    table.add_column("Status", no_wrap=True)
    for heading in ("Baris", "Terima", "Duplikat", "Konflik", "Tolak", "Iuran (Rp)", "SMS"):
        table.add_column(heading, justify="right", no_wrap=True)
    for each in report.batches:
        counts = (each[name] for name in ("rows", "accepted", "duplicate", "conflict", "rejected"))
        table.add_row(
            escape(each["file"]),
            _STATUS.get(each["status"], f"[yellow]{each['status']}[/]"),
            *map(_number, counts),
            _number(each["premium_total"]),
            _number(sum(each["sms"][state] for state in _HANDED_OVER)),
        )
    return table


def _reported(report: "Report") -> str:
    """Say what the carriers reported, and what was not even handed to them."""
    sums = {state: sum(each["sms"][state] for each in report.batches) for state in _REPORTED}
    told = (f"{_number(sums[state])} {words}" for state, words in _REPORTED.items() if sums[state])
    return f"\nMenurut operator: {', '.join(told) or 'tidak ada SMS'}."


def _number(value: int) -> str:
    """Return a number as it is written in Indonesia."""
    return f"{value:,}".replace(",", ".")
