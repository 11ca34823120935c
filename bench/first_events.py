"""The smallest event for each function, in the form that Lambda passes.

These are: a job about a file that is in no table, a request for a person who is not enrolled, an
empty upload, and a scheduled call with empty tables.
"""

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.domain.file.notification import Upload, notification_of
from chalicelib.domain.jobs import ChunkJob, ReportJob, ResendJob, SmsJob
from tests.support.builders import NOW, a_nik
from tests.support.delivery_logs import a_line, an_event
from tests.support.tokens import VARIABLES, claims_of

_BATCH = "7K3M9QX2"
_LOOKUP = "/enrollments/lookup"


def _message(body: str) -> dict[str, Any]:
    return {"Records": [{"messageId": "1", "body": body, "attributes": {}}]}


def _request() -> dict[str, Any]:
    """Return a request to the API, in API Gateway's form."""
    return {
        "requestContext": {
            "httpMethod": "POST",
            "resourcePath": _LOOKUP,
            "path": f"/v1{_LOOKUP}",
            "requestId": "1",
            "authorizer": {"claims": claims_of("dinas", VARIABLES)},
        },
        "headers": {"content-type": "application/json"},
        "pathParameters": None,
        "multiValueQueryStringParameters": None,
        "stageVariables": None,
        "body": json.dumps({"nik": a_nik()}),
        "isBase64Encoded": False,
    }


_SCHEDULED = {
    "version": "0",
    "id": "1",
    "source": "aws.events",
    "detail-type": "Scheduled Event",
    "detail": {},
    "account": "123456789012",
    "region": "ap-southeast-3",
    "time": NOW.isoformat(),
    "resources": [],
}
_UPLOAD = Upload(
    bucket="uploads", key="incoming/002/BPUM/a.csv", version="1", size=0, at=NOW, versioned=True
)
_RESEND = ResendJob(batch=_BATCH, chunk=1, by="bench", reason="bench", at=NOW)
_SMS = SmsJob(batch=_BATCH, chunk=1, programme="sulut-2026", niks=(a_nik(),))

FIRST_EVENTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "api": ("app.app", _request()),
    "intake": ("app.take_uploads", _message(notification_of(_UPLOAD))),
    "enroll": ("app.enroll_chunks", _message(ChunkJob(batch=_BATCH, chunk=1).model_dump_json())),
    "notify": ("app.send_confirmations", _message(_SMS.model_dump_json())),
    "forward": ("app.forward_receipts", an_event(a_line())),
    "receipts": ("app.take_receipts", _message(json.dumps(an_event(a_line())))),
    "resend": ("app.send_failed_again", _message(_RESEND.model_dump_json())),
    "gate": ("app.keep_gate", _SCHEDULED),
    "report": ("app.write_reports", _message(ReportJob(batch=_BATCH).model_dump_json())),
    "sweep": ("app.sweep_unfinished_files", _SCHEDULED),
    "erase": ("app.erase_one_person", {"nik": a_nik(), "by": "bench", "reason": "bench"}),
}
"""By the function's name: the handler that Lambda calls, and its event."""
