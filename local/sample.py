"""Makes recipient files up, of any size, for trying payung; the same seed, the same bytes."""

import csv
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it has no stubs

from .faults import AMOUNT, BORN, NAME, NIK, PHONE, Row, damage
from .people import Person, people

HEADER = (
    "No", NIK, "No. KK", NAME, BORN, "Jenis Kelamin", "Alamat", "Kode Kab/Kota", "Bidang Usaha",
    PHONE, AMOUNT,
)  # fmt: skip
_TEXT_COLUMNS = {NIK, "No. KK", PHONE, "Kode Kab/Kota"}
_GRANT = 1_200_000
_LOANS = (5_000_000, 10_000_000, 15_000_000, 25_000_000, 50_000_000)
# A workbook says when it was made; ours always says the same.
MADE = datetime(2021, 9, 7, 8, 0)  # noqa: DTZ001  # a workbook knows no time zones
_REMEMBERED = 200  # earlier rows that a repeat is drawn from


class SampleError(Exception):
    """The sample that was asked for cannot be made."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a file is laid out, besides its rows.

    `title` are lines above the header; `total` closes the file with the sum of the amounts.
    """

    title: tuple[str, ...] = ()
    total: bool = False
    delimiter: str = ","
    encoding: str = "utf-8"
    row_end: str = "\r\n"


def rows(
    many: int, *, seed: int = 1, faults: float = 0.0, scheme: str = "BPUM", dotted: bool = False
) -> Iterator[Row]:
    """Iterate over made-up rows; `faults` per cent of them are damaged.

    `dotted` writes the amounts as a bank clerk would: `1.200.000`.
    """
    chance = random.Random(seed)  # noqa: S311  # made-up data, no secret
    # Its own, so that the undamaged rows of a seed are always the same.
    mischance = random.Random(f"faults {seed}")  # noqa: S311  # as above
    earlier: list[Row] = []
    for number, person in enumerate(islice(people(chance), many), start=1):
        amount = _GRANT if scheme == "BPUM" else chance.choice(_LOANS)
        row = _row(number, person, f"{amount:,}".replace(",", ".") if dotted else str(amount))
        if faults and mischance.random() * 100 < faults:
            row = damage(row, earlier, mischance) | {"No": str(number)}
        if faults:
            earlier.append(row)
            del earlier[:-_REMEMBERED]
        yield row


def write(path: Path, made: Iterable[Mapping[str, str]], sheet: Sheet | None = None) -> None:
    """Write rows as CSV or XLSX, by the file's suffix.

    Raises:
        SampleError: another suffix.
    """
    sheet = sheet or Sheet()
    match path.suffix.lower():
        case ".csv":
            _write_csv(path, made, sheet)
        case ".xlsx":
            _write_xlsx(path, made, sheet)
        case other:
            raise SampleError(f"{path.name}: samples are .csv or .xlsx, not {other or 'nameless'}")


def sample(path: Path, many: int, *, seed: int, faults: float, scheme: str) -> None:
    """Make one file up: what `python -m local sample` does."""
    write(path, rows(many, seed=seed, faults=faults, scheme=scheme))


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
            for place, name in enumerate(HEADER):
                value = row[name]
                if name in {AMOUNT, "No"} and value.isdigit():
                    page.write_number(line, place, int(value), money if name == AMOUNT else None)
                    total += int(value) if name == AMOUNT else 0
                else:
                    page.write_string(line, place, value, text if name in _TEXT_COLUMNS else None)
        if sheet.total:
            page.write_string(line + 1, 0, "TOTAL")
            page.write_number(line + 1, HEADER.index(AMOUNT), total, money)


def _write_strings(page: Any, line: int, cells: Sequence[str], form: Any) -> None:
    for place, cell in enumerate(cells):
        page.write_string(line, place, cell, form)
