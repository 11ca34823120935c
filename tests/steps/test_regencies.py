"""The totals by regency of a bank whose files have the codes of BPS."""

import dataclasses

import pytest

from tests.support.builders import a_nik
from tests.support.world import AGREEMENTS, World

ROWS = [
    ("7107", "7108"),
    ("7109", "7171"),
    ("7171", "7172"),
]  # the code in the file, that of the NIK


@pytest.mark.parametrize(
    ("system", "counted", "warned"),
    [
        ("bps", {"7108": 3, "7107": 3, "7171": 3}, []),
        ("kemendagri", {"7107": 3, "7109": 3, "7171": 3}, ["regency_codes_differ"]),
    ],
)
def test_people_are_counted_by_the_codes_of_their_bank(system, counted, warned):
    banks = tuple(with_changes(bank, regions=system) for bank in AGREEMENTS.banks)
    world = World(agreements=dataclasses.replace(AGREEMENTS, banks=banks))
    lines = ["NIK,Nama,Nilai Bantuan,No HP,Kode Kab/Kota"]
    for number, (code, issued) in enumerate(ROWS * 3, 1):
        lines.append(f"{issued}{a_nik(number)[4:]},Contoh Umpama,1200000,,{code}")

    batch = world.take(world.put("\n".join(lines)))
    world.drive()

    people = world.tables.people.values()
    regencies = [person.counted_regency for person in people]
    assert {code: regencies.count(code) for code in regencies} == counted
    assert [finding.code for finding in batch.warnings] == warned


def with_changes(bank, **changes):
    return bank.model_copy(update=changes)
