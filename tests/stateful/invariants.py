"""The invariants after every single call, wherever a worker stopped or died."""

import json
from collections import Counter
from dataclasses import fields

from chalicelib.adapters import bucket_keys
from chalicelib.domain.agreements.programme import load_agreements
from chalicelib.domain.file.batch import BatchStatus, SmsTally
from chalicelib.domain.file.outcome import Disposition
from chalicelib.domain.file.summary import Sums
from chalicelib.domain.file.totals import Account, People
from chalicelib.domain.messages.counted import Counted
from chalicelib.domain.person.enrollment import Enrollment, MessageKind, Sms, SmsEvent
from chalicelib.files import work
from chalicelib.kinds.confirmations.rows import ConfirmOutcome
from chalicelib.kinds.recipients.rows import RecipientOutcome
from tests.stateful.carrier import PRICE, UNREACHABLE
from tests.stateful.money import check_money
from tests.stateful.premiums import premiums_not_in_one_result
from tests.stateful.simulation import Simulation
from tests.support.builders import confirmation_of

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
    """Check the invariants that hold at any time.

    Raises:
        AssertionError: it does not.
    """
    tables = simulation.tables
    for person in tables.people.values():
        _check_person(person, simulation)
    _check_totals(simulation)
    _check_spending(simulation)
    check_money(tables)
    for (batch, number), chunk in tables.progress.items():
        people = [e for e in tables.people.values() if (e.batch, e.chunk) == (batch, number)]
        assert chunk.tally.rows == chunk.next
        if not tables.files[batch].programme:
            continue  # a confirmation enrolls nobody
        assert chunk.tally.accepted == len(people)
        assert chunk.tally.premium_total == sum(each.premium for each in people)
        assert chunk.tally.aid_total == sum(each.recipient.aid for each in people)
        _check_messages(chunk.tally.not_possible, chunk.sms, people, simulation)
    for batch in tables.files.values():
        chunks = [chunk for (of, _), chunk in tables.progress.items() if of == batch.id]
        rows = sum(chunk.tally.rows for chunk in chunks)
        assert batch.chunks_done == sum(chunk.done for chunk in chunks)
        assert rows <= batch.rows
        if batch.status is BatchStatus.COMPLETED:
            assert batch.chunks_done == batch.chunks
            assert rows == batch.rows or any(chunk.lost for chunk in chunks)
        elif batch.status is not BatchStatus.ENROLLING:
            assert not chunks, "a file that was not read in full enrolls nobody"
        if batch.stuck or batch.watch:
            assert batch.id in tables.unfinished, "watched, but never looked at again"


def _check_person(person: Enrollment, simulation: Simulation) -> None:
    """Check that a person got one message, and one more for each accepted order."""
    orders = [event for event in person.sms_log if event.by]
    assert len({event.reason for event in orders}) == len(orders), "an order was taken twice"
    # One order a day, and one more to a corrected number.
    days = [(_DAY_OF(event.at), event.phone_corrected) for event in orders]
    assert len(set(days)) == len(days), "more orders a day than are allowed"
    times = [event.at for event in person.sms_log]
    assert times == sorted(times)
    references = (person.reference, *person.earlier)
    published = sum(simulation.carrier.published[each] for each in references)
    assert published <= 1 + len(orders), "more messages than were ordered"
    if person.sms is Sms.DELIVERED:
        assert True in simulation.carrier.receipts[confirmation_of(person).id or ""]
    if person.sms is Sms.FAILED and person.sms_reason == UNREACHABLE:
        assert False in simulation.carrier.receipts[confirmation_of(person).id or ""]
    chunk = simulation.tables.progress[person.batch, person.chunk]
    if person.sms is Sms.PENDING and not chunk.lost:
        assert person.batch in simulation.batches.open, (
            "a message is pending, and its file is not checked"
        )


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
        _check_messages(totals.tally.not_possible, totals.sms, found, simulation)
        for regency in {*totals.regencies, *(each.counted_regency for each in found)}:
            of_regency = [each for each in found if each.counted_regency == regency]
            counted = totals.regencies.get(regency, People())
            assert counted.accepted == len(of_regency)
            assert counted.premium_total == sum(each.premium for each in of_regency)
            _check_messages(counted.not_possible, counted.sms, of_regency, simulation)


def _check_messages(
    not_possible: int, counted: SmsTally, people: list[Enrollment], simulation: Simulation
) -> None:
    """Check that the counts are those of the counted states: at the end, of the people's states."""
    states = Counter(_counted_of(each, simulation).state_of(each) for each in people)
    assert not_possible == states[Sms.NOT_POSSIBLE]
    for each in fields(SmsTally):
        assert getattr(counted, each.name) == states[Sms(each.name)]


def _counted_of(person: Enrollment, simulation: Simulation) -> Counted:
    return simulation.enrollments.counted(MessageKind.ENROLLED, person.batch, person.chunk)


def _check_spending(simulation: Simulation) -> None:
    """Check that each sent message was reserved, and that each receipt is billed once."""
    tables = simulation.tables
    taken = simulation.carrier.published.total()
    assert sum(tables.reserved.values()) >= PRICE * taken, "spent, and not reserved"
    people = tables.people.values()
    receipts = sum(_is_receipt(event) for each in people for event in each.sms_log)
    uncounted = sum(
        bool(confirmation_of(each).billed) and not _counted_of(each, simulation).agrees(each)
        for each in people
    )
    assert sum(tables.billed.values()) == PRICE * (receipts - uncounted)


def _is_receipt(event: SmsEvent) -> bool:
    failed = event.state is Sms.FAILED and event.reason == UNREACHABLE
    return event.state is Sms.DELIVERED or failed


def check_forward(before: dict[str, BatchStatus], simulation: Simulation) -> dict[str, BatchStatus]:
    """Check that no file moved backwards, and return the state of each."""
    now = {batch.id: batch.status for batch in simulation.tables.files.values()}
    for batch, status in before.items():
        assert _ORDER.index(now[batch]) >= _ORDER.index(status)
        assert now[batch] is status or status not in _FINAL
    return now


def check_finished(simulation: Simulation) -> None:
    """Check the invariants after all faults are over and all work is done."""
    assert not simulation.batches.open
    for person in simulation.tables.people.values():
        assert _counted_of(person, simulation).agrees(person), "a message is not counted"
    assert len(simulation.tables.files) == len({each.key for each in simulation.uploads})
    for batch in simulation.tables.files.values():
        assert batch.status in _FINAL
        chunks = simulation.batches.chunks(batch.id)
        results = f"results/{batch.bank}/{batch.id}/"
        summary = json.loads(simulation.objects.stored[results + "ringkasan.json"])
        sums = Sums.of(chunks)
        assert summary["status"] == ("stuck" if batch.given_up else batch.status.value)
        assert summary["sms"] == sums.sms_counts, "the summary differs from the counts"
        assert sums.sms_counts["pending"] == 0
        assert summary["accepted"] == sums.tally.accepted
        if batch.status is BatchStatus.COMPLETED and sums.tally.rows:
            rows = simulation.objects.stored[results + "hasil.csv"].count(b"\r\n") - 1
            assert rows == sums.tally.rows
            assert batch.rows == summary["rows"] == rows + summary["lost"]["rows"]
        for chunk in chunks:
            if chunk.lost:
                continue
            outcomes = work.decode_outcomes(
                simulation.objects.stored[bucket_keys.outcomes(batch.id, chunk.chunk)],
                RecipientOutcome if batch.programme else ConfirmOutcome,
            )
            found = Counter(each.disposition for each in outcomes)
            assert all(found[each] == getattr(chunk.tally, each) for each in Disposition)
    assert premiums_not_in_one_result(simulation) == []


def check_receipts(simulation: Simulation) -> None:
    """Check the invariants after the time for receipts, too."""
    check_finished(simulation)
    assert not simulation.tables.unfinished
    for person in simulation.tables.people.values():
        if simulation.tables.progress[person.batch, person.chunk].lost:
            continue  # nobody finds this person until a bank hands the row in again
        assert person.sms not in {Sms.PENDING, Sms.SENDING, Sms.SENT}
