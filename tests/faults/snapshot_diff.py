"""The differences between a snapshot and that of a run without faults."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from chalicelib.domain.file.totals import SHARDS
from chalicelib.domain.messages.counted import SLOT_ROWS
from tests.faults.snapshot import Item, Picture, events_of, summary_key

# Times and tries do not matter for the result. The message ids differ between runs;
# which differ between runs, hang together is looked at by itself (`books`).
_OF_THE_MOMENT = {
    "changes",
    "enrolled_at",
    "erased_at",
    "readings",
    "receipts_due",
    "reopened",
    "sms_at",
    "sms_claim",
    "sms_earlier",
    "sms_id",
    "watch",
}
_MAY_BECOME_UNKNOWN = {"sent", "failed", "delivered", "unconfirmed"}
_NOBODY_KNOWS = {"no_answer", "claim_abandoned"}
_SHOWN = 1000


def differences(expected: Picture, found: Picture, *, unknowns: int) -> Iterator[str]:
    """Iterate over the differences between a snapshot and that of a run without faults.

    The messages of at most so many people may be `unknown` instead of settled. Each was sent
    once or not at all, it has no later event, and the counts agree.
    """
    unknown = {
        nik
        for nik, person in found.people.items()
        if person["sms"] == "unknown"
        and expected.people.get(nik, {}).get("sms") in _MAY_BECOME_UNKNOWN
    }
    if len(unknown) > unknowns:
        yield f"{len(unknown)} messages are unknown, and may be of {unknowns}"
    yield from _unlike(_with_unknown(expected, found, unknown), found)
    missing = Counter(expected.published) - Counter(found.published)
    silent = {found.people[nik]["phone"] for nik in unknown}
    yield from (f"not published: {text}" for phone, text in missing if phone not in silent)
    if Counter(found.published) - Counter(expected.published):
        yield "a message was published that should not have been"
    if _pauses(expected) != _pauses(found):
        yield f"the gate has {_pauses(found)} instead of {_pauses(expected)}"
    yield from (f"{n} in {name}" for name, n in found.dead_letters.items() if n)


def _pauses(picture: Picture) -> set[str]:
    """Return the parts of the gate without the spending: its shard depends on a random claim."""
    return {part for part in picture.gate if not part.startswith(("spend#", "billed#"))}


def _unlike(expected: Picture, found: Picture) -> Iterator[str]:
    for what in ("people", "files", "objects"):
        one, other = getattr(expected, what), getattr(found, what)
        for key in sorted(one.keys() | other.keys(), key=str):
            if _settled(one.get(key)) != _settled(other.get(key)):
                yield f"{what} {key}: {_shown(other.get(key))} instead of {_shown(one.get(key))}"


def _settled(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    # A count that went back to 0 equals a missing one.
    kept = {
        name: each
        for name, each in value.items()
        if name not in _OF_THE_MOMENT and not (each == 0 and "sms_" in name)
    }
    if "ledger" in kept:
        kept["ledger"] = [json.loads(line)[1:] for line in kept["ledger"]]  # without the time
    return {**kept, "sms_log": events_of(value)} if "sms_log" in kept else kept


def _shown(value: Any) -> str:
    return repr(_settled(value))[:_SHOWN]


def _with_unknown(expected: Picture, found: Picture, niks: set[str]) -> Picture:
    """Return the expected snapshot if these people's messages had become unknown."""
    people = {nik: dict(each) for nik, each in expected.people.items()}
    files = {key: dict(each) for key, each in expected.files.items()}
    objects = dict(expected.objects)
    for nik in niks:
        person = people[nik]
        was = person["sms"]
        number = person["chunk"]
        chunk = files[person["batch"], f"chunk#{number:05d}"]
        account = f"{person['bank']}#{person['scheme']}#{person['day']}#{number % SHARDS:02d}"
        totals = files[f"totals#{person['programme']}", f"{account}#enrolled"]
        regency = f"r{person['counted_regency']}_"
        for counts, prefix in ((chunk, ""), (totals, regency)):
            _move(counts, f"{prefix}sms_{was}", f"{prefix}sms_unknown")
        slot, place = divmod(person["row"], SLOT_ROWS)
        counted = files[person["batch"], f"counted#enrolled#{number:05d}#{slot:05d}"]
        counted["letters"] = counted["letters"][:place] + "x" + counted["letters"][place + 1 :]
        summary = summary_key(person)
        content = json.loads(objects[summary])
        _move(content["sms"], was, "unknown")
        objects[summary] = (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
        people[nik] = _unknown(person, found.people[nik])
    for each in {people[nik]["batch"] for nik in niks}:
        chunks = [item for (batch, _), item in files.items() if batch == each]
        if not any(chunk.get("sms_sent") for chunk in chunks):
            files[each, "batch"].pop("unfinished", None)  # no other receipt is expected
    return Picture(people, files, objects=objects, messages=expected.messages)


def _move(counts: Item, one: str, other: str) -> None:
    counts[one] -= 1
    counts[other] = counts.get(other, 0) + 1


def _unknown(person: Item, found: Item) -> Item:
    """Return a person whose message became unknown in this scenario."""
    *before, last = found["sms_log"]
    (_, reason, *_) = events_of({"sms_log": [last]})[0]
    if reason not in _NOBODY_KNOWS:
        reason = None
    known = person["sms_log"][: len(before)]
    return {
        **{name: value for name, value in person.items() if name != "sms_billed"},
        "sms": "unknown",
        "sms_log": [*known, json.dumps(["", "unknown", reason, None, 0])],
        "sms_reason": reason,
    }
