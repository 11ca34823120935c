"""Converts files, their chunks and the totals between items and the domain."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import astuple
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.domain.file.batch import (
    Batch,
    BatchStatus,
    ChunkProgress,
    SmsEstimate,
    SmsTally,
    Upload,
    Watch,
)
from chalicelib.domain.file.nobody import Nobody
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.findings.finding import Finding
from chalicelib.domain.person.enrollment import MessageKind, Sms

from .items import VERSION, Item, check_version, int_of, moment, moment_of, text_of
from .money.reversal_items import reversal_of_item

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
MATCHED_PREFIX = "matched_"
SMS_PREFIX = "sms_"


def batch_key(batch: str) -> Item:
    """Return the key of a file."""
    return {"batch": {"S": batch}, "part": {"S": "batch"}}


def chunk_key(batch: str, chunk: int) -> Item:
    """Return the key of a chunk's progress."""
    return {"batch": {"S": batch}, "part": {"S": f"chunk#{chunk:05d}"}}


def count_name(kind: MessageKind, state: Sms) -> str | None:
    """Return the name of the count of messages in a state; None if they are not counted.

    Confirmations still to be sent are the accepted people less all others.
    """
    if kind is not MessageKind.ENROLLED:
        return f"{SMS_PREFIX}{kind}_{state}"
    if state is Sms.NOT_POSSIBLE:
        return state.value
    return SMS_PREFIX + state if state in SMS_FIELDS else None


_OF_OTHERS = {
    f"{SMS_PREFIX}{kind}_{state}": (kind, state)
    for kind in MessageKind
    if kind is not MessageKind.ENROLLED
    for state in Sms
}
"""Kind and state of each count of messages that are no confirmations."""


def fingerprint_key(fingerprint: str) -> Item:
    """Return the key of the item that holds the owner of a fingerprint."""
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
    if batch.starts:
        item["starts"] = {"S": json.dumps(batch.starts)}
    if batch.nobody:
        item["nobody"] = {"S": msgspec.json.encode(batch.nobody).decode()}
    if batch.corrects:
        item["corrects"] = {"S": batch.corrects}
    if batch.fingerprint:
        item["fingerprint"] = {"S": batch.fingerprint}
    return item


def batch_of(item: Mapping[str, Any]) -> Batch:
    """Return the file that an item holds.

    Raises:
        NewerVersion: newer code wrote it.
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
        starts=tuple(json.loads(text_of(item, "starts") or "[]")),
        chunks_done=int_of(item, "chunks_done"),
        errors=_findings_of(item["errors"]["S"]),
        warnings=_findings_of(item["warnings"]["S"]),
        fingerprint=text_of(item, "fingerprint"),
        erased=int_of(item, "erased"),
        watch=_watch(item),
        stuck=text_of(item, "stuck"),
        corrects=text_of(item, "corrects"),
        corrected_by=tuple(sorted(item.get("corrected_by", {}).get("SS", ()))),
        estimate=_estimate(item),
        reopened=int_of(item, "reopened"),
        receipts_due=moment_of(item, "receipts_due"),
        nobody=_nobody(item),
        given_up=text_of(item, "given_up"),
        sealed="sealed" in item,
        moved="moved" in item,
        reversal=reversal_of_item(item),
    )


def chunk_of(item: Mapping[str, Any]) -> ChunkProgress:
    """Return the progress that a chunk's item holds.

    Raises:
        NewerVersion: newer code wrote it.
    """
    check_version(item)
    return ChunkProgress(
        chunk=int(item["part"]["S"].partition("#")[2]),
        next=int_of(item, "next"),
        done="done" in item and item["done"]["BOOL"],
        tally=Tally(
            **{name: int_of(item, name) for name in TALLY_FIELDS},
            codes=_prefixed(item, CODE_PREFIX),
            matched=_prefixed(item, MATCHED_PREFIX),
        ),
        sms=SmsTally(**{name: int_of(item, SMS_PREFIX + name) for name in SMS_FIELDS}),
        given_up=int_of(item, "given_up") if "given_up" in item else None,
        lost="lost" in item,
        others=others_of({name: int_of(item, name) for name in item if name in _OF_OTHERS}),
    )


def _prefixed(item: Mapping[str, Any], prefix: str) -> dict[str, int]:
    return {
        name.removeprefix(prefix): int(value["N"])
        for name, value in item.items()
        if name.startswith(prefix)
    }


def others_of(counts: Mapping[str, int]) -> dict[MessageKind, Counter[Sms]]:
    """Return the messages of other kinds than confirmations, by kind and state."""
    found: dict[MessageKind, Counter[Sms]] = {}
    for name, people in counts.items():
        if people and name in _OF_OTHERS:
            kind, state = _OF_OTHERS[name]
            found.setdefault(kind, Counter())[state] += people
    return found


def _estimate(item: Mapping[str, Any]) -> SmsEstimate | None:
    stored = text_of(item, "estimate")
    return SmsEstimate(*json.loads(stored)) if stored else None


def _nobody(item: Mapping[str, Any]) -> Nobody | None:
    stored = text_of(item, "nobody")
    return msgspec.json.decode(stored, type=Nobody) if stored else None


def watch_text(watch: Watch) -> str:
    """Return what the sweep saw, as one text."""
    return json.dumps([watch.mark, watch.since.isoformat(), watch.tries])


def _watch(item: Mapping[str, Any]) -> Watch | None:
    stored = text_of(item, "watch")
    if stored is None:
        return None
    mark, since, tries = json.loads(stored)
    return Watch(mark, datetime.fromisoformat(since), tries)


def _findings(findings: tuple[Finding, ...]) -> str:
    return msgspec.json.encode(findings).decode()


def _findings_of(body: str) -> tuple[Finding, ...]:
    return msgspec.json.decode(body, type=tuple[Finding, ...])
