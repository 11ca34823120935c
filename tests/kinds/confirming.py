"""Hands confirmations in, and looks at what became of their people."""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.money.standing import Cover, Leaf
from chalicelib.domain.person.reference import reference
from tests.support.builders import NOW, PROGRAMME, a_nik
from tests.support.world import World, a_line

PREMIUM = 33_600
TITLES = "payung_referensi,payung_baris,NIK,Nama,payung_iuran,Status Potong,Jumlah Dipotong,Tanggal Potong,No Bukti,Alasan"  # fmt: skip  # noqa: E501  # one line of a file
PEOPLE = 8


def the_world(**changes: Any) -> Any:
    return World(now=NOW, chunk_rows=1000, **changes)


def enrolled_world(people: int = PEOPLE) -> Any:
    """Return a world in which a file of so many people is enrolled."""
    made = the_world()
    made.enrolled = made.run([a_line(n) for n in range(1, people + 1)])
    return made


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def confirm(
    world: Any, *lines: str, name: str = "a", titles: str = TITLES, bank: str = "002"
) -> tuple[dict[int, dict[str, str]], Any]:
    """Hand a confirmation in; return its rows by line, and its summary."""
    content = "\n".join((titles, *lines)) + "\n"
    batch = world.run(content, f"incoming/{bank}/KONFIRMASI/{name}.csv")
    summary = json.loads(world.result(batch, "ringkasan.json"))
    if batch.status is BatchStatus.REFUSED:
        return {}, summary
    rows = rows_of(world.result(batch, "hasil.csv"))
    return {int(row["payung_baris"]): row for row in rows}, summary


def row(
    world: Any,
    number: int,
    status: str,
    amount: str = "",
    day: str = "",
    evidence: str = "",
    reason: str = "",
    nik: str | None = None,
) -> str:
    """Return a row of the form for person `number`."""
    ref = reference(world.enrolled.id, number + 1)
    nik = a_nik(number) if nik is None else nik
    return f"{ref},{number + 1},{nik},,33600,{status},{amount},{day},{evidence},{reason}"


def person(world: Any, number: int) -> Any:
    return world.enrollments.find(PROGRAMME, a_nik(number))


def states(world: Any) -> Counter[tuple[Cover, Leaf | None]]:
    return Counter((each.cover, each.leaf) for each in world.tables.people.values())


def money(world: Any) -> Any:
    batch = world.enrolled
    return json.loads(world.result(batch, "ringkasan.json"))["money"]


def code(rows: Mapping[int, Mapping[str, str]], line: int = 2) -> str:
    return rows[line]["payung_kode"]
