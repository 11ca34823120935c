"""Everything that is visible from outside."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.s3.models import FakeDeleteMarker, s3_backends
from moto.sns.models import sns_backends

from chalicelib.adapters.dynamodb.failures import PREFIX as FAILED
from local.cloud import ACCOUNT, REGION, Cloud
from local.moto_patches import queues

Item = dict[str, Any]
POINTER = "sms#"
_SUMMARY = "ringkasan.json"


@dataclass
class Picture:
    """Tables (items as plain dictionaries by key), objects, messages and dead letters.

    `files` is the files' table without `pointers` (from a message id to its person) and
    the `gate`, by part. `messages` are phone and text of each accepted message, by message id.
    """

    people: dict[str, Item] = field(default_factory=dict)
    files: dict[tuple[str, str], Item] = field(default_factory=dict)
    pointers: dict[str, Item] = field(default_factory=dict)
    gate: dict[str, Item] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    messages: dict[str, tuple[str, str]] = field(default_factory=dict)
    dead_letters: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, cloud: Cloud) -> "Picture":
        """Read moto's own data, because many snapshots are taken."""
        people = items_of(cloud.environment["PAYUNG_ENROLLMENTS_TABLE"])
        made = cls(
            people={item["nik"]: item for item in people},
            objects=objects_of(cloud),
            messages=dict(sns_backends[ACCOUNT][REGION].sms_messages),
            dead_letters={
                name: queues.count(ACCOUNT, REGION, url) for name, url in cloud.dead_letters.items()
            },
        )
        for item in items_of(cloud.environment["PAYUNG_BATCHES_TABLE"]):
            if item["part"] == "number":
                continue  # of one day: a fault may move a message to the next one
            if item["batch"].startswith(FAILED):
                continue  # about a dead letter, and not about a file
            if item["batch"] == "gate":
                made.gate[item["part"]] = item
            elif item["batch"].startswith(POINTER):
                made.pointers[item["batch"].removeprefix(POINTER)] = item
            else:
                made.files[item["batch"], item["part"]] = item
        return made

    @property
    def published(self) -> list[tuple[str, str]]:
        """Phone and text of each message that the carrier accepted."""
        return list(self.messages.values())

    @property
    def batches(self) -> list[Item]:
        return [item for (_, part), item in self.files.items() if part == "batch"]

    @property
    def totals(self) -> list[Item]:
        return [item for (batch, _), item in self.files.items() if batch.startswith("totals#")]

    @property
    def unfinished(self) -> list[str]:
        """The files that still need work, beyond the carriers' receipts."""
        return [item["batch"] for item in self.batches if item.get("unfinished") == "yes"]

    @property
    def unsaid(self) -> list[str]:
        """The files whose summaries lack the counted final state of a message."""
        return [each["batch"] for each in self.batches if not self._is_said(each)]

    def _is_said(self, batch: Mapping[str, Any]) -> bool:
        if batch["status"] != "completed":
            return True
        shown = self.summary(batch)["sms"]
        # The summary of a file that was given up is without the rows that are lost.
        chunks = [each for each in self.chunks(batch["batch"]) if not each.get("lost")]
        return all(
            shown[name] == sum(chunk.get(f"sms_{name}", 0) for chunk in chunks)
            for name in ("sent", "delivered", "failed", "unconfirmed", "held", "unknown")
        )

    def chunks(self, batch: str) -> list[Item]:
        return [i for (b, part), i in self.files.items() if b == batch and part[:6] == "chunk#"]

    def erasures(self, batch: str) -> list[Item]:
        """The records of the erased people of a file."""
        return [i for (b, part), i in self.files.items() if b == batch and part[:7] == "erased#"]

    def summary(self, batch: Mapping[str, Any]) -> Item:
        shown: Item = json.loads(self.objects[summary_key(batch)])
        return shown


def summary_key(batch: Mapping[str, Any]) -> str:
    """Return the key of a file's summary, from its item."""
    return f"results/{batch['bank']}/{batch['batch']}/{_SUMMARY}"


def items_of(table: str) -> Iterator[Item]:
    """Iterate over all items of a table, as plain dictionaries."""
    stored = dynamodb_backends[ACCOUNT][REGION].tables[table].all_items()
    for item in stored:
        yield {name: _plain(value) for name, value in item.attrs.items()}


def objects_of(cloud: Cloud) -> dict[str, bytes]:
    """Return all objects of the bucket, without those that were deleted."""
    keys = s3_backends[ACCOUNT]["aws"].buckets[cloud.bucket].keys
    return {key: keys[key].value for key in keys if not isinstance(keys[key], FakeDeleteMarker)}


def events_of(person: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the events of a person's messages: state, reason, caller; without the times."""
    events = []
    for text in person.get("sms_log", ()):
        _, state, *rest = json.loads(text)
        events.append((state, *(rest or (None, None, 0))))
    return events


def _plain(value: DynamoType) -> Any:
    if value.type == "N":
        return int(value.value)
    return [_plain(each) for each in value.value] if value.type == "L" else value.value
