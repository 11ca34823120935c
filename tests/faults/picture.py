"""All that there is to see from outside, and how two such pictures differ."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from local.cloud import ACCOUNT, REGION, Cloud

# When, and by which of several tries: of no matter to what came of it.
_OF_THE_MOMENT = {"enrolled_at", "sms_at", "sms_claim", "sms_message_id", "sms_reason", "watch"}
_RESULTS = "results/"
_SUMMARY = "ringkasan.json"
_SHOWN = 1000
_MAY_BECOME_UNKNOWN = {"sent", "failed"}


@dataclass
class Picture:
    """Tables (items as plain dictionaries by key), objects, messages and dead letters."""

    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    published: list[tuple[str, str]] = field(default_factory=list)
    dead_letters: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, cloud: Cloud) -> "Picture":
        """Look into moto itself: many pictures are taken."""
        people = _items(cloud.environment["PAYUNG_ENROLLMENTS_TABLE"])
        files = _items(cloud.environment["PAYUNG_BATCHES_TABLE"])
        bucket = s3_backends[ACCOUNT]["aws"].buckets[cloud.bucket]
        queues = sqs_backends[ACCOUNT][REGION].queues
        return cls(
            people={item["nik"]: item for item in people},
            files={(item["batch"], item["part"]): item for item in files},
            objects={key: bucket.keys[key].value for key in bucket.keys},
            published=list(sns_backends[ACCOUNT][REGION].sms_messages.values()),
            dead_letters={
                name: len(queues[url.rsplit("/", 1)[-1]]._messages)
                for name, url in cloud.dead_letters.items()
            },
        )

    @property
    def batches(self) -> list[dict[str, Any]]:
        return [item for (_, part), item in self.files.items() if part == "batch"]

    @property
    def unfinished(self) -> list[str]:
        return [item["batch"] for item in self.batches if "unfinished" in item]

    def chunks(self, batch: str) -> list[dict[str, Any]]:
        return [i for (b, part), i in self.files.items() if b == batch and part[:6] == "chunk#"]

    def summary(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        return json.loads(self.objects[f"results/{batch['bank']}/{batch['batch']}/{_SUMMARY}"])


def broken_invariants(picture: Picture) -> Iterator[str]:
    """Name what does not hold of it that must always hold once all is finished."""
    phones = Counter(phone for phone, _ in picture.published)
    yield from (f"{times} messages to one person" for times in phones.values() if times > 1)
    yield from (f"{batch} is unfinished" for batch in picture.unfinished)
    for batch in picture.batches:
        if batch["status"] not in {"completed", "refused"} or "stuck" in batch:
            yield f"{batch['batch']} ended as {batch['status']}, stuck: {batch.get('stuck')}"
        else:
            yield from _broken_of(batch, picture)


def _broken_of(batch: Mapping[str, Any], picture: Picture) -> Iterator[str]:
    enrolled = [each for each in picture.people.values() if each["batch"] == batch["batch"]]
    sums = Counter[str]()
    for chunk in picture.chunks(batch["batch"]):
        sums.update({name: n for name, n in chunk.items() if isinstance(n, int)})
    told = picture.summary(batch)
    if told["status"] != batch["status"]:
        yield f"the summary of a {batch['status']} file says {told['status']}"
    rows = sum(sums[name] for name in ("accepted", "duplicate", "conflict", "rejected"))
    if (rows, batch["chunks_done"]) != (batch["rows"], batch["chunks"]):
        yield f"{rows} rows of {batch['rows']} are counted"
    for name, value in (
        ("accepted", len(enrolled)),
        ("premium_total", sum(each["premium"] for each in enrolled)),
        ("aid_total", sum(each["aid"] for each in enrolled)),
    ):
        if not sums[name] == told[name] == value:
            yield f"{name}: counted {sums[name]}, told {told[name]}, enrolled {value}"
    for state, n in Counter(each["sms"] for each in enrolled).items():
        if state in {"pending", "sending"}:
            yield f"{n} messages are still {state}"
        elif told["sms"][state] != n:
            yield f"{n} messages are {state}, told {told['sms'][state]}"


def differences(expected: Picture, found: Picture, *, unknowns: int) -> Iterator[str]:
    """Name how a picture differs from that of a run without faults.

    Of so many people at most the message may be `unknown` instead of settled; if so, it was sent
    once or not at all, and the counts say so too.
    """
    unknown = {
        nik
        for nik, person in found.people.items()
        if person["sms"] == "unknown"
        and expected.people.get(nik, {}).get("sms") in _MAY_BECOME_UNKNOWN
    }
    if len(unknown) > unknowns:
        yield f"{len(unknown)} messages are unknown, and may be of {unknowns}"
    excused = [found.people[nik] for nik in unknown]
    yield from _unlike(_with_unknown(expected, unknown), found)
    missing = Counter(expected.published) - Counter(found.published)
    silent = {each["phone"] for each in excused}
    yield from (f"not published: {text}" for phone, text in missing if phone not in silent)
    if Counter(found.published) - Counter(expected.published):
        yield "a message was published that should not have been"
    yield from (f"{n} in {name}" for name, n in found.dead_letters.items() if n)


def _unlike(expected: Picture, found: Picture) -> Iterator[str]:
    for what in ("people", "files", "objects"):
        one, other = getattr(expected, what), getattr(found, what)
        for key in sorted(one.keys() | other.keys(), key=str):
            if _settled(one.get(key)) != _settled(other.get(key)):
                yield f"{what} {key}: {_shown(other.get(key))} instead of {_shown(one.get(key))}"


def _settled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: each for name, each in value.items() if name not in _OF_THE_MOMENT}
    return value


def _shown(value: Any) -> str:
    return repr(_settled(value))[:_SHOWN]


def _with_unknown(expected: Picture, niks: set[str]) -> Picture:
    """Return what would be expected if these people's messages had become unknown."""
    people = {nik: dict(each) for nik, each in expected.people.items()}
    files = {key: dict(each) for key, each in expected.files.items()}
    objects = dict(expected.objects)
    for nik in niks:
        person = people[nik]
        chunk = files[person["batch"], f"chunk#{person['chunk']:05d}"]
        key = f"{_RESULTS}{person['bank']}/{person['batch']}/{_SUMMARY}"
        told = json.loads(objects[key])
        was = person["sms"]
        chunk[f"sms_{was}"] -= 1
        if not chunk[f"sms_{was}"]:
            del chunk[f"sms_{was}"]
        chunk["sms_unknown"] = chunk.get("sms_unknown", 0) + 1
        told["sms"][was] -= 1
        told["sms"]["unknown"] += 1
        person["sms"] = "unknown"
        objects[key] = (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()
    return Picture(people, files, objects, expected.published, expected.dead_letters)


def _items(table: str) -> list[dict[str, Any]]:
    stored = dynamodb_backends[ACCOUNT][REGION].tables[table].all_items()
    return [
        {name: _plain(value.to_json()) for name, value in item.attrs.items()} for item in stored
    ]


def _plain(value: dict[str, Any]) -> Any:
    ((kind, held),) = value.items()
    return int(held) if kind == "N" else held
