"""Measures the CPU time of API requests: lookups by NIK and by reference, and others.

    python bench/lookups.py [--times 300] [--rows 1960]

The functions run as on Lambda, including boto3. AWS's answers are recorded once and replayed, so
only payung's side is measured. The bound for a lookup is 10 ms.
"""

import argparse
import json
import platform
import sys
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from botocore.awsrequest import AWSRequest, AWSResponse
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse

from local.application import application
from local.cloud import build, embedded, read_template
from local.pump import Context, Limits, Pump
from tests.support.builders import NOW, a_nik
from tests.support.tokens import claims_of
from tests.support.world import HEADER, a_line

_OK = 200
KEY = "incoming/002/BPUM/penerima.csv"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=300)
    parser.add_argument("--rows", type=int, default=1960, help="a full chunk has 1960")
    options = parser.parse_args()
    with embedded(lambda: NOW) as session:
        cloud = build(session, read_template())
        with application(cloud.environment, lambda: NOW) as app:
            lines = [HEADER, *(a_line(n) for n in range(1, options.rows + 1)), ""]
            body = "\n".join(lines).encode()
            session.client("s3").put_object(Bucket=cloud.bucket, Key=KEY, Body=body)
            Pump(app, cloud, session).drive(lambda: None)
            measure(app, options.rows, options.times)


def measure(app: Any, rows: int, times: int) -> None:
    replay_aws()
    last = {"nik": a_nik(rows)}
    found = ask(app, "POST", "/enrollments/lookup", last)["enrollments"][0]
    requests: dict[str, tuple[str, str, Any]] = {
        "lookup by NIK": ("POST", "/enrollments/lookup", last),
        "lookup by reference": ("POST", "/enrollments/lookup", {"reference": found["reference"]}),
        "GET /batches": ("GET", "/batches", None),
        "GET /batches/{batch}": ("GET", "/batches/{batch}", None),
        "GET /batches/{batch}/rows": ("GET", "/batches/{batch}/rows", None),
        "GET /me": ("GET", "/me", None),
    }
    print(f"{rows} rows in the file, {times} times, Python {platform.python_version()}")
    print("                             median ms    95 % ms")
    for name, (method, path, body) in requests.items():
        ask(app, method, path, body, found["batch"])
        took = []
        for _ in range(times):
            start = time.process_time()
            ask(app, method, path, body, found["batch"])
            took.append((time.process_time() - start) * 1000)
        print(f"{name:<28} {median(took):>9.2f} {quantiles(took, n=20)[-1]:>10.2f}")


def ask(app: Any, method: str, path: str, body: Any, batch: str = "") -> Any:
    event = {
        "requestContext": {
            "httpMethod": method,
            "resourcePath": path,
            "path": path,
            "authorizer": {"claims": claims_of("dinas")},
        },
        "headers": {"content-type": "application/json"},
        "pathParameters": {"batch": batch},
        "multiValueQueryStringParameters": None,
        "stageVariables": None,
        "body": None if body is None else json.dumps(body),
    }
    answer = app(event, Context("api_handler", Limits()))
    if answer["statusCode"] != _OK:
        sys.exit(f"{method} {path}: {answer['body']}")
    return json.loads(answer["body"])


def replay_aws() -> None:
    """Let the embedded AWS answer every request once, and replay this answer afterwards."""
    recorded: dict[Any, tuple[int, Any, bytes]] = {}
    original = BotocoreStubber.__call__

    def answer(self: Any, event_name: str, request: AWSRequest, **more: Any) -> AWSResponse:
        target = request.headers.get("X-Amz-Target", b"")
        logs = b"Logs" in (target if isinstance(target, bytes) else target.encode())
        key = (request.method, request.url, target, None if logs else request.body)
        if key not in recorded:
            first = original(self, event_name, request, **more)
            recorded[key] = first.status_code, first.headers, first.content
        status, headers, content = recorded[key]
        return AWSResponse(request.url, status, headers, MockRawResponse(content))

    BotocoreStubber.__call__ = answer


if __name__ == "__main__":
    main()
