"""Run in a process of its own: start as one function does, and be called once.

`python first_call.py app.enroll_chunks < event.json` prints how many seconds of CPU the import, the
first client and the first call took, which services were asked, and how many messages were given
back. AWS answers within the process: every table is empty, and every queue takes what it is given.
Nothing is imported beforehand that a function does not have when Lambda starts it.
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
"""What DynamoDB, SQS, Lambda and the like answer: each reads its own out of it."""
_REMAINING = 60_000  # milliseconds


class _Body:
    """What botocore reads an answer from."""

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
    _ = importlib.import_module("chalicelib.wiring").world().batches
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
    told = {
        "import": imported - begun,
        "client": ready - imported,
        "call": ended - called,
        "asked": sorted(asked),
        "status": (answer or {}).get("statusCode"),
        "given_back": len((answer or {}).get("batchItemFailures", ())),
    }
    print(json.dumps(told))


def _without_aws() -> set[str]:
    """Have every request answered here; return the services' names as they are asked."""
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
