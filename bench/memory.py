"""How much memory reading and writing large files takes, and whether a row costs the same in them.

Each is measured in a process of its own: its peak is the process's.
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
"""Of the index of repeats, a row: sixteen digits, the ordinal, and what Python adds to a text of
many; it never needs room for a second copy. A dictionary takes more than twice as much."""
_KEPT_MB = 10
"""What does not grow with the rows: the days that are kept because they come up over and over."""


def reading(run: Run) -> list[Figure]:
    """Intake of a small and a large CSV: memory, and CPU a row."""
    few, many = run.rows(10_000, 5_000), run.rows(1_000_000, 50_000)
    small = made.csv_file(run.folder / "few.csv", few)
    large = made.csv_file(run.folder / "many.csv", many)
    told: dict[Path, list[dict[str, Any]]] = {small: [], large: []}
    for _ in range(2 if run.small else run.times):
        for path, each in told.items():
            each.append(alone("bench.memory:intake_alone", str(path)))
    peak = max(each["peak_mb"] for each in told[large])
    grown = peak - min(each["peak_mb"] for each in told[small])
    allowed = (many - few) * _INDEX_BYTES / 1e6 + _KEPT_MB
    a_row = {path: _median(each) / each[0]["rows"] for path, each in told.items()}
    uneven = a_row[large] / a_row[small] - 1
    figures = [
        Figure(
            f"memory that intake of {many:,} CSV rows takes more than of {few:,}",
            f"{grown:.0f} MB",
            f"<= {allowed:.0f} MB, the index of repeats",
            grown <= allowed,
            fixed=True,
        ),
        Figure(
            f"CPU per row at intake, {many:,} rows beside {few:,}",
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
    """Writing the result files of few and of many rows."""
    few, many = run.rows(10_000, 5_000), run.rows(1_000_000, 50_000)
    peak = {
        rows: [alone("bench.memory:results_alone", rows) for _ in range(times)]
        for rows, times in ((few, 1), (many, 1 if run.small else run.times))
    }
    told = peak[many]
    most = max(each["peak_mb"] for each in told)
    grown = most - peak[few][0]["peak_mb"]
    a_row = _median(told) / many * 1e6
    run.found["report_us"] = a_row
    figures = [
        Figure(
            f"memory that the result files of {many:,} rows take more than of {few:,}",
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


def _median(told: list[dict[str, Any]]) -> float:
    return median(float(each["seconds"]) for each in told)


def intake_alone(path: str) -> dict[str, Any]:
    from bench.onfile import CHUNK_ROWS, World, to_disk  # noqa: PLC0415  # in the other process
    from chalicelib import wiring  # noqa: PLC0415  # as above

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
    # By the clock on the wall: workbooks are parsed in a process of their own, beside this one.
    from chalicelib.files.read import open_table  # noqa: PLC0415  # in the other process

    begun = time.perf_counter()
    with Path(path).open("rb") as file, open_table(file) as table:
        many = sum(1 for _ in table.rows())
    return {"rows": many, "seconds": time.perf_counter() - begun}


def calamine_alone(path: str) -> dict[str, Any]:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  # in the other process

    begun = time.perf_counter()
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    many = sum(1 for _ in sheet.iter_rows())
    return {"rows": many, "seconds": time.perf_counter() - begun}
