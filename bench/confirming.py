"""Measures confirming: a bank's form with all deductions stated, over people who are enrolled."""

import csv
import gc
import json
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

from botocore.awsrequest import AWSResponse

from bench import calls, made, stubbed
from bench.enrolling import FilesOnDisk
from bench.measure import Figure, Run
from chalicelib.adapters.dynamodb.enrollments import DynamoEnrollments
from chalicelib.adapters.dynamodb.money.ledger import DynamoLedger
from chalicelib.adapters.dynamodb.person_items import enrollment_items
from chalicelib.domain.jobs import ChunkJob
from chalicelib.domain.person.enrollment import Enrollment
from chalicelib.lambdas import clients, wiring
from chalicelib.settings import CHUNK_ROWS
from tests.support.fakes import MemoryObjects
from tests.support.world import World

_CPU_BOUND = 60.0
_CALLS_BOUND = 30.0
_FORM = (
    "payung_referensi", "NIK", "payung_iuran", "Status Potong", "Jumlah Dipotong", "Tanggal Potong",
    "No Bukti", "Alasan",
)  # fmt: skip


class _Answers:
    """Answers like the tables. The time that it takes is not the client's."""

    def __init__(self, people: list[Enrollment]) -> None:
        self.items = {item["nik"]["S"]: json.dumps(item) for item in enrollment_items(people)}
        self.decided: dict[str, str] = {}
        self.took = 0.0
        self._steps = Counter[str]()

    def deducted(self, batch: str) -> int:
        """Return the number of people whom a confirmation has moved."""
        return self._steps[batch]

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        begun = time.process_time()
        operation = request.headers["X-Amz-Target"].partition(".")[2]
        answer = stubbed.answered(request, self._body(operation, json.loads(request.body)))
        self.took += time.process_time() - begun
        return answer

    def _body(self, operation: str, asked: Any) -> bytes:
        if operation == "BatchGetItem":
            ((table, wanted),) = asked["RequestItems"].items()
            niks = (key["nik"]["S"] for key in wanted["Keys"])
            found = ",".join(self.items[nik] for nik in niks if nik in self.items)
            return f'{{"Responses":{{"{table}":[{found}]}},"UnprocessedKeys":{{}}}}'.encode()
        if operation == "TransactWriteItems":
            for each in asked["TransactItems"]:
                item = each.get("Put", {}).get("Item", {})
                if item.get("part", {}).get("S", "").startswith("decided#"):
                    self.decided[item["batch"]["S"] + item["part"]["S"]] = item["rows"]["S"]
                values = each.get("Update", {}).get("ExpressionAttributeValues", {}).values()
                self._steps.update(
                    json.loads(line["S"])[6][0] for value in values for line in value.get("L", ())
                )
        if operation == "Query":
            asked_for = asked["ExpressionAttributeValues"]
            prefix = asked_for[":batch"]["S"] + asked_for[":prefix"]["S"]
            kept = [text for part, text in sorted(self.decided.items()) if part.startswith(prefix)]
            return json.dumps({"Items": [{"rows": {"S": text}} for text in kept]}).encode()
        return b"{}"


def client_cpu(run: Run) -> list[Figure]:
    """Measure the CPU of intake and applying, without the answers of the tables."""
    many = run.rows(10_000, 2_000)
    world = _enrolled(made.csv_file(run.folder / "confirmed.csv", many))
    people = list(world.tables.people.values())
    if len(people) != many:
        raise RuntimeError("not everybody is enrolled")
    answers = _Answers(people)
    client = stubbed.client(clients.PATIENT, answers)
    world.enrollments = DynamoEnrollments(client, table="people", batches_table="batches")
    world.ledger = DynamoLedger(client, table="people", batches_table="batches")
    form = "".join(
        f"{each.reference},{each.recipient.nik},{each.premium},dipotong,,22-11-2026,J{row},\n"
        for row, each in enumerate(people)
    )
    content = f"{','.join(_FORM)}\n{form}".encode()
    took: list[float] = []
    for turn in range(run.times):
        world.tables.fingerprints.clear()  # the same content again is no repetition here
        answers.took = 0.0
        before = gc.get_threshold()
        wiring.collect_seldom()
        begun = time.process_time()
        batch = world.take(world.put(content, f"incoming/002/KONFIRMASI/{turn}.csv"))
        for body in world.chunk_queue.bodies:
            world.enroll(ChunkJob.model_validate_json(body))
        took.append(time.process_time() - begun - answers.took)
        gc.unfreeze()
        gc.set_threshold(*before)
        world.chunk_queue.bodies.clear()
        if answers.deducted(batch.id) != many:
            raise RuntimeError("not everybody's deduction was recorded")
    each = median(took) / many * 1e6
    run.found["confirm_us"] = each
    return [
        Figure(
            "client CPU per confirmed row of one recipient file, HTTP stubbed",
            f"{each:.1f} µs",
            f"<= {_CPU_BOUND:.0f} µs",
            each <= _CPU_BOUND,
            f"of {many:,} rows, without the stub's own time",
        )
    ]


def calls_and_units(run: Run) -> list[Figure]:
    """Count the calls that a confirmation adds to the run of its file of recipients."""
    many = run.rows(10_000, 2_000)
    path = made.csv_file(run.folder / "called.csv", many)
    without = calls.count(path, many, send_sms=False)
    counted = calls.count(path, many, send_sms=False, confirmation=filled_form(run.folder))
    more = (counted.total - without.total) / many * 1000
    units = sum(counted.write_units.values()) - sum(without.write_units.values())
    run.found["confirm_units"] = units / many
    return [
        Figure(
            "AWS calls per 1,000 confirmed rows of one recipient file",
            f"{more:.1f}",
            f"<= {_CALLS_BOUND:.0f}",
            more <= _CALLS_BOUND,
            f"of {many:,} rows; {units / many:.2f} write units a row",
            fixed=not run.small,
        )
    ]


def filled_form(folder: Path) -> Path:
    """Fill in the form of the one file whose results are in `out` of a folder; return its path."""
    (form,) = (folder / "out").glob("002/*/konfirmasi.csv")
    filled = folder / "konfirmasi.csv"
    with form.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with filled.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, rows[0].keys())
        out.writeheader()
        out.writerows(row | {"Status Potong": "dipotong"} for row in rows)
    return filled


def _enrolled(path: Path) -> World:
    """Return a world in memory in which everybody in a file is enrolled."""
    world = World(objects=FilesOnDisk(path), chunk_rows=CHUNK_ROWS)
    world.take(world.put("", made.KEY, size=path.stat().st_size))
    for body in world.chunk_queue.bodies:
        world.enroll(ChunkJob.model_validate_json(body))
    world.chunk_queue.bodies.clear()
    stored = MemoryObjects()
    stored.stored = world.objects.stored
    world.objects = stored
    return world
