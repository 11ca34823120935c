"""Makes recipient files of any size, to try payung. The same seed gives the same bytes."""

import csv
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it has no stubs

from .made_up_people import Person, people
from .sample_damage import AMOUNT, BORN, NAME, NIK, PHONE, Row, damage

HEADER = (
    "No", NIK, "No. KK", NAME, BORN, "Jenis Kelamin", "Alamat", "Kode Kab/Kota", "Bidang Usaha",
    PHONE, AMOUNT,
)  # fmt: skip
_TEXT_COLUMNS = {NIK, "No. KK", PHONE, "Kode Kab/Kota"}
_GRANT = 1_200_000
_LOANS = (5_000_000, 10_000_000, 15_000_000, 25_000_000, 50_000_000)
# A workbook has its creation time in it. A constant keeps the bytes equal.
MADE = datetime(2021, 9, 7, 8, 0)  # noqa: DTZ001  # a workbook has no time zones
_REMEMBERED = 200  # a repeat is one of so many earlier rows


class SampleError(Exception):
    """The requested sample cannot be made."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The layout of a file.

    `title` has the lines above the header. `total` adds a last line with the sum of the amounts.
    """

    title: tuple[str, ...] = ()
    total: bool = False
    delimiter: str = ","
    encoding: str = "utf-8"
    row_end: str = "\r\n"


def rows(
    count: int, *, seed: int = 1, faults: float = 0.0, scheme: str = "BPUM", dotted: bool = False
) -> Iterator[Row]:
    """Iterate over made-up rows. `faults` per cent of them have an error.

    `dotted` writes the amounts with separators, as bank clerks do: `1.200.000`.
    """
    rng = random.Random(seed)  # noqa: S311  # made-up data, not secret
    # A separate generator, so that the correct rows of a seed are always the same.
    damage_rng = random.Random(f"faults {seed}")  # noqa: S311  # see above
    earlier: list[Row] = []
    for number, person in enumerate(islice(people(rng), count), start=1):
        amount = _GRANT if scheme == "BPUM" else rng.choice(_LOANS)
        row = _row(number, person, f"{amount:,}".replace(",", ".") if dotted else str(amount))
        if faults and damage_rng.random() * 100 < faults:
            row = damage(row, earlier, damage_rng) | {"No": str(number)}
        if faults:
            earlier.append(row)
            del earlier[:-_REMEMBERED]
        yield row


def write(path: Path, made: Iterable[Mapping[str, str]], sheet: Sheet | None = None) -> None:
    """Write rows as CSV or XLSX, depending on the file's suffix.

    Raises:
        SampleError: the suffix is neither of the two.
    """
    sheet = sheet or Sheet()
    match path.suffix.lower():
        case ".csv":
            _write_csv(path, made, sheet)
        case ".xlsx":
            _write_xlsx(path, made, sheet)
        case other:
            raise SampleError(f"{path.name}: samples are .csv or .xlsx, not {other or 'nameless'}")


def sample(path: Path, count: int, *, seed: int, faults: float, scheme: str) -> None:
    """Make one file: the command `python -m local sample`."""
    write(path, rows(count, seed=seed, faults=faults, scheme=scheme))


def _row(number: int, person: Person, amount: str) -> Row:
    cells = (
        str(number),
        person.nik,
        person.family_card,
        person.name,
        f"{person.birth_date:%d/%m/%Y}",
        "P" if person.woman else "L",
        person.address,
        person.regency,
        person.business,
        person.phone,
        amount,
    )
    return dict(zip(HEADER, cells, strict=True))


def _write_csv(path: Path, made: Iterable[Mapping[str, str]], sheet: Sheet) -> None:
    with path.open("w", newline="", encoding=sheet.encoding) as file:
        writer = csv.writer(file, delimiter=sheet.delimiter, lineterminator=sheet.row_end)
        writer.writerow(HEADER)
        for row in made:
            writer.writerow([row[name] for name in HEADER])


def _write_xlsx(path: Path, made: Iterable[Mapping[str, str]], sheet: Sheet) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        book.set_properties({"created": MADE})
        page = book.add_worksheet("Penerima")
        text = book.add_format({"num_format": "@"})
        money = book.add_format({"num_format": "#,##0"})
        line = 0
        for title in sheet.title:
            page.write_string(line, 0, title)
            line += 1
        if sheet.title:
            line += 1
        _write_strings(page, line, HEADER, book.add_format({"bold": True}))
        total = 0
        for row in made:
            line += 1
            for index, name in enumerate(HEADER):
                value = row[name]
                if name in {AMOUNT, "No"} and value.isdigit():
                    page.write_number(line, index, int(value), money if name == AMOUNT else None)
                    total += int(value) if name == AMOUNT else 0
                else:
                    page.write_string(line, index, value, text if name in _TEXT_COLUMNS else None)
        if sheet.total:
            page.write_string(line + 1, 0, "TOTAL")
            page.write_number(line + 1, HEADER.index(AMOUNT), total, money)


def _write_strings(page: Any, line: int, cells: Sequence[str], form: Any) -> None:
    for index, cell in enumerate(cells):
        page.write_string(line, index, cell, form)
