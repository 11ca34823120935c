"""Why a file makes no progress: staff read it on the page, banks read what they have to do."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.domain.file import standstill
from tests.browser.served_page import Stage
from tests.browser.visitor import Visitor

BATCH = "MACET234"
HELD = "Berkas ini tertahan dan sedang ditangani pengelola sistem."
ENDED = "Pemrosesan berkas ini dihentikan. Hasilnya final"

Halt = Callable[..., None]


@pytest.fixture
def halt(stage: Stage) -> Iterator[Halt]:
    """Make a file of the bank 002 that the sweep has marked, without work that it could do."""
    tables = stage.client("dynamodb")
    (table,) = (each for each in tables.list_tables()["TableNames"] if "BatchesTable" in each)
    key = {"batch": {"S": BATCH}, "part": {"S": "batch"}}

    def make(**marks: str) -> None:
        done = {"batch": {"S": stage.batch}, "part": {"S": "batch"}}
        item = tables.get_item(TableName=table, Key=done)["Item"]
        changes = {
            "key": {"S": "incoming/002/BPUM/macet.csv"},
            "status": {"S": "enrolling"},
            "chunks_done": {"N": "0"},
            **{name: {"S": value} for name, value in marks.items()},
        }
        item.pop("unfinished", None)  # the sweep does not help it
        tables.put_item(TableName=table, Item=item | key | changes)

    yield make
    tables.delete_item(TableName=table, Key=key)


def text(visitor: Visitor) -> str:
    visitor.go(f"berkas/{BATCH}", re.compile("macet"))
    visitor.page.locator(".box.warn").first.wait_for()
    return " ".join(visitor.page.locator("main").inner_text().split())


@pytest.mark.parametrize("reason", ["chunks: 3", "sms: 2 jobs", "objects_missing: work/x.gz"])
@pytest.mark.parametrize("who", ["dinas", "bpjs"])
def test_staff_read_why_a_file_is_stuck(visit: Any, halt: Halt, who: str, reason: str) -> None:
    halt(stuck=reason)
    said = text(visit(who))
    assert HELD in said
    assert f"{standstill.explained(reason)} Alasan dalam sistem: {reason}" in said
    assert "Tertahan" in said


def test_staff_read_why_a_file_was_given_up(visit: Any, halt: Halt) -> None:
    halt(given_up="set_aside")
    said = text(visit("dinas"))
    assert ENDED in said
    assert HELD not in said
    assert f"{standstill.explained('set_aside')} Alasan dalam sistem: set_aside" in said


@pytest.mark.parametrize(("mark", "box"), [("stuck", HELD), ("given_up", ENDED)])
def test_the_bank_reads_what_to_do_and_no_reason_of_the_system(
    visit: Any, halt: Halt, mark: str, box: str
) -> None:
    halt(**{mark: "chunks: 3"})
    said = text(visit("bri"))
    assert box in said
    assert "Alasan dalam sistem" not in said
    assert "chunks" not in said


def test_a_stuck_file_is_found_by_its_status(visit: Any, halt: Halt) -> None:
    halt(stuck="report")
    staff: Visitor = visit("dinas")
    staff.go("berkas", "Berkas")
    staff.page.get_by_label("Status").select_option("stuck")
    staff.page.get_by_role("button", name="Saring").click()
    staff.page.get_by_role("link", name=re.compile("macet")).wait_for()
