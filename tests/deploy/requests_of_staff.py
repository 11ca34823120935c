"""One request or more to each of the API's routes, by somebody who may make it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from builders import a_nik
from stage import Stage

_GATES = ("pause", "resume")


def requests(stage: Stage) -> Iterator[dict[str, Any]]:
    """Iterate over requests to every route, as API Gateway hands them to the function."""
    batch = stage.picture().batches[0]
    reference = {
        "batch": batch["batch"],
        "bank": batch["bank"],
        "reason": "a test of what is called",
    }
    bodies = {
        "/enrollments/lookup": [{"nik": a_nik(2)}, {"nik": a_nik(4999)}],
        "/enrollments/resend": [{"nik": a_nik(2), "reason": reference["reason"]}],
        "/batches/{batch}/resend": [{"reason": reference["reason"]}],
        "/sms/gate": [{"action": each, "reason": reference["reason"]} for each in _GATES],
        "/uploads": [{"scheme": "BPUM", "file_name": "penerima.csv", "size": 1000}],
        "/outreach": [{"bank": reference["bank"]}],
    }
    for path, methods in stage.app.routes.items():
        for method in methods:
            for body in bodies.get(path, [{}]) if method == "POST" else [None]:
                groups = f"bank-{batch['bank']}" if path == "/uploads" else "dinas"
                yield _request(path, method, body, reference, groups)


def _request(
    path: str,
    method: str,
    body: Mapping[str, Any] | None,
    places: Mapping[str, str],
    groups: str,
) -> dict[str, Any]:
    return {
        "resource": path,
        "path": path.format(**places, name="app.js"),
        "httpMethod": method,
        "headers": {"content-type": "application/json"},
        "multiValueHeaders": {},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": {"bank": [places["bank"]], "by": ["bank"]}
        if method == "GET"
        else None,
        "pathParameters": {"batch": places["batch"], "name": "app.js"},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": path,
            "httpMethod": method,
            "path": path,
            "stage": "v1",
            "requestId": "11111111-1111-1111-1111-111111111111",
            "identity": {"sourceIp": "192.0.2.1"},
            "authorizer": {
                "claims": {
                    "sub": "00000000-0000-0000-0000-000000000000",
                    "cognito:username": "petugas",
                    "cognito:groups": groups,
                    "token_use": "id",
                }
            },
        },
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }
