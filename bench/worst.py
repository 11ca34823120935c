"""Measures the worst files within the limits, of each format: memory, and CPU a byte.

`python -m bench worst` reads each kind of file (`worst_files`) in growing sizes, until the largest
that the limits allow, or the first that is refused. That takes half an hour; `python -m bench.worst
KIND …` reads some kinds only, and `--small` files of 1 MB. No figure of a file has a target: that
time grows with the bytes and no faster is tested in tests/files/test_files_budget.py.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import worst_files
from bench.measure import Figure, Run, alone

_STEPS_MB = (1, 8, 64, 200, 500, 1_000, 2_000)
_COMMENTS_MB = 150


def worst(run: Run) -> Iterator[Figure]:
    """Read the worst files of each format, each in a process of its own."""
    for name in worst_files.FILES:
        yield from worst_of(name, run)
    size = run.rows(8_000_000, 1_000_000)
    found = alone("bench.worst:chunk_alone", size)
    yield Figure(
        f"all steps of a file with one chunk of {size / 1e6:.0f} MB",
        f"{found['peak_mb']:.0f} MB",
        "<= 410 MB, four fifths of the smallest function",
        found["peak_mb"] <= 410,  # noqa: PLR2004  # as its target says
        f"{found['rows']} rows in {found['chunks']} chunks",
        fixed=True,
    )


def worst_of(name: str, run: Run) -> Iterator[Figure]:
    """Read files of one kind, each larger than the one before, until one is refused."""
    largest = worst_files.FILES[name][0]
    steps = [each for each in _STEPS_MB if each < largest] + [largest]
    for megabytes in steps[:1] if run.small else steps:
        path = run.folder / "worst"
        worst_files.write(name, int(megabytes * 1e6), path)
        found = alone("bench.worst:read_alone", str(path))
        packed = path.stat().st_size
        path.unlink()
        yield Figure(
            f"{name}, {megabytes:g} MB",
            f"{found['peak_mb']:.0f} MB",
            "",
            None,
            f"{found['seconds'] / megabytes * 1e3:.0f} ns CPU a byte, {found['seconds']:.1f} s;"
            f" {packed / 1e6:.2f} MB as a file; {found['answer']}",
        )
        if not found["read"]:
            break


def comments(run: Run) -> list[Figure]:
    """Write workbooks whose first 10,000 rows have a comment on each of three cells."""
    few, many = run.rows(20_000, 11_000), run.rows(1_000_000, 20_000)
    peak = {rows: alone("bench.worst:comments_alone", rows)["peak_mb"] for rows in (few, many)}
    grown = peak[many] - peak[few]
    return [
        Figure(
            f"peak memory of hasil.xlsx of {many:,} rows, 30,000 comments in the first 10,000",
            f"{peak[many]:.0f} MB",
            f"<= {_COMMENTS_MB} MB",
            peak[many] <= _COMMENTS_MB,
            f"{grown:+.0f} MB against {few:,} rows",
            fixed=True,
        )
    ]


def comments_alone(many: int) -> dict[str, Any]:
    """Write a workbook of so many rows into nothing; the first rows have comments."""
    from bench import made  # noqa: PLC0415  # in the other process
    from chalicelib.files.write import Remark  # noqa: PLC0415  # as above
    from chalicelib.files.write_workbook import WorkbookWriter  # noqa: PLC0415  # as above

    text = "NIK harus 16 angka, di sini 15. Perbaiki sesuai KTP, lalu unggah lagi berkas ini."
    with Path("/dev/null").open("wb") as out, WorkbookWriter(out, "Hasil", made.HEADER) as book:
        for number, row in enumerate(made.rows(many)):
            said = f"{text} Baris {number}."
            book.write(row, [Remark(cell, said, is_error=True) for cell in (1, 4, 9)])
    return {"rows": many}


def read_alone(path: str) -> dict[str, Any]:
    """Read a file to its end, as intake does; say how it ended."""
    from chalicelib.files.read import open_table  # noqa: PLC0415  # in the other process
    from chalicelib.files.refusal import FileRefused  # noqa: PLC0415  # as above
    from chalicelib.kinds.recipients.columns import recipient_columns  # noqa: PLC0415  # as above

    begun, read = _busy(), True
    try:
        with Path(path).open("rb") as file, open_table(file, recipient_columns()) as table:
            answer = f"{sum(1 for _ in table.rows()):,} rows"
    except FileRefused as refusal:
        answer, read = f"`{refusal.findings[0].code}`", False
    return {"answer": answer, "read": read, "seconds": _busy() - begun}


def chunk_alone(size: int) -> dict[str, Any]:
    """Take in a file that fills a chunk with the widest rows, enroll it and report it."""
    from tests.support.world import HEADER, World, a_line  # noqa: PLC0415  # in the other process

    begun = _busy()
    world = World(chunk_rows=1_980)
    wide = "," + worst_files.long_cells()
    many = max(1, size // len(wide))
    titles = "," + ",".join(f"k{number}" for number in range(worst_files.WIDE))
    lines = [HEADER + titles, *(a_line(number) + wide for number in range(1, many + 1))]
    batch = world.run("\n".join(lines) + "\n")
    return {"rows": batch.rows, "chunks": batch.chunks, "seconds": _busy() - begun}


def _busy() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="payung-bench-") as folder:
        for name in sys.argv[1:] or worst_files.FILES:
            for figure in worst_of(name, Run(Path(folder))):
                print(f"| {figure.name} | {figure.value} | {figure.absolute} |", flush=True)


if __name__ == "__main__":
    main()
