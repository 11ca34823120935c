"""Prints the results of a run for a person."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from chalicelib.domain.agreements.programme import load_agreements
from chalicelib.domain.cells.phone import mask_phone
from chalicelib.domain.money.balance import Balance
from chalicelib.domain.money.standing import Leaf
from chalicelib.kinds.registry import KINDS

if TYPE_CHECKING:
    from .run import Report

_STATUS = {
    "completed": "[green]selesai[/]",
    "refused": "[red]ditolak[/]",
    "missing": "[red]tidak diproses[/]",
}
_CLOSED = "programme_closed"
_UNKNOWN_BANK = "bank_unknown"
_FREQUENT = 3
"""So many of a file's codes are printed; the others are in its summary."""
_SHORTEST_TABLE = 64
"""Columns of a window; below, each file is a list, because a table would lose columns."""
_SHORTEST_NAME = 8
_HEADINGS = (
    "Status", "Baris", "Terima", "Duplikat", "Konflik", "Tolak", "Iuran (Rp)", "SMS",
)  # fmt: skip
_HANDED_OVER = ("sent", "delivered", "unconfirmed")
_REPORTED = {
    "delivered": "SMS sampai",
    "failed": "gagal",
    "unconfirmed": "tanpa kabar dalam tiga hari",
    "sent": "belum ada kabar",
}
"""The states of messages, in words."""
_MATCHED = {
    "deducted": "dipotong", "failed": "gagal", "returned": "dikembalikan", "deferred": "ditunda",
    "blank": "belum",
}  # fmt: skip
_LEAVES = {
    Leaf.OPEN: "Belum dinyatakan", Leaf.DEFERRED: "Ditunda", Leaf.FAILED: "Gagal dipotong",
    Leaf.RETURNED: "Dikembalikan", Leaf.TO_REMIT: "Dipotong, belum disetor",
    Leaf.AWAITING: "Disetor, belum diterima BPJS", Leaf.COVERED: "Diterima BPJS",
    Leaf.REFUND_DUE: "Menunggu pengembalian BPJS", Leaf.CREDIT: "Kredit di BPJS",
    Leaf.REFUNDED: "Sudah dikembalikan kepada penerima",
}  # fmt: skip


def show(report: "Report") -> None:
    """Print the files, their errors, one message, and the folders of the results."""
    console = Console()
    is_wide = console.width >= _SHORTEST_TABLE
    console.print(_table(report, console.width) if is_wide else _list(report))
    for each in report.batches:
        _print_codes(console, each)
        for error in each["errors"]:
            _print_finding(console, each["file"], error, "red")
        for warning in each["file_warnings"]:
            _print_finding(console, each["file"], warning, "yellow")
    if any(e["code"] == _CLOSED for each in report.batches for e in each["errors"]):
        console.print("[dim]Untuk mencoba pada tanggal lain: --today 2026-11-02[/]")
    if any(e["code"] == _UNKNOWN_BANK for each in report.batches for e in each["errors"]):
        banks = ", ".join(f"{each.short} ({each.code})" for each in load_agreements().banks)
        console.print(f"Bank yang dikenal: {banks}", highlight=False)
    if report.carrier:
        console.print(_reported(report), highlight=False)
    if report.sms:
        phone, text = report.sms[0]
        heading = f"\n{len(report.sms)} SMS terkirim (simulasi). Contoh, ke {mask_phone(phone)}:"
        console.print(heading, highlight=False)
        console.print(f"  {text}", markup=False, highlight=False)
    _print_places(console, report)
    if report.dead_letters:
        console.print(
            f"\n[red]{report.dead_letters} pesan gagal diproses[/] "
            "(antrean dead-letter); jalankan lagi dengan --verbose."
        )
    console.print(f"\n[dim]{report.seconds:.1f} detik[/]", highlight=False)
    console.print("Halaman untuk petugas dan bank: make serve, lalu buka http://127.0.0.1:8000/")
    _print_money(console, report)


def _print_places(console: Console, report: "Report") -> None:
    places = [
        (each["file"], str(Path(path).parent))
        for each in report.batches
        if (path := next(filter(None, each["results"].values()), None))
    ]
    if places:
        console.print("\nHasil:")
    for file, place in places:
        # soft_wrap: a path that is broken over two lines cannot be copied.
        console.print(f"  {file} → {place}", highlight=False, markup=False, soft_wrap=True)


def _print_codes(console: Console, batch: dict[str, Any]) -> None:
    """Print the most frequent codes of a file's rows, each with its cause."""
    found = sorted(batch["codes"].items(), key=lambda each: (-each[1], each[0]))
    for code, rows in found[:_FREQUENT]:
        cause = KINDS.catalogue[code].cause.partition(". ")[0].rstrip(".")
        words = f": {_number(rows)} baris: {cause}. "
        console.print(Text.assemble((batch["file"], "bold"), words, (f"({code})", "dim")))


def _print_money(console: Console, report: "Report") -> None:
    """Print what confirmations state, and the table of the premiums."""
    for each in report.batches:
        if "matched" in each:
            console.print(Text.assemble((each["file"], "bold"), f": {_stated(each)}"))
    if report.balance.expected:
        console.print(_money(report.balance))


def _money(balance: Balance) -> Table:
    """Return the table of the premiums by leaf: people and rupiah."""
    table = Table(title="Iuran", box=SIMPLE, pad_edge=False, padding=0)
    table.add_column("Status")
    table.add_column("Orang", justify="right", min_width=8)
    table.add_column("Rupiah", justify="right", min_width=14)
    for leaf, words in _LEAVES.items():
        amounts = balance.leaves[leaf]
        if amounts.people:
            table.add_row(words, _number(amounts.people), _number(amounts.rupiah))
    everybody = sum(each.people for each in balance.leaves.values())
    table.add_row("Seluruhnya", _number(everybody), _number(balance.expected), style="bold")
    if balance.not_due.people:
        owed = balance.not_due
        words = "Salah potong, wajib dikembalikan"
        table.add_row(words, _number(owed.people), _number(owed.rupiah), style="red")
    return table


def _stated(batch: dict[str, Any]) -> str:
    """Return what the rows of a confirmation state, and why rows changed nobody."""
    counts = {_MATCHED[name]: rows for name, rows in batch["matched"].items() if rows}
    counts |= batch["breaks"]
    return ", ".join(f"{_number(rows)} {name}" for name, rows in counts.items()) or "-"


def _print_finding(console: Console, file: str, finding: dict[str, str], colour: str) -> None:
    # File names and headers come from the bank. They must not be read as markup.
    code = (f"({finding['code']})", "dim")
    console.print(Text.assemble((file, colour), f": {finding['message']} ", code))


def _list(report: "Report") -> Text:
    """Return the figures of each file line by line."""
    lines = ["Hasil pemeriksaan"]
    for each in report.batches:
        lines += ["", each["file"]]
        cells = zip(_HEADINGS, map(_plain, _cells(each)), strict=True)
        lines += [f"  {heading}: {cell}" for heading, cell in cells]
    return Text("\n".join(lines))


def _table(report: "Report", width: int) -> Table:
    rows = [_cells(each) for each in report.batches]
    headings = _HEADINGS
    widths = [max(cell_len(_plain(cell)) for cell in column) for column in zip(headings, *rows)]  # noqa: B905  # all are as long
    # In a narrow window the file's name is shortened, but never a number.
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
    """Return the cells of a file's line, after its name."""
    counts = (batch[name] for name in ("rows", "accepted", "duplicate", "conflict", "rejected"))
    return (
        _STATUS.get(batch["status"], f"[yellow]{batch['status']}[/]"),
        *map(_number, counts),
        _number(batch["premium_total"]),
        _number(sum(batch["sms"][state] for state in _HANDED_OVER)),
    )


def _reported(report: "Report") -> str:
    """Return the line about the carriers' receipts."""
    sums = {state: sum(each["sms"][state] for each in report.batches) for state in _REPORTED}
    parts = (f"{_number(sums[state])} {words}" for state, words in _REPORTED.items() if sums[state])
    return f"\nMenurut operator: {', '.join(parts) or 'tidak ada SMS'}."


def _number(value: int) -> str:
    """Format a number in the Indonesian way."""
    return f"{value:,}".replace(",", ".")
