"""What must always hold once all is finished, whatever failed: nothing is lost or counted twice."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from picture import Item, Picture, events_of

from chalicelib.adapters.file_items import SMS_FIELDS, TALLY_FIELDS

_SETTLED = {"delivered", "failed"}
_OPEN = "r_"
_COUNTED = (*TALLY_FIELDS, *(f"sms_{name}" for name in SMS_FIELDS))


def broken_invariants(picture: Picture, *, price: int) -> Iterator[str]:
    """Name what does not hold of it; `price` is micro-USD a message."""
    yield from (f"{batch} is unfinished" for batch in picture.unfinished)
    for batch in picture.batches:
        if batch["status"] not in {"completed", "refused"} or "stuck" in batch:
            yield f"{batch['batch']} ended as {batch['status']}, stuck: {batch.get('stuck')}"
        else:
            yield from _broken_of(batch, picture)
    for person in picture.people.values():
        yield from _broken_messages(person, picture)
    yield from _broken_pointers(picture)
    yield from _broken_totals(picture)
    yield from _broken_spending(picture, price)


def reservations_left(picture: Picture) -> list[int]:
    """Return what was set aside of the budget and never settled, in micro-USD."""
    return [
        amount
        for item in picture.gate.values()
        for name, amount in item.items()
        if name.startswith(_OPEN)
    ]


def _broken_of(batch: Item, picture: Picture) -> Iterator[str]:
    enrolled = [each for each in picture.people.values() if each["batch"] == batch["batch"]]
    erased = picture.erasures(batch["batch"])
    sums = _sums(picture.chunks(batch["batch"]))
    told = picture.summary(batch)
    if told["status"] != batch["status"]:
        yield f"the summary of a {batch['status']} file says {told['status']}"
    rows = sum(sums[name] for name in ("accepted", "duplicate", "conflict", "rejected"))
    if (rows, batch["chunks_done"]) != (batch["rows"], batch["chunks"]):
        yield f"{rows} rows of {batch['rows']} are counted"
    if not len(erased) == batch.get("erased", 0) == told["erased"]:
        yield f"erased: {len(erased)}, counted {batch.get('erased', 0)}, told {told['erased']}"
    everybody = [*enrolled, *erased]
    for name, value in (
        ("accepted", len(everybody)),
        ("premium_total", sum(each["premium"] for each in everybody)),
        ("aid_total", sum(each["aid"] for each in everybody)),
    ):
        if not sums[name] == told[name] == value:
            yield f"{name}: counted {sums[name]}, told {told[name]}, enrolled {value}"
    states = Counter(each["sms"] for each in enrolled)
    if states["pending"] + states["sending"]:
        yield "messages are still to be sent"
    # Whoever was erased stays counted where they stood.
    rest = Counter(told["sms"])
    rest.subtract(states)
    if min(rest.values()) < 0 or rest.total() != len(erased):
        yield f"messages are {dict(states)}, told {told['sms']}"
    for name in SMS_FIELDS:
        if told["sms"][name] != sums[f"sms_{name}"]:
            yield f"{name}: counted {sums[f'sms_{name}']}, told {told['sms'][name]}"


def _broken_messages(person: Item, picture: Picture) -> Iterator[str]:
    events = Counter(state for state, *_ in events_of(person))
    taken = sum(phone == person.get("phone") for phone, _ in picture.published)
    if not events["sent"] <= taken <= events["sent"] + events["unknown"]:
        yield f"{taken} messages were taken for one person, of whom is noted: {dict(events)}"
    last = events_of(person)[-1:]
    if person["sms"] != "not_possible" and [state for state, *_ in last] != [person["sms"]]:
        yield f"a message is {person['sms']}, and noted otherwise"


def _broken_pointers(picture: Picture) -> Iterator[str]:
    """Name what is wrong with how a message's receipt would find its person."""
    leading = Counter(each["nik"] for each in picture.pointers.values())
    for nik, person in picture.people.items():
        sent = sum(state == "sent" for state, *_ in events_of(person))
        if leading.pop(nik, 0) != sent:
            yield f"{sent} messages were sent to a person, and not so many lead there"
        ids = {*person.get("sms_earlier", ()), person.get("sms_message_id")} - {None}
        if {id_ for id_, each in picture.pointers.items() if each["nik"] == nik} != ids:
            yield "a person has other messages than lead there"
    if leading:
        yield "messages lead to people who are not there"
    for id_, each in picture.pointers.items():
        person = picture.people.get(each["nik"], {})
        if picture.messages[id_][0] != person.get("phone"):
            yield "a message leads to somebody else"


def _broken_totals(picture: Picture) -> Iterator[str]:
    """Name what the totals say otherwise than people and chunks do, by bank and scheme."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    for item in picture.totals:
        bank, scheme, _, _ = item["part"].split("#")
        counted.setdefault((bank, scheme), Counter()).update(_numbers(item))
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
        if not erased:  # of those nobody knows the regency any more
            ids = {each["batch"] for each in files}
            people = [each for each in picture.people.values() if each["batch"] in ids]
            yield from _broken_regencies(sums, people)
    expected = {(each["bank"], each["scheme"]) for each in picture.batches if each["chunks_done"]}
    if counted.keys() != expected:
        yield f"totals are of {counted.keys()}, files of {expected}"


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
    """Name what is wrong with the month's reckoning: never too little, and no more than explained.

    A process that died leaves what it had set aside; nothing else may be too much.
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
    """Return how many carriers' receipts are noted of a person."""
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
