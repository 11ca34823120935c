"""Every live enrollment's premium is in exactly one result, of exactly one bank, to the rupiah."""

import csv
import io
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.person.enrollment import Enrollment

Premiums = Counter[tuple[str, str, int]]
"""How often a bank may deduct a premium (rupiah) under a reference."""


def premiums_in(hasil: str, bank: str) -> Premiums:
    """Return the premiums that a `hasil.csv` of a bank lets it deduct."""
    rows = csv.DictReader(io.StringIO(hasil))
    return Counter(
        (bank, row["payung_referensi"], int(row["payung_iuran"]))
        for row in rows
        if int(row["payung_iuran"])
    )


def premiums_not_in_one_result(world: Any, finished: Collection[str] | None = None) -> list[str]:
    """Return what is wrong with the premiums of all people, or of those of finished files.

    `world` has the tables and objects of the fakes.
    """
    tables = world.tables
    stored: Mapping[str, bytes] = world.objects.stored
    done = {
        batch.id: batch.bank
        for batch in tables.files.values()
        if batch.status is BatchStatus.COMPLETED and batch.programme
    }
    shown: Premiums = Counter()
    for batch, bank in done.items():
        key = f"results/{bank}/{batch}/hasil.csv"
        if key in stored:
            shown.update(premiums_in(stored[key].decode("utf-8-sig"), bank))
    erased = {batch for batch, _ in tables.erasures}
    owed: Premiums = Counter(
        (each.bank, each.reference, each.premium)
        for each in tables.people.values()
        if (finished is None or each.batch in finished)
        # The rows of a lost chunk are in no result, and its file says so: the next file with such
        # a row has its premium.
        and not _is_lost(tables, each)
    )
    wrong = [f"not in one result: {reference}" for _, reference, _ in owed - shown]
    for _, reference, _ in shown - owed:
        if reference.partition("-")[0] not in erased and finished is None:
            wrong.append(f"in a result, and nobody's: {reference}")
    return wrong


def _is_lost(tables: Any, person: Enrollment) -> bool:
    chunk = tables.progress.get((person.batch, person.chunk))
    return chunk is not None and bool(chunk.lost)
