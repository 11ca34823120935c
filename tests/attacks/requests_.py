"""Requests that no page of ours makes: bodies, parameters and ids."""

import json
from typing import Any

from chalicelib.api.requests import Endpoint
from tests.attacks.payloads import MARKUP, NUMBERS, PATHS

_NIK = "7171015203900007"

BODIES: tuple[bytes, ...] = (
    b"",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"0",
    b'"x"',
    b"{",
    b"{]",
    b'{"a":1}{"b":2}',
    b'{"nik":"1","nik":"2"}',
    b'{"nik":NaN}',
    b'{"nik":Infinity}',
    b'{"size":1e400}',
    b"[" * 4_000,
    b'{"a":' * 1_500 + b"1" + b"}" * 1_500,
    b"\xff\xfe{\x00}\x00",
    b"\xef\xbb\xbf{}",
    b"\x00",
    b'{"nik":"\\ud800"}',
    b'{"nik":"\\u0000"}',
    b"{}" + b" " * 8_191,
    b'{"nik":"' + b"7" * 8_000 + b'"}',
    b'{"nik":"' + b"7" * 9_000 + b'"}',
    b"nik=7171015203900007",
    b"<nik>7171015203900007</nik>",
)
_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    "",
    " ",
    [],
    {},
    [_NIK],
    {"$ne": None},
    {"S": _NIK},
    "x" * 4_000,
    *MARKUP,
    *PATHS[:6],
    *NUMBERS,
)
_FIELDS = (
    "nik",
    "reference",
    "phone",
    "reason",
    "unmask",
    "scheme",
    "file_name",
    "size",
    "bank",
    "action",
    "batch",
    "unknown",
)
FIELDS: tuple[bytes, ...] = tuple(
    json.dumps({field: value}).encode() for field in _FIELDS for value in _VALUES
)
TOGETHER: tuple[bytes, ...] = tuple(
    json.dumps(dict.fromkeys(_FIELDS[:start] + _FIELDS[start + 1 :], value)).encode()
    for start in range(3)
    for value in _VALUES
)

PARAMETERS: tuple[dict[str, Any], ...] = (
    *({name: value} for name in ("limit", "page") for value in ("-1", "0", "x", "1e9", "9" * 40)),
    *(
        {name: value}
        for name in ("bank", "scheme", "cursor", "from", "until", "by", "programme", "disposition")
        for value in ("", "x", "' OR 1=1", "../..", "\0", "\ud7ff", "9" * 600, *MARKUP[:4])
    ),
    {"bank": ["002", "008"]},
    {"limit": ["1", "2"]},
    {"unknown": "1"},
    {"reason": ""},
    {"reason": _NIK},
)
IDS = (
    "",
    "x",
    "7K3M9QX2",
    "7k3m9qx2",
    "7K3M9QX",
    "sms#1",
    "gate",
    "fingerprint#1",
    "totals#sulut-2026",
    "..",
    "%2e%2e",
    "7K3M9QX2%00",
    "7K3M9QX2'--",
    "*",
    "\u0000",
    "A" * 2_000,
    *MARKUP[:5],
    *NUMBERS[:4],
)
"""Ids of files in a path; some are keys of other items of the same table."""

REASON = "Ditanyakan di loket"


def asked_with_a_reason(
    endpoint: Endpoint,
) -> tuple[dict[str, Any] | None, dict[str, str] | None]:
    """Return body and query with a reason, wherever the operation wants one."""
    given = {"reason": REASON}
    wants = [m is not None and "reason" in m.model_fields for m in (endpoint.body, endpoint.query)]
    body: dict[str, Any] | None = dict(given) if wants[0] else {} if endpoint.body else None
    if body is not None and endpoint.body and "approve" in endpoint.body.model_fields:
        body["approve"] = True
    return body, given if wants[1] else None
