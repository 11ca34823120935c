"""What holds after every single call, whoever stopped or died wherever."""

import json
from collections import Counter
from dataclasses import fields

from simulation import PRICE, UNREACHABLE, Simulation

from chalicelib.domain.batch import BatchStatus, SmsTally
from chalicelib.domain.enrollment import Enrollment, Sms, SmsEvent
from chalicelib.domain.outcome import Disposition
from chalicelib.domain.programme import load_agreements
from chalicelib.domain.summary import Sums
from chalicelib.domain.totals import Account, People
from chalicelib.files import work

_DAY_OF = load_agreements().programmes["sulut-2026"].local_day
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
    for person in tables.people.values():
        _check_person(person, simulation)
    _check_totals(simulation)
    _check_spending(simulation)
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
            assert batch.id in tables.unfinished, "watched, but never looked at again"


def _check_person(person: Enrollment, simulation: Simulation) -> None:
    """Check that a person was told once, and once more for each order that was accepted."""
    orders = [event for event in person.sms_log if event.by]
    assert len({event.reason for event in orders}) == len(orders), "an order was taken twice"
    days = [_DAY_OF(event.at) for event in orders]
    assert len(set(days)) == len(days), "more than one order a day"
    times = [event.at for event in person.sms_log]
    assert times == sorted(times)
    published = simulation.carrier.published[person.reference]
    assert published <= 1 + len(orders), "more messages than were ordered"
    if person.sms is Sms.DELIVERED:
        assert True in simulation.carrier.said[person.sms_message_id or ""]
    if person.sms is Sms.FAILED and person.sms_reason == UNREACHABLE:
        assert False in simulation.carrier.said[person.sms_message_id or ""]
    if person.sms is Sms.PENDING:
        assert person.batch in simulation.batches.open, "to be told, and nobody looks"


def _check_totals(simulation: Simulation) -> None:
    tables = simulation.tables
    people: dict[Account, list[Enrollment]] = {}
    for each in tables.people.values():
        account = Account(each.programme, each.bank, each.scheme, each.day)
        people.setdefault(account, []).append(each)
    assert people.keys() <= tables.totals.keys()
    for account, totals in tables.totals.items():
        found = people.get(account, [])
        assert totals.tally.accepted == len(found)
        assert totals.tally.premium_total == sum(each.premium for each in found)
        assert totals.tally.aid_total == sum(each.recipient.aid for each in found)
        _check_messages(totals.tally.not_possible, totals.sms, found)
        for regency in {*totals.regencies, *(each.counted_regency for each in found)}:
            of_regency = [each for each in found if each.counted_regency == regency]
            counted = totals.regencies.get(regency, People())
            assert counted.accepted == len(of_regency)
            assert counted.premium_total == sum(each.premium for each in of_regency)
            _check_messages(counted.not_possible, counted.sms, of_regency)


def _check_messages(not_possible: int, counted: SmsTally, people: list[Enrollment]) -> None:
    states = Counter(each.sms for each in people)
    assert not_possible == states[Sms.NOT_POSSIBLE]
    for each in fields(SmsTally):
        assert getattr(counted, each.name) == states[Sms(each.name)]


def _check_spending(simulation: Simulation) -> None:
    """Check that nothing goes out that was not reserved, and that each receipt is billed once."""
    tables = simulation.tables
    taken = simulation.carrier.published.total()
    assert sum(tables.reserved.values()) >= PRICE * taken, "spent, and not reserved"
    events = [event for each in tables.people.values() for event in each.sms_log]
    assert sum(tables.billed.values()) == PRICE * sum(map(_is_receipt, events))


def _is_receipt(event: SmsEvent) -> bool:
    failed = event.state is Sms.FAILED and event.reason == UNREACHABLE
    return event.state is Sms.DELIVERED or failed


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
        assert told["sms"] == sums.sms_counts, "the summary is not what is counted"
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


def check_heard(simulation: Simulation) -> None:
    """Check what must hold once the time for receipts is over as well."""
    check_finished(simulation)
    assert not simulation.tables.unfinished
    for person in simulation.tables.people.values():
        assert person.sms not in {Sms.PENDING, Sms.SENDING, Sms.SENT}
