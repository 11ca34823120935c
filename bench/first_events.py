"""The least that each function can be asked, as Lambda hands it over.

A job about a file that no table knows, a request for a person who is not enrolled, an upload that
is empty, a look at tables where there is nothing.
"""

import json
from collections.abc import Mapping
from typing import Any

from builders import NOW, a_nik
from delivery_logs import a_line, an_event

from chalicelib.domain.jobs import ChunkJob, ReportJob, ResendJob, SmsJob
from chalicelib.domain.notification import Upload, notification_of

_BATCH = "7K3M9QX2"
_LOOKUP = "/enrollments/lookup"


def _message(body: str) -> dict[str, Any]:
    return {"Records": [{"messageId": "1", "body": body, "attributes": {}}]}


def _request() -> dict[str, Any]:
    """Return a request to the API, as API Gateway hands it over."""
    return {
        "requestContext": {
            "httpMethod": "POST",
            "resourcePath": _LOOKUP,
            "path": f"/v1{_LOOKUP}",
            "requestId": "1",
            "authorizer": {"claims": {"cognito:username": "ani", "cognito:groups": "dinas"}},
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
    "receipts": ("app.take_receipts", an_event(a_line())),
    "resend": ("app.send_failed_again", _message(_RESEND.model_dump_json())),
    "gate": ("app.keep_gate", _SCHEDULED),
    "report": ("app.write_reports", _message(ReportJob(batch=_BATCH).model_dump_json())),
    "sweep": ("app.look_for_files_that_stand_still", _SCHEDULED),
    "erase": ("app.erase_one_person", {"nik": a_nik(), "by": "bench", "reason": "bench"}),
}
"""By the function's name: what Lambda calls in it, and with what."""
