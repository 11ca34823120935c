"""The files of samples/ are processed to the end, with the expected results."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest

from chalicelib.domain.file.batch import Batch
from local import sample
from tests.support.builders import a_nik
from tests.support.world import World

SAMPLES = Path(__file__).parents[1] / "samples"
PREMIUM = 33_600
MESSY = "bpum-excel-berantakan.csv"
DISPOSITIONS = ("accepted", "duplicate", "conflict", "rejected")

EXPECTED = {
    "bpum-bersih.csv": ("bri/BPUM", (200, 0, 0, 0), {}),
    MESSY: (
        "bri/BPUM",
        (74, 10, 0, 36),
        {
            "nik_excel_rounded": 8,
            "nik_placeholder": 8,
            "nik_length": 4,
            "nik_not_digits": 4,
            "name_missing": 4,
            "amount_missing": 3,
            "birth_date_invalid": 5,
            "duplicate_in_file": 10,
            "phone_invalid": 1,
            "phone_missing": 3,
        },
    ),
    "kur-judul-total.xlsx": ("mandiri/KUR", (60, 0, 0, 0), {}),
    "kur-slik.txt": (
        "bsg/KUR",
        (50, 0, 0, 1),
        {"nik_missing": 1, "business_entity": 1, "phone_missing": 1},
    ),
}


def enter(world: World, content: bytes, to: str, name: str) -> Batch:
    return world.run(content, f"incoming/{to}/{name}")


def summary_of(world: World, batch: Batch) -> dict:
    return json.loads(world.result(batch, "ringkasan.json"))


def counts_of(world: World, batch: Batch) -> tuple[int, ...]:
    summary = summary_of(world, batch)
    return tuple(summary[name] for name in DISPOSITIONS)


def filled(template: bytes) -> bytes:
    """Return the template's workbook with two people typed into it."""
    book, out = openpyxl.load_workbook(io.BytesIO(template)), io.BytesIO()
    page = book.active
    for line, cells in enumerate(people(), 2):
        for place, cell in enumerate(cells, 1):
            page.cell(line, place, cell)
    book.save(out)
    return out.getvalue()


def people() -> list[list]:
    return [
        [a_nik(1), "Maria Contoh", 1_200_000, "081234500001", "", "L", "Wanea", "7171"],
        [a_nik(2), "Yohan Rekaan", 1_200_000, "081234500002", "", "", "", "Kota Manado"],
    ]


def test_every_sample_is_tried():
    others = {"template-penerima.csv", "template-penerima.xlsx", "README.md"}
    others |= {"konfirmasi-bri.csv", "konfirmasi-bri-susulan.csv"}  # tests/local tries them
    assert {path.name for path in SAMPLES.iterdir()} == EXPECTED.keys() | others


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_ends_as_it_should(name):
    world = World()
    to, counts, codes = EXPECTED[name]

    batch = enter(world, (SAMPLES / name).read_bytes(), to, name)

    summary = summary_of(world, batch)
    assert (summary["status"], summary["errors"], summary["file_warnings"]) == ("completed", [], [])
    assert counts_of(world, batch) == counts
    assert summary["codes"] == codes
    assert summary["rows"] == sum(counts)
    assert summary["premium_total"] == counts[0] * PREMIUM
    assert len(world.tables.people) == counts[0]
    assert len(world.sms_sender.published) == counts[0] - summary["sms"]["not_possible"]


def test_rejected_rows_are_rejected_again_without_a_correction():
    world = World()
    first = enter(world, (SAMPLES / MESSY).read_bytes(), "bri/BPUM", MESSY)
    rejected = world.result(first, "ditolak.csv").encode("utf-8-sig")

    again = enter(world, rejected, "bri/BPUM", "ditolak.csv")

    assert counts_of(world, again) == (0, 0, 0, 36)
    codes = summary_of(world, first)["codes"]
    assert summary_of(world, again)["codes"].items() <= codes.items()


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8-sig"), (";", "cp1252"), ("\t", "utf-16")]
)
def test_rejected_rows_are_accepted_after_a_correction(delimiter, encoding):
    """The spreadsheet may save the corrected file in any of these formats."""
    world = World()
    first = enter(world, (SAMPLES / MESSY).read_bytes(), "bri/BPUM", MESSY)
    right = {row["No"]: row for row in sample.rows(120, seed=11, dotted=True)}
    rows = list(csv.DictReader(io.StringIO(world.result(first, "ditolak.csv"))))
    corrected = io.StringIO(newline="")
    writer = csv.DictWriter(corrected, rows[0], delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(row | right[row["No"]] for row in rows)

    again = enter(world, corrected.getvalue().encode(encoding), "bri/BPUM", "ditolak.csv")

    assert counts_of(world, again) == (36, 0, 0, 0)
    assert len(world.tables.people) == 74 + 36


def test_the_filled_workbook_template_is_accepted():
    world = World()
    template = (SAMPLES / "template-penerima.xlsx").read_bytes()

    batch = enter(world, filled(template), "btn/UMKM", "penerima.xlsx")

    assert counts_of(world, batch) == (2, 0, 0, 0)
    assert summary_of(world, batch)["codes"] == {}


def test_the_filled_text_template_is_accepted():
    world = World()
    lines = [",".join(map(str, cells)) for cells in people()]
    template = (SAMPLES / "template-penerima.csv").read_bytes()

    batch = enter(world, template + "\r\n".join(lines).encode(), "btn/UMKM", "penerima.csv")

    assert counts_of(world, batch) == (2, 0, 0, 0)


@pytest.mark.parametrize("name", ["template-penerima.xlsx", "template-penerima.csv"])
def test_an_empty_template_is_refused_as_empty(name):
    world = World()

    batch = enter(world, (SAMPLES / name).read_bytes(), "btn/UMKM", name)

    assert [each["code"] for each in summary_of(world, batch)["errors"]] == ["file_empty"]
