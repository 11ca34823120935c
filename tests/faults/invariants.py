"""The invariants after all work, whatever failed: nothing is lost or counted twice."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.adapters.dynamodb.file_items import SMS_FIELDS, TALLY_FIELDS
from chalicelib.domain.person.reference import parse_reference
from tests.faults.money import CONFIRMATIONS, broken_money
from tests.faults.snapshot import Item, Picture, events_of
from tests.stateful.premiums import Premiums, premiums_in

_SETTLED = {"delivered", "failed"}
_OPEN = "r_"
_COUNTED = (*TALLY_FIELDS, *(f"sms_{name}" for name in SMS_FIELDS))


def broken_invariants(picture: Picture, *, price: int) -> Iterator[str]:
    """Iterate over the broken invariants; `price` is micro-USD a message."""
    yield from (f"{batch} is unfinished" for batch in picture.unfinished)
    for batch in picture.batches:
        if batch["status"] not in {"completed", "refused"} or "stuck" in batch:
            yield f"{batch['batch']} ended as {batch['status']}, stuck: {batch.get('stuck')}"
        else:
            yield from _broken_rows(batch, picture)
            if batch["scheme"] != CONFIRMATIONS:
                yield from _broken_of(batch, picture)
    for person in picture.people.values():
        yield from _broken_messages(person, picture)
    yield from _broken_pointers(picture)
    yield from _broken_totals(picture)
    yield from _broken_premiums(picture)
    yield from _broken_spending(picture, price)
    yield from broken_money(picture)


def reservations_left(picture: Picture) -> list[int]:
    """Return the reservations that were never settled, in micro-USD."""
    return [
        amount
        for item in picture.gate.values()
        for name, amount in item.items()
        if name.startswith(_OPEN)
    ]


def _broken_rows(batch: Item, picture: Picture) -> Iterator[str]:
    sums = _sums(picture.chunks(batch["batch"]))
    summary = picture.summary(batch)
    status = "stuck" if "given_up" in batch else batch["status"]
    if summary["status"] != status:
        yield f"the summary of a {status} file says {summary['status']}"
    rows = sum(sums[name] for name in ("accepted", "duplicate", "conflict", "rejected"))
    if (rows, batch["chunks_done"]) != (batch["rows"], batch["chunks"]):
        yield f"{rows} rows of {batch['rows']} are counted"


def _broken_of(batch: Item, picture: Picture) -> Iterator[str]:
    enrolled = [each for each in picture.people.values() if each["batch"] == batch["batch"]]
    erased = picture.erasures(batch["batch"])
    sums = _sums(picture.chunks(batch["batch"]))
    summary = picture.summary(batch)
    if not len(erased) == batch.get("erased", 0) == summary["erased"]:
        counted = batch.get("erased", 0)
        yield f"erased: {len(erased)}, counted {counted}, summary {summary['erased']}"
    everybody = [*enrolled, *erased]
    for name, value in (
        ("accepted", len(everybody)),
        ("premium_total", sum(each["premium"] for each in everybody)),
        ("aid_total", sum(each["aid"] for each in everybody)),
    ):
        if not sums[name] == summary[name] == value:
            yield f"{name}: counted {sums[name]}, summary {summary[name]}, enrolled {value}"
    states = Counter(each["sms"] for each in enrolled)
    if states["pending"] + states["sending"]:
        yield "messages are still to be sent"
    # An erased person stays counted in the last state.
    rest = Counter(summary["sms"])
    rest.subtract(states)
    if min(rest.values()) < 0 or rest.total() != len(erased):
        yield f"messages are {dict(states)}, summary {summary['sms']}"
    for name in SMS_FIELDS:
        if summary["sms"][name] != sums[f"sms_{name}"]:
            yield f"{name}: counted {sums[f'sms_{name}']}, summary {summary['sms'][name]}"


def _broken_messages(person: Item, picture: Picture) -> Iterator[str]:
    events = Counter(state for state, *_ in events_of(person))
    taken = sum(phone == person.get("phone") for phone, _ in picture.published)
    if not events["sent"] <= taken <= events["sent"] + events["unknown"]:
        yield f"{taken} messages were sent to one person, whose log has: {dict(events)}"
    last = events_of(person)[-1:]
    if person["sms"] != "not_possible" and [state for state, *_ in last] != [person["sms"]]:
        yield f"a message is {person['sms']}, and noted otherwise"


def _broken_pointers(picture: Picture) -> Iterator[str]:
    """Iterate over the faults in the pointers from messages to people."""
    leading = Counter(each["nik"] for each in picture.pointers.values())
    for nik, person in picture.people.items():
        sent = sum(state == "sent" for state, *_ in events_of(person))
        unknown = sum(state == "unknown" for state, *_ in events_of(person))
        # The pointer is stored before the record: a run that died in between leaves an unknown one.
        if not sent <= leading.pop(nik, 0) <= sent + unknown:
            yield f"{sent} messages were sent to a person, and not so many lead there"
        ids = {*person.get("sms_earlier", ()), person.get("sms_id")} - {None}
        there = {id_ for id_, each in picture.pointers.items() if each["nik"] == nik}
        if not ids <= there or (ids != there and not unknown):
            yield "a person has other messages than lead there"
    if leading:
        yield "messages lead to people who are not there"
    for id_, each in picture.pointers.items():
        person = picture.people.get(each["nik"], {})
        if picture.messages[id_][0] != person.get("phone"):
            yield "a message leads to somebody else"


def _broken_totals(picture: Picture) -> Iterator[str]:
    """Iterate over differences between the totals and people and chunks, by bank and scheme."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    for item in picture.totals:
        bank, scheme, *_, last = item["part"].split("#")
        if last == "money":
            continue  # see `broken_money`
        numbers = _numbers(item)
        if last == "enrolled":  # messages are stored by regency alone
            for name, people in _numbers(item).items():
                if name.startswith("r"):
                    whole = name.partition("_")[2]
                    numbers[whole] = numbers.get(whole, 0) + people
        counted.setdefault((bank, scheme), Counter()).update(numbers)
    for (bank, scheme), sums in counted.items():
        files = [
            each for each in picture.batches if (each["bank"], each["scheme"]) == (bank, scheme)
        ]
        chunks = _sums(chunk for each in files for chunk in picture.chunks(each["batch"]))
        erased = sum(len(picture.erasures(each["batch"])) for each in files)
        yield from (
            f"{bank} {scheme} {name}: {sums[name]} in total, {chunks[name]} in chunks"
            for name in _COUNTED
            if sums[name] != chunks[name]
        )
        if sums["erased"] != erased:
            yield f"{bank} {scheme}: {sums['erased']} erased in total, {erased} noted"
        if not erased:  # their regency is no longer known
            ids = {each["batch"] for each in files}
            people = [each for each in picture.people.values() if each["batch"] in ids]
            yield from _broken_regencies(sums, people)
    expected = {
        (each["bank"], each["scheme"])
        for each in picture.batches
        if each["chunks_done"] and each["scheme"] != CONFIRMATIONS
    }
    if counted.keys() != expected:
        yield f"totals are of {counted.keys()}, files of {expected}"


def _broken_premiums(picture: Picture) -> Iterator[str]:
    """Iterate over people whose premium is not in exactly one result of one bank."""
    shown: Premiums = Counter()
    for batch in picture.batches:
        body = picture.objects.get(f"results/{batch['bank']}/{batch['batch']}/hasil.csv")
        is_recipients = batch["scheme"] != CONFIRMATIONS
        if is_recipients and batch["status"] == "completed" and body:
            shown.update(premiums_in(body.decode("utf-8-sig"), batch["bank"]))
    owed: Premiums = Counter(
        (each["bank"], each["reference"], each["premium"]) for each in picture.people.values()
    )
    yield from (f"{reference} is not in one result" for _, reference, _ in owed - shown)
    erased = {
        (each["batch"], int(each["part"].partition("#")[2]))
        for batch in picture.batches
        for each in picture.erasures(batch["batch"])
    }
    yield from (
        f"{reference} is in a result, and nobody's"
        for _, reference, _ in shown - owed
        if parse_reference(reference) not in erased
    )


def _broken_regencies(sums: Counter[str], people: list[Item]) -> Iterator[str]:
    expected = Counter[str]()
    for each in people:
        regency = f"r{each['counted_regency']}_"
        state = each["sms"] if each["sms"] == "not_possible" else f"sms_{each['sms']}"
        expected[f"{regency}accepted"] += 1
        expected[f"{regency}premium_total"] += each["premium"]
        expected[f"{regency}{state}"] += 1
    found = Counter({name: n for name, n in sums.items() if name[0] == "r" and name[1].isdigit()})
    if +found != expected:
        yield f"by regency {dict(found)}, people {dict(expected)}"


def _broken_spending(picture: Picture, price: int) -> Iterator[str]:
    """Iterate over the faults in the month's spending: never too little, and no unexplained excess.

    A process that died leaves its reservation; nothing else may be in excess.
    """
    reserved = sum(each.get("reserved", 0) for each in picture.gate.values())
    billed = sum(each.get("billed", 0) for each in picture.gate.values())
    least = len(picture.messages) * price
    unknown = sum(
        state == "unknown" for each in picture.people.values() for state, *_ in events_of(each)
    )
    most = least + unknown * price + sum(reservations_left(picture))
    if not least <= reserved <= most:
        yield f"reserved {reserved}, and it should be {least} to {most}"
    receipts = sum(_receipts(each) for each in picture.people.values())
    if billed != receipts * price:
        yield f"billed {billed}, for {receipts} receipts"


def _receipts(person: Mapping[str, Any]) -> int:
    """Return the number of carriers' receipts of a person."""
    states = [state for state, *_ in events_of(person)]
    before = ["", *states]
    return sum(
        state in _SETTLED and last in {"sent", "unconfirmed"}
        for last, state in zip(before, states, strict=False)
    )


def _sums(items: Any) -> Counter[str]:
    sums = Counter[str]()
    for item in items:
        sums.update(_numbers(item))
    return sums


def _numbers(item: Item) -> dict[str, int]:
    return {name: n for name, n in item.items() if isinstance(n, int) and not isinstance(n, bool)}
