"""Measures the memory for large files, and whether the cost of a row depends on the file's size.

Each measurement runs in a separate process, whose peak memory is the result.
"""

import time
from pathlib import Path
from statistics import median
from typing import Any

from bench import made
from bench.measure import Figure, Run, alone

_INTAKE_MB, _RESULTS_MB, _WORKBOOK_MB = 130, 150, 300
_WORKBOOK_RATIO = 1.2
_STREAMED_MB = 15
_EVEN = 0.10
_INDEX_BYTES = 45
"""Bytes a row of the index of repeats: 16 digits, the ordinal, and Python's overhead of a text with
many rows. The index never needs memory for a second copy. A dictionary needs more than twice as
much."""
_KEPT_MB = 10
"""Memory that does not grow with the rows: the cache of parsed days."""


def reading(run: Run) -> list[Figure]:
    """Intake of a small and a large CSV: memory, and CPU a row."""
    few, many = run.rows(10_000, 5_000), run.rows(1_000_000, 50_000)
    small = made.csv_file(run.folder / "few.csv", few)
    large = made.csv_file(run.folder / "many.csv", many)
    results: dict[Path, list[dict[str, Any]]] = {small: [], large: []}
    for _ in range(2 if run.small else run.times):
        for path, each in results.items():
            each.append(alone("bench.memory:intake_alone", str(path)))
    peak = max(each["peak_mb"] for each in results[large])
    grown = peak - min(each["peak_mb"] for each in results[small])
    allowed = (many - few) * _INDEX_BYTES / 1e6 + _KEPT_MB
    a_row = {path: _median(each) / each[0]["rows"] for path, each in results.items()}
    uneven = a_row[large] / a_row[small] - 1
    figures = [
        Figure(
            f"extra memory of intake for {many:,} CSV rows against {few:,}",
            f"{grown:.0f} MB",
            f"<= {allowed:.0f} MB, the index of repeats",
            grown <= allowed,
            fixed=True,
        ),
        Figure(
            f"CPU per row at intake, {many:,} rows against {few:,}",
            f"{uneven:+.0%}",
            f"within +-{_EVEN:.0%}",
            abs(uneven) <= _EVEN,
            f"{a_row[large] * 1e6:.1f} µs against {a_row[small] * 1e6:.1f} µs",
        ),
    ]
    if not run.small:
        figures.insert(
            0,
            Figure(
                f"peak memory of intake, CSV of {many:,} rows",
                f"{peak:.0f} MB",
                f"<= {_INTAKE_MB} MB",
                peak <= _INTAKE_MB,
            ),
        )
    return figures


def results(run: Run) -> list[Figure]:
    """Measure the writing of result files, with few and with many rows."""
    few, many = run.rows(10_000, 5_000), run.rows(1_000_000, 50_000)
    peak = {
        rows: [alone("bench.memory:results_alone", rows) for _ in range(times)]
        for rows, times in ((few, 1), (many, 1 if run.small else run.times))
    }
    large = peak[many]
    most = max(each["peak_mb"] for each in large)
    grown = most - peak[few][0]["peak_mb"]
    a_row = _median(large) / many * 1e6
    run.found["report_us"] = a_row
    figures = [
        Figure(
            f"extra memory of writing result files for {many:,} rows against {few:,}",
            f"{grown:.0f} MB",
            f"<= {_STREAMED_MB} MB",
            grown <= _STREAMED_MB,
            fixed=True,
        )
    ]
    if not run.small:
        figures.insert(
            0,
            Figure(
                f"peak memory of writing the result files of {many:,} rows",
                f"{most:.0f} MB",
                f"<= {_RESULTS_MB} MB",
                most <= _RESULTS_MB,
                f"{a_row:.1f} µs CPU a row",
            ),
        )
    return figures


def workbooks(run: Run) -> list[Figure]:
    many = run.rows(150_000, 5_000)
    path = made.workbook(run.folder / "many.xlsx", many)
    ours, theirs = [], []
    for _ in range(run.times):
        ours.append(alone("bench.memory:workbook_alone", str(path)))
        theirs.append(alone("bench.memory:calamine_alone", str(path)))
    mine, bound = _median(ours), _median(theirs)
    ratio = mine / bound
    peak = max(each["peak_mb"] for each in ours)
    return [
        Figure(
            f"reading a workbook of {many:,} rows x 12 columns: ours / python-calamine alone",
            f"{ratio:.2f} x",
            f"<= {_WORKBOOK_RATIO} x",
            ratio <= _WORKBOOK_RATIO,
            f"{mine:.2f} s against {bound:.2f} s",
        ),
        Figure(
            f"peak memory of reading a workbook of {many:,} rows",
            f"{peak:.0f} MB",
            f"<= {_WORKBOOK_MB} MB",
            peak <= _WORKBOOK_MB,
            f"python-calamine alone {max(each['peak_mb'] for each in theirs):.0f} MB",
            fixed=True,
        ),
    ]


def _median(results: list[dict[str, Any]]) -> float:
    return median(float(each["seconds"]) for each in results)


def intake_alone(path: str) -> dict[str, Any]:
    from bench.onfile import World, to_disk  # noqa: PLC0415  # in the other process
    from chalicelib.lambdas import wiring  # noqa: PLC0415  # as above
    from chalicelib.settings import CHUNK_ROWS  # noqa: PLC0415  # in the other process

    file = Path(path)
    with to_disk() as folder:
        world = World(objects=folder.objects(file), chunk_rows=CHUNK_ROWS)
        wiring.collect_seldom()
        begun = time.process_time()
        batch = world.take(world.put("", made.KEY, size=file.stat().st_size))
        return {"rows": batch.rows, "seconds": time.process_time() - begun}


def results_alone(many: int) -> dict[str, Any]:
    from bench.onfile import written  # noqa: PLC0415  # in the other process

    return written(many)


def workbook_alone(path: str) -> dict[str, Any]:
    # Measure wall-clock time: a child process parses the workbook in parallel with this one.
    from chalicelib.files.read import open_table  # noqa: PLC0415  # in the other process
    from chalicelib.kinds.recipients.columns import recipient_columns  # noqa: PLC0415  # as above

    begun = time.perf_counter()
    with Path(path).open("rb") as file, open_table(file, recipient_columns()) as table:
        many = sum(1 for _ in table.rows())
    return {"rows": many, "seconds": time.perf_counter() - begun}


def calamine_alone(path: str) -> dict[str, Any]:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  # in the other process

    begun = time.perf_counter()
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    many = sum(1 for _ in sheet.iter_rows())
    return {"rows": many, "seconds": time.perf_counter() - begun}
