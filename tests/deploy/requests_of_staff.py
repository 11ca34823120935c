"""One request or more to each of the API's routes, by somebody who may make it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from builders import a_nik
from stage import Stage

_FILES = 6
_GATES = ("pause", "resume")
_QUERIES = {"/totals": {"by": ["bank"]}, "/outreach": {"bank": ["002"]}}
_QUERIES = {"/totals": ("by",), "/batches": ("bank",), "/outreach": ("bank",)}


def requests(stage: Stage) -> Iterator[dict[str, Any]]:
    """Iterate over requests to every route, as API Gateway hands them to the function."""
    for batch in stage.picture().batches[:_FILES]:
        yield from _about(stage, batch)


def _about(stage: Stage, batch: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    reference = {
        "batch": batch["batch"],
        "bank": batch["bank"],
        "reason": "a test of what is called",
    }
    bodies = {
        "/enrollments/lookup": [
            {"nik": a_nik(2)},
            {"nik": a_nik(4999)},
            {"nik": a_nik(2), "unmask": True, "reason": reference["reason"]},
        ],
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
        "multiValueQueryStringParameters": _asked(path, places) if method == "GET" else None,
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


def _asked(path: str, places: Mapping[str, str]) -> dict[str, list[str]] | None:
    values = {"by": "bank", "bank": places["bank"]}
    return {name: [values[name]] for name in _QUERIES.get(path, ())} or None
