"""Items of DynamoDB from and to the domain's values, in the low-level client's own form.

Written by hand rather than through boto3's serializer: it is the hot path, and one look shows
what is stored. Every item carries `v`, the version of its shape.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chalicelib.domain.batch import Batch, BatchStatus, ChunkProgress, SmsTally, Upload, Watch
from chalicelib.domain.codes import Finding
from chalicelib.domain.enrollment import Cover, Enrollment, Erasure, Sms
from chalicelib.domain.outcome import Tally
from chalicelib.domain.recipient import Recipient
from chalicelib.errors import NewerVersion

Item = dict[str, dict[str, Any]]

VERSION = 1
"""The newest shape of item that this code writes and reads."""

NOT_NEWER = "#ours <= :ours"
"""A condition: what newer code wrote is not touched by this code, whatever it would write."""
NOT_NEWER_NAMES = {"#ours": "v"}
NOT_NEWER_VALUES: Item = {":ours": {"N": str(VERSION)}}

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


def text(value: str) -> dict[str, str]:
    """Return a string attribute."""
    return {"S": value}


def number(value: int) -> dict[str, str]:
    """Return a number attribute."""
    return {"N": str(value)}


def moment(value: datetime) -> dict[str, str]:
    """Return a moment (UTC) as an attribute that sorts by time."""
    return {"S": value.isoformat(timespec="milliseconds")}


def enrollment_key(programme: str, nik: str) -> Item:
    """Return the key of a person's enrollment."""
    return {"nik": {"S": nik}, "programme": {"S": programme}}


def enrollment_item(enrollment: Enrollment) -> Item:
    """Return the item of an enrollment; what is None is absent."""
    who = enrollment.recipient
    item: Item = {
        "nik": {"S": who.nik},
        "programme": {"S": enrollment.programme},
        "v": {"N": str(VERSION)},
        "name": {"S": who.name},
        "aid": {"N": str(who.aid)},
        "bank": {"S": enrollment.bank},
        "scheme": {"S": enrollment.scheme},
        "batch": {"S": enrollment.batch},
        "chunk": {"N": str(enrollment.chunk)},
        "row": {"N": str(enrollment.row)},
        "reference": {"S": enrollment.reference},
        "premium": {"N": str(enrollment.premium)},
        "rule": {"S": enrollment.rule},
        "income": {"N": str(enrollment.income)},
        "starts": {"S": enrollment.starts.isoformat()},
        "ends": {"S": enrollment.ends.isoformat()},
        "enrolled_at": moment(enrollment.enrolled_at),
        "cover": {"S": enrollment.cover.value},
        "sms": {"S": enrollment.sms.value},
    }
    optional = {
        "phone": who.phone,
        "birth_date": who.birth_date and who.birth_date.isoformat(),
        "sex": who.sex,
        "regency": who.regency,
        "declared_income": who.income,
    }
    for name, value in optional.items():
        if value is not None:
            item[name] = {"N": str(value)} if isinstance(value, int) else {"S": value}
    return item


def enrollment_of(item: Mapping[str, Any]) -> Enrollment:
    """Return the enrollment that an item holds.

    Raises:
        NewerVersion: it was written by newer code.
    """
    _check_version(item)
    born = _text(item, "birth_date")
    declared = item.get("declared_income")
    sms_at = _text(item, "sms_at")
    return Enrollment(
        programme=item["programme"]["S"],
        recipient=Recipient(
            nik=item["nik"]["S"],
            name=item["name"]["S"],
            aid=int(item["aid"]["N"]),
            phone=_text(item, "phone"),
            birth_date=date.fromisoformat(born) if born else None,
            sex=_text(item, "sex"),
            regency=_text(item, "regency"),
            income=int(declared["N"]) if declared else None,
        ),
        bank=item["bank"]["S"],
        scheme=item["scheme"]["S"],
        batch=item["batch"]["S"],
        chunk=int(item["chunk"]["N"]),
        row=int(item["row"]["N"]),
        reference=item["reference"]["S"],
        premium=int(item["premium"]["N"]),
        rule=item["rule"]["S"],
        income=int(item["income"]["N"]),
        starts=date.fromisoformat(item["starts"]["S"]),
        ends=date.fromisoformat(item["ends"]["S"]),
        enrolled_at=datetime.fromisoformat(item["enrolled_at"]["S"]),
        cover=Cover(item["cover"]["S"]),
        sms=Sms(item["sms"]["S"]),
        sms_claim=_text(item, "sms_claim"),
        sms_at=datetime.fromisoformat(sms_at) if sms_at else None,
        sms_message_id=_text(item, "sms_message_id"),
        sms_reason=_text(item, "sms_reason"),
    )


def erasure_item(enrollment: Enrollment, erasure: Erasure) -> Item:
    """Return what is left of an erased enrollment: what it counted for, and nothing of who."""
    return {
        "batch": {"S": enrollment.batch},
        "part": {"S": f"erased#{enrollment.row:07d}"},
        "v": {"N": str(VERSION)},
        "programme": {"S": enrollment.programme},
        "premium": {"N": str(enrollment.premium)},
        "aid": {"N": str(enrollment.recipient.aid)},
        "erased_at": moment(erasure.at),
        "by": {"S": erasure.by},
        "reason": {"S": erasure.reason},
    }


def batch_key(batch: str) -> Item:
    """Return the key of a file."""
    return {"batch": {"S": batch}, "part": {"S": "batch"}}


def chunk_key(batch: str, chunk: int) -> Item:
    """Return the key of a chunk's progress."""
    return {"batch": {"S": batch}, "part": {"S": f"chunk#{chunk:05d}"}}


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
    if batch.fingerprint:
        item["fingerprint"] = {"S": batch.fingerprint}
    return item


def batch_of(item: Mapping[str, Any]) -> Batch:
    """Return the file that an item holds.

    Raises:
        NewerVersion: it was written by newer code.
    """
    _check_version(item)
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
        programme=_text(item, "programme"),
        rows=_int(item, "rows"),
        chunks=_int(item, "chunks"),
        chunk_rows=_int(item, "chunk_rows"),
        chunks_done=_int(item, "chunks_done"),
        errors=_findings_of(item["errors"]["S"]),
        warnings=_findings_of(item["warnings"]["S"]),
        fingerprint=_text(item, "fingerprint"),
        erased=_int(item, "erased"),
        watch=_watch(item),
        stuck=_text(item, "stuck"),
    )


def chunk_of(item: Mapping[str, Any]) -> ChunkProgress:
    """Return the progress that a chunk's item holds.

    Raises:
        NewerVersion: it was written by newer code.
    """
    _check_version(item)
    return ChunkProgress(
        chunk=int(item["part"]["S"].partition("#")[2]),
        next=_int(item, "next"),
        done="done" in item and item["done"]["BOOL"],
        tally=Tally(
            **{name: _int(item, name) for name in TALLY_FIELDS},
            codes={
                name.removeprefix(CODE_PREFIX): int(value["N"])
                for name, value in item.items()
                if name.startswith(CODE_PREFIX)
            },
        ),
        sms=SmsTally(**{name: _int(item, SMS_PREFIX + name) for name in SMS_FIELDS}),
    )


def watch_text(watch: Watch) -> str:
    """Return what the sweep saw, as one text."""
    return json.dumps([watch.mark, watch.since.isoformat(), watch.tries])


def _watch(item: Mapping[str, Any]) -> Watch | None:
    kept = _text(item, "watch")
    if kept is None:
        return None
    mark, since, tries = json.loads(kept)
    return Watch(mark, datetime.fromisoformat(since), tries)


def _check_version(item: Mapping[str, Any]) -> None:
    if int(item["v"]["N"]) > VERSION:
        raise NewerVersion("an item was written by newer code")


def _text(item: Mapping[str, Any], name: str) -> str | None:
    attribute = item.get(name)
    return attribute["S"] if attribute else None


def _int(item: Mapping[str, Any], name: str) -> int:
    attribute = item.get(name)
    return int(attribute["N"]) if attribute else 0


def _findings(findings: tuple[Finding, ...]) -> str:
    return json.dumps([finding.to_json() for finding in findings], ensure_ascii=False)


def _findings_of(body: str) -> tuple[Finding, ...]:
    return tuple(Finding.from_json(each) for each in json.loads(body))
