"""The items of the files' table from and to the domain: files, their chunks, and the totals."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from datetime import date, datetime
from typing import Any

import msgspec

from chalicelib.domain.batch import (
    Batch,
    BatchStatus,
    ChunkProgress,
    SmsEstimate,
    SmsTally,
    Upload,
    Watch,
)
from chalicelib.domain.codes import Finding
from chalicelib.domain.outcome import Tally
from chalicelib.domain.totals import SHARDS, Account, People, Totals

from .items import VERSION, Item, check_version, int_of, moment, moment_of, text_of

TALLY_FIELDS = (
    "accepted",
    "duplicate",
    "conflict",
    "rejected",
    "warnings",
    "not_possible",
    "premium_total",
    "aid_total",
)
SMS_FIELDS = ("sent", "delivered", "failed", "unconfirmed", "held", "unknown")
CODE_PREFIX = "code_"
SMS_PREFIX = "sms_"
GATE = "gate"
SPEND_PREFIX = "spend#"
_OF_REGENCY = re.compile(r"r(?P<code>[^_]+)_(?P<count>.+)")


def batch_key(batch: str) -> Item:
    """Return the key of a file."""
    return {"batch": {"S": batch}, "part": {"S": "batch"}}


def chunk_key(batch: str, chunk: int) -> Item:
    """Return the key of a chunk's progress."""
    return {"batch": {"S": batch}, "part": {"S": f"chunk#{chunk:05d}"}}


def totals_key(account: Account, chunk: int) -> Item:
    """Return the key under which a chunk's rows are counted in the totals."""
    shard = chunk % SHARDS
    return {
        "batch": totals_partition(account.programme),
        "part": {
            "S": f"{account.bank}#{account.scheme}#{account.day.isoformat()}#{shard:02d}",
        },
    }


def totals_partition(programme: str) -> dict[str, str]:
    """Return the value of `batch` under which a programme's totals stand."""
    return {"S": f"totals#{programme}"}


def gate_key(part: str) -> Item:
    """Return the key of a part of what sending hangs on; all of it is read at once."""
    return {"batch": {"S": GATE}, "part": {"S": part}}


def spend_key(month: str) -> Item:
    """Return the key under which a month's (`2026-11`) spending stands."""
    return gate_key(SPEND_PREFIX + month)


def fingerprint_key(fingerprint: str) -> Item:
    """Return the key under which a fingerprint's first batch is kept."""
    return {"batch": {"S": f"fingerprint#{fingerprint}"}, "part": {"S": "fingerprint"}}


def batch_item(batch: Batch) -> Item:
    """Return the item of a file."""
    upload = batch.upload
    item: Item = {
        **batch_key(batch.id),
        "v": {"N": str(VERSION)},
        "bucket": {"S": upload.bucket},
        "key": {"S": upload.key},
        "version": {"S": upload.version},
        "versioned": {"BOOL": upload.versioned},
        "size": {"N": str(upload.size)},
        "uploaded_at": moment(upload.at),
        "bank": {"S": batch.bank},
        "scheme": {"S": batch.scheme},
        "received_at": moment(batch.received_at),
        "status": {"S": batch.status.value},
        "rows": {"N": str(batch.rows)},
        "chunks": {"N": str(batch.chunks)},
        "chunk_rows": {"N": str(batch.chunk_rows)},
        "chunks_done": {"N": str(batch.chunks_done)},
        "errors": {"S": _findings(batch.errors)},
        "warnings": {"S": _findings(batch.warnings)},
    }
    if batch.programme:
        item["programme"] = {"S": batch.programme}
    if batch.estimate:
        item["estimate"] = {"S": json.dumps(astuple(batch.estimate))}
    if batch.fingerprint:
        item["fingerprint"] = {"S": batch.fingerprint}
    return item


def batch_of(item: Mapping[str, Any]) -> Batch:
    """Return the file that an item holds.

    Raises:
        NewerVersion: it was written by newer code.
    """
    check_version(item)
    return Batch(
        id=item["batch"]["S"],
        upload=Upload(
            bucket=item["bucket"]["S"],
            key=item["key"]["S"],
            version=item["version"]["S"],
            size=int(item["size"]["N"]),
            at=datetime.fromisoformat(item["uploaded_at"]["S"]),
            versioned=item["versioned"]["BOOL"],
        ),
        bank=item["bank"]["S"],
        scheme=item["scheme"]["S"],
        received_at=datetime.fromisoformat(item["received_at"]["S"]),
        status=BatchStatus(item["status"]["S"]),
        programme=text_of(item, "programme"),
        rows=int_of(item, "rows"),
        chunks=int_of(item, "chunks"),
        chunk_rows=int_of(item, "chunk_rows"),
        chunks_done=int_of(item, "chunks_done"),
        errors=_findings_of(item["errors"]["S"]),
        warnings=_findings_of(item["warnings"]["S"]),
        fingerprint=text_of(item, "fingerprint"),
        erased=int_of(item, "erased"),
        watch=_watch(item),
        stuck=text_of(item, "stuck"),
        estimate=_estimate(item),
        reopened=int_of(item, "reopened"),
        receipts_due=moment_of(item, "receipts_due"),
    )


def chunk_of(item: Mapping[str, Any]) -> ChunkProgress:
    """Return the progress that a chunk's item holds.

    Raises:
        NewerVersion: it was written by newer code.
    """
    check_version(item)
    return ChunkProgress(
        chunk=int(item["part"]["S"].partition("#")[2]),
        next=int_of(item, "next"),
        done="done" in item and item["done"]["BOOL"],
        tally=Tally(
            **{name: int_of(item, name) for name in TALLY_FIELDS},
            codes={
                name.removeprefix(CODE_PREFIX): int(value["N"])
                for name, value in item.items()
                if name.startswith(CODE_PREFIX)
            },
        ),
        sms=SmsTally(**{name: int_of(item, SMS_PREFIX + name) for name in SMS_FIELDS}),
    )


def totals_of(programme: str, items: Iterable[Mapping[str, Any]]) -> list[Totals]:
    """Return the totals that a programme's items hold, each account's places added up.

    Raises:
        NewerVersion: one was written by newer code.
    """
    accounts: dict[Account, Counter[str]] = {}
    for item in items:
        check_version(item)
        bank, scheme, day, _ = item["part"]["S"].split("#")
        account = Account(programme, bank, scheme, date.fromisoformat(day))
        counts = accounts.setdefault(account, Counter())
        for name, value in item.items():
            if "N" in value and name != "v":
                counts[name] += int(value["N"])
    return [_totals(account, counts) for account, counts in accounts.items()]


def _totals(account: Account, counts: Counter[str]) -> Totals:
    regencies: dict[str, Counter[str]] = {}
    for name, count in counts.items():
        if found := _OF_REGENCY.fullmatch(name):
            regencies.setdefault(found["code"], Counter())[found["count"]] = count
    tally = Tally()
    for name in TALLY_FIELDS:
        setattr(tally, name, counts[name])
    return Totals(
        account=account,
        tally=tally,
        sms=_sms_of(counts),
        regencies={
            code: People(
                accepted=each["accepted"],
                premium_total=each["premium_total"],
                not_possible=each["not_possible"],
                sms=_sms_of(each),
            )
            for code, each in regencies.items()
        },
        erased=counts["erased"],
    )


def _sms_of(counts: Counter[str]) -> SmsTally:
    return SmsTally(**{name: counts[SMS_PREFIX + name] for name in SMS_FIELDS})


def _estimate(item: Mapping[str, Any]) -> SmsEstimate | None:
    kept = text_of(item, "estimate")
    return SmsEstimate(*json.loads(kept)) if kept else None


def watch_text(watch: Watch) -> str:
    """Return what the sweep saw, as one text."""
    return json.dumps([watch.mark, watch.since.isoformat(), watch.tries])


def _watch(item: Mapping[str, Any]) -> Watch | None:
    kept = text_of(item, "watch")
    if kept is None:
        return None
    mark, since, tries = json.loads(kept)
    return Watch(mark, datetime.fromisoformat(since), tries)


def _findings(findings: tuple[Finding, ...]) -> str:
    return msgspec.json.encode(findings).decode()


def _findings_of(body: str) -> tuple[Finding, ...]:
    return msgspec.json.decode(body, type=tuple[Finding, ...])
