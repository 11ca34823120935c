"""What holds after every single call, whoever stopped or died wherever."""

import json
from collections import Counter
from dataclasses import fields

from simulation import Simulation

from chalicelib.domain.batch import BatchStatus, SmsTally
from chalicelib.domain.enrollment import Sms
from chalicelib.domain.outcome import Disposition
from chalicelib.domain.summary import Sums
from chalicelib.files import work

_FINAL = {BatchStatus.COMPLETED, BatchStatus.REFUSED}
_ORDER = [
    BatchStatus.RECEIVED,
    BatchStatus.SPLITTING,
    BatchStatus.ENROLLING,
    BatchStatus.COMPLETED,
    BatchStatus.REFUSED,
]


def check_always(simulation: Simulation) -> None:
    """Check what must hold at any time.

    Raises:
        AssertionError: it does not.
    """
    tables = simulation.tables
    twice = [phone for phone, times in simulation.carrier.published.items() if times > 1]
    assert not twice, "more than one message to a person"
    for (batch, number), chunk in tables.progress.items():
        people = [e for e in tables.people.values() if (e.batch, e.chunk) == (batch, number)]
        assert chunk.tally.rows == chunk.next
        assert chunk.tally.accepted == len(people)
        assert chunk.tally.premium_total == sum(each.premium for each in people)
        assert chunk.tally.aid_total == sum(each.recipient.aid for each in people)
        states = Counter(each.sms for each in people)
        assert chunk.tally.not_possible == states[Sms.NOT_POSSIBLE]
        for each in fields(SmsTally):
            assert getattr(chunk.sms, each.name) == states[Sms(each.name)]
    for batch in tables.files.values():
        chunks = [chunk for (of, _), chunk in tables.progress.items() if of == batch.id]
        rows = sum(chunk.tally.rows for chunk in chunks)
        assert batch.chunks_done == sum(chunk.done for chunk in chunks)
        assert rows <= batch.rows
        if batch.status is BatchStatus.COMPLETED:
            assert (rows, batch.chunks_done) == (batch.rows, batch.chunks)
        elif batch.status is not BatchStatus.ENROLLING:
            assert not chunks, "a file that was not read in full enrolls nobody"
        if batch.stuck or batch.watch:
            assert batch.id in simulation.batches.open, "watched, but never looked at again"


def check_forward(before: dict[str, BatchStatus], simulation: Simulation) -> dict[str, BatchStatus]:
    """Check that no file went back, and return where each stands."""
    now = {batch.id: batch.status for batch in simulation.tables.files.values()}
    for batch, status in before.items():
        assert _ORDER.index(now[batch]) >= _ORDER.index(status)
        assert now[batch] is status or status not in _FINAL
    return now


def check_finished(simulation: Simulation) -> None:
    """Check what must hold once nothing fails any more and all is done."""
    assert not simulation.batches.open
    assert len(simulation.tables.files) == len({each.key for each in simulation.uploads})
    for batch in simulation.tables.files.values():
        assert batch.status in _FINAL
        chunks = simulation.batches.chunks(batch.id)
        results = f"results/{batch.bank}/{batch.id}/"
        told = json.loads(simulation.objects.stored[results + "ringkasan.json"])
        sums = Sums.of(chunks)
        assert told["status"] == batch.status.value
        assert told["sms"] == sums.sms_counts
        assert sums.sms_counts["pending"] == 0
        assert told["accepted"] == sums.tally.accepted
        if batch.status is BatchStatus.COMPLETED:
            rows = simulation.objects.stored[results + "hasil.csv"].count(b"\r\n") - 1
            assert rows == batch.rows == told["rows"] == sums.tally.rows
        for chunk in chunks:
            outcomes = work.decode_outcomes(
                simulation.objects.stored[work.outcomes_key(batch.id, chunk.chunk)]
            )
            found = Counter(each.disposition for each in outcomes)
            assert all(found[each] == getattr(chunk.tally, each) for each in Disposition)
