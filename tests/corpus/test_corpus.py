"""Every file of the corpus is processed to the end, and each row has the outcome of its case."""

import csv
import io
import json
import re
from collections import Counter
from itertools import chain

import pytest

from chalicelib.domain.file.batch import Batch
from chalicelib.domain.findings.finding import Code
from chalicelib.domain.messages.confirmation import PART
from chalicelib.domain.messages.sending import micro_usd
from chalicelib.files.limits import Limits
from chalicelib.kinds.recipients.codes import RecipientCode
from tests.corpus.case import DATA, Case, Handed, cases
from tests.support.builders import replace
from tests.support.septets import septets
from tests.support.world import World

CASES = cases()
WITHOUT_A_CASE = {
    # A file alone cannot get these: they need a fault of payung's (tests/steps/test_takeover.py).
    Code.NOT_PROCESSED,
    Code.FILE_GIVEN_UP,
    Code.FILE_ROWS_LOST,
    Code.FILE_TOO_HARD,  # tests/steps/test_intake.py
    Code.FILE_SET_ASIDE,  # tests/steps/test_set_aside.py
    RecipientCode.MOVED_FROM_EARLIER_FILE,
    RecipientCode.MOVED_TO_LATER_FILE,
}
_PERSONAL = re.compile(r"\d{10}")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_row_ends_as_its_case_says(case: Case):
    world = World()
    for number, file in enumerate(case.files, 1):
        batch = hand_over(world, case, file, number)
        summary = json.loads(world.result(batch, "ringkasan.json"))
        assert result_of(summary) == (file.status, file.errors, file.warnings)
        messages = [each["message"] for each in (*summary["errors"], *summary["file_warnings"])]
        if file.status == "refused":
            assert f"results/{batch.bank}/{batch.id}/hasil.csv" not in world.objects.stored
            assert_says(messages, file)
            continue
        assert_says([*messages, world.result(batch, "hasil.csv")], file)
        assert rows_of(world.result(batch, "hasil.csv")) == file.rows
        rejected = [row for row in file.rows if row[1] == "ditolak"]
        assert rows_of(world.result(batch, "ditolak.csv")) == rejected
        assert_sums_close(summary, file)
        listed = [(each["line"], each["reason"]) for each in summary["nobody"]["lines"]]
        assert not file.nobody or listed == file.nobody
        for nik, values in file.people.items():
            enrolled = world.enrollments.find(batch.programme, nik).recipient
            assert {name: getattr(enrolled, name) for name in values} == values
    assert_everybody_once(world, case)


def test_every_code_has_a_case():
    files = list(chain.from_iterable(case.files for case in CASES))
    seen = {code for file in files for code in (*file.errors, *file.warnings)}
    seen |= {code for file in files for _, _, codes, _ in file.rows for code in codes.split(";")}
    assert {*Code, *RecipientCode} - seen == WITHOUT_A_CASE


def test_every_data_file_belongs_to_a_case():
    used = {
        case.path.with_name(file.data).name for case in CASES for file in case.files if file.data
    }
    stems = {case.path.stem for case in CASES}
    folder = CASES[0].path.parents[1]
    data = [path for path in folder.glob("*/*.*") if path.suffix in DATA]
    assert [path.name for path in data if path.name not in used and path.stem not in stems] == []


def hand_over(world: World, case: Case, file: Handed, number: int) -> Batch:
    """Process one file of the case up to its results."""
    world.now, world.limits = file.at, Limits(**file.limits)
    world.sending = replace(world.sending, budget=micro_usd(file.sms_budget))
    key = case.key(file, number)
    world.objects.metadata[key] = file.metadata
    return world.run(case.content(file), key, size=file.size)


def result_of(summary: dict) -> tuple[str, list[str], list[str]]:
    for finding in (*summary["errors"], *summary["file_warnings"]):
        assert not _PERSONAL.search(finding["message"])
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
    silent = sum(row[1] == "diterima" and _is_silent(row) for row in file.rows)
    held = codes[RecipientCode.PHONE_SHARED]
    assert (summary["sms"]["not_possible"], summary["sms"]["held"]) == (silent - held, held)
    assert summary["sms"]["sent"] == summary["accepted"] - silent


def assert_everybody_once(world: World, case: Case) -> None:
    """Every accepted row is one person, and each of those with a phone had one message."""
    accepted = [row for file in case.files for row in file.rows if row[1] == "diterima"]
    reachable = [row for row in accepted if not _is_silent(row)]
    assert len(world.tables.people) == len(accepted)
    assert len(world.sms_sender.published) == len(reachable)
    for _, text in world.sms_sender.published:
        assert septets(text) <= PART


def _is_silent(row: tuple) -> bool:
    """Whether no message goes to the person of a row."""
    return "phone_" in row[2] or "deceased" in row[2]
