"""At least one request to each route of the API, by a user with permission."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from tests.faults.harness import Stage
from tests.support.builders import a_nik
from tests.support.tokens import claims_of

_FILES = 6
_GATES = ("pause", "resume")
_NO_LIST = "002-261129031500-7F3A"
_QUERIES = {
    "/totals": ("by",),
    "/totals/export": ("by", "form"),
    "/batches": ("bank",),
    "/outreach": ("bank", "reason"),
    "/access/file": ("order",),
    "/batches/{batch}/results": ("reason",),
}


def requests(stage: Stage) -> Iterator[dict[str, Any]]:
    """Iterate over requests to every route, as events of API Gateway."""
    for batch in stage.picture().batches[:_FILES]:
        yield from _about(stage, batch)


def reversal_of(batch: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Iterate over the requests of the two users who reverse a file, as events of API Gateway."""
    reason = "a test of what is called"
    places = {"batch": batch["batch"], "bank": batch["bank"], "reason": reason}
    path, decided = "/batches/{batch}/reversal", {"approve": True, "reason": reason}
    yield _request(path, "POST", {"reason": reason}, places, "dinas", "petugas-1")
    yield _request(f"{path}/decision", "POST", decided, places, "dinas", "petugas-2")


def payment_of(remittance: str, amount: int, day: date) -> Iterator[dict[str, Any]]:
    """Iterate over the requests of a bank and of BPJS that bring a list to its receipt."""
    path, code, until = "/remittances/{remittance}", "63-2611-1", day + timedelta(days=90)
    places = {"remittance": remittance, "bank": "002", "reason": "a test", "batch": ""}
    money = {"code": code, "reference": "A-1", "amount": amount, "day": day.isoformat()}
    cover = {"starts": day.isoformat(), "ends": until.isoformat()}
    bill = {"code": code, "bill": amount, "expires": until.isoformat()}
    yield _request(f"{path}/code", "POST", bill, places, "bpjs")
    yield _request(f"{path}/payment", "POST", {**money, "channel": "RTGS"}, places, "bank-002")
    yield _request(f"{path}/receipt", "POST", {**money, **cover}, places, "bpjs")


def cut_of(remittance: str, reference: str) -> dict[str, Any]:
    """Return the request of a bank that takes one person off a list that is paid short."""
    places = {"remittance": remittance, "bank": "002", "reason": "a test", "batch": ""}
    body = {"references": [reference], "reason": "a test"}
    return _request("/remittances/{remittance}/cut", "POST", body, places, "bank-002")


def cancellation_of(remittance: str) -> dict[str, Any]:
    """Return the request of a bank that cancels a list."""
    places = {"remittance": remittance, "bank": "002", "reason": "a test", "batch": ""}
    path = "/remittances/{remittance}/cancellation"
    return _request(path, "POST", {"reason": "a test"}, places, "bank-002")


def list_of(programme: str) -> dict[str, Any]:
    """Return the request of a bank that lists what is due."""
    places = {"bank": "002", "reason": "a test", "batch": ""}
    return _request("/remittances", "POST", {"programme": programme}, places, "bank-002")


def _about(stage: Stage, batch: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    day = (stage.time() - timedelta(days=1)).date().isoformat()
    reference = {
        "batch": batch["batch"],
        "bank": batch["bank"],
        "reason": "a test of what is called",
        "order": "20261101T173000Z-0123abcd",
    }
    bodies = {
        "/enrollments/lookup": [
            {"nik": a_nik(2)},
            {"nik": a_nik(4999)},
            {"nik": a_nik(2), "unmask": True, "reason": reference["reason"]},
        ],
        "/enrollments/resend": [{"nik": a_nik(2), "reason": reference["reason"]}],
        "/batches/{batch}/resend": [{"reason": reference["reason"]}],
        "/batches/{batch}/reversal": [{"reason": reference["reason"]}],
        "/batches/{batch}/reversal/decision": [{"approve": True, "reason": reference["reason"]}],
        "/sms/gate": [{"action": each, "reason": reference["reason"]} for each in _GATES],
        "/uploads": [{"scheme": "BPUM", "file_name": "penerima.csv", "size": 1000}],
        "/outreach": [{"bank": reference["bank"]}],
        "/access": [{"from": day, "to": day, "reason": reference["reason"]}],
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
    user: str = "petugas",
) -> dict[str, Any]:
    return {
        "resource": path,
        "path": path.format(**{"remittance": _NO_LIST, **places}, name="app.js"),
        "httpMethod": method,
        "headers": {"content-type": "application/json"},
        "multiValueHeaders": {},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": _asked(path, places) if method == "GET" else None,
        "pathParameters": {
            "batch": places["batch"],
            "remittance": places.get("remittance", _NO_LIST),
            "name": "app.js",
        },
        "stageVariables": None,
        "requestContext": {
            "resourcePath": path,
            "httpMethod": method,
            "path": path,
            "stage": "v1",
            "requestId": "11111111-1111-1111-1111-111111111111",
            "identity": {"sourceIp": "192.0.2.1"},
            "authorizer": {
                "claims": claims_of(groups, username=user),
            },
        },
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def _asked(path: str, places: Mapping[str, str]) -> dict[str, list[str]] | None:
    values = {"by": "bank", "form": "xlsx", "bank": places["bank"], "reason": places["reason"]}
    values["order"] = places.get("order", "")
    return {name: [values[name]] for name in _QUERIES.get(path, ())} or None
