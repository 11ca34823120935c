"""Starts as one function and calls it once. It runs in a separate process.

`python first_call.py app.enroll_chunks < event.json` prints the CPU seconds of the import, of the
first client and of the first call, the services that were called, and the number of messages that
were returned to the queue. This process also gives AWS's answers: every table is empty, and every
queue accepts every message. Before the clock starts, this module imports only what Lambda itself
has imported when it starts a function.
"""

import importlib
import json
import sys
import time
from types import SimpleNamespace
from typing import Any

_ANSWER = {
    "Count": 0,
    "Failed": [],
    "Items": [],
    "Responses": {},
    "SecretString": "of the bench",
    "State": "Enabled",
    "Successful": [],
}
"""One answer for DynamoDB, SQS, Lambda and other services. Each client reads its own fields."""
_REMAINING = 60_000  # milliseconds


class _Body:
    """The body of an answer, in the form that botocore reads."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Any:
        yield self._body

    def read(self, *_: Any) -> bytes:
        body, self._body = self._body, b""
        return body


def main(handler: str) -> None:
    begun = time.process_time()
    app = importlib.import_module("app")
    imported = time.process_time()
    _ = importlib.import_module("chalicelib.lambdas.wiring").world().batches
    ready = time.process_time()
    event = json.load(sys.stdin)
    asked = _without_aws()
    context = SimpleNamespace(
        function_name=handler,
        aws_request_id="1",
        get_remaining_time_in_millis=lambda: _REMAINING,
    )
    called = time.process_time()
    answer = getattr(app, handler.partition(".")[2])(event, context)
    ended = time.process_time()
    result = {
        "import": imported - begun,
        "client": ready - imported,
        "call": ended - called,
        "asked": sorted(asked),
        "status": (answer or {}).get("statusCode"),
        "given_back": len((answer or {}).get("batchItemFailures", ())),
    }
    print(json.dumps(result))


def _without_aws() -> set[str]:
    """Answer every request in this process; return the set of called services, which fills up."""
    awsrequest = importlib.import_module("botocore.awsrequest")
    session = importlib.import_module("botocore.httpsession").URLLib3Session
    asked: set[str] = set()

    def send(_: Any, request: Any) -> Any:
        host = request.url.partition("//")[2].partition("/")[0].split(".")
        service = "s3" if "s3" in host else host[0]
        asked.add(service)
        body = b"" if service == "s3" else json.dumps(_ANSWER).encode()
        return awsrequest.AWSResponse(request.url, 200, {}, _Body(body))

    session.send = send
    return asked


if __name__ == "__main__":
    main(sys.argv[1])
