"""Every file of the corpus goes its whole way, and each row ends as its case says."""

import csv
import io
import json
import re
from collections import Counter
from itertools import chain

import pytest
from builders import replace
from corpus.case import Case, Handed, cases
from world import World

from chalicelib.domain.batch import Batch
from chalicelib.domain.codes import Code
from chalicelib.domain.confirmation import PART, septets
from chalicelib.domain.sending import micro_usd
from chalicelib.files.limits import Limits

CASES = cases()
_PERSONAL = re.compile(r"\d{10}")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_row_ends_as_its_case_says(case: Case):
    world = World()
    for number, file in enumerate(case.files, 1):
        batch = hand_over(world, case, file, number)
        summary = json.loads(world.result(batch, "ringkasan.json"))
        assert told(summary) == (file.status, file.errors, file.warnings)
        said = [each["message"] for each in (*summary["errors"], *summary["file_warnings"])]
        if file.status == "refused":
            assert f"results/{batch.bank}/{batch.id}/hasil.csv" not in world.objects.stored
            assert_says(said, file)
            continue
        assert_says([*said, world.result(batch, "hasil.csv")], file)
        assert rows_of(world.result(batch, "hasil.csv")) == file.rows
        rejected = [row for row in file.rows if row[1] == "ditolak"]
        assert rows_of(world.result(batch, "ditolak.csv")) == rejected
        assert_sums_close(summary, file)
        for nik, values in file.people.items():
            enrolled = world.enrollments.find(batch.programme, nik).recipient
            assert {name: getattr(enrolled, name) for name in values} == values
    assert_everybody_once(world, case)


def test_every_code_has_a_case():
    files = list(chain.from_iterable(case.files for case in CASES))
    seen = {code for file in files for code in (*file.errors, *file.warnings)}
    seen |= {code for file in files for _, _, codes, _ in file.rows for code in codes.split(";")}
    assert set(Code) - seen == set()


def test_no_data_is_without_its_case():
    used = {
        case.path.with_name(file.data).name for case in CASES for file in case.files if file.data
    }
    stems = {case.path.stem for case in CASES}
    folder = CASES[0].path.parents[1]
    data = [path for path in folder.glob("*/*.*") if path.suffix in {".csv", ".tsv", ".txt"}]
    assert [path.name for path in data if path.name not in used and path.stem not in stems] == []


def hand_over(world: World, case: Case, file: Handed, number: int) -> Batch:
    """Take one file of the case the whole way."""
    world.now, world.limits = file.at, Limits(**file.limits)
    world.sending = replace(world.sending, budget=micro_usd(file.sms_budget))
    key = case.key(file, number)
    world.objects.metadata[key] = file.metadata
    return world.run(case.content(file), key, size=file.size)


def told(summary: dict) -> tuple[str, list[str], list[str]]:
    for said in (*summary["errors"], *summary["file_warnings"]):
        assert not _PERSONAL.search(said["message"])
    codes = ([each["code"] for each in summary[kind]] for kind in ("errors", "file_warnings"))
    return summary["status"], *codes


def assert_says(texts: list[str], file: Handed) -> None:
    for words in file.says:
        assert any(words in text for text in texts), words


def rows_of(result: str) -> list[tuple]:
    """Return the rows of a result file as the cases write them."""
    rows = list(csv.DictReader(io.StringIO(result, newline=""), strict=True))
    for row in rows:
        assert not _PERSONAL.search(row["payung_pesan"])
        assert bool(row["payung_mulai"]) == (row["payung_status"] == "diterima")
    return [
        (
            int(row["payung_baris"]),
            row["payung_status"],
            row["payung_kode"],
            int(row["payung_iuran"]),
        )
        for row in rows
    ]


def assert_sums_close(summary: dict, file: Handed) -> None:
    status = Counter(row[1] for row in file.rows)
    named = ("diterima", "duplikat", "konflik", "ditolak")
    counted = [summary[name] for name in ("accepted", "duplicate", "conflict", "rejected")]
    assert counted == [status[name] for name in named]
    assert summary["rows"] == len(file.rows)
    assert summary["premium_total"] == sum(row[3] for row in file.rows)
    codes = Counter(code for row in file.rows for code in row[2].split(";") if code)
    assert summary["codes"] == codes
    without_phone = sum(row[1] == "diterima" and "phone_" in row[2] for row in file.rows)
    assert summary["sms"]["not_possible"] == without_phone
    assert summary["sms"]["sent"] == summary["accepted"] - without_phone


def assert_everybody_once(world: World, case: Case) -> None:
    """Every accepted row is one person, and each of those with a phone had one message."""
    accepted = [row for file in case.files for row in file.rows if row[1] == "diterima"]
    reachable = [row for row in accepted if "phone_" not in row[2]]
    assert len(world.tables.people) == len(accepted)
    assert len(world.texter.published) == len(reachable)
    for _, text in world.texter.published:
        assert (septets(text) or PART + 1) <= PART
