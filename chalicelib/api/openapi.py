"""The API's documentation: OpenAPI 3.1, generated from the endpoints and their models."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, RootModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chalicelib.api.permissions import PERMISSIONS
from chalicelib.api.requests import Endpoint, ErrorResponse

_REF = "#/components/schemas/{model}"
_REFUSALS: Mapping[int, tuple[str, str, str]] = {
    400: (
        "The request is wrong: a field, a NIK, a reference or a cursor.",
        "request_invalid",
        "Permintaan tidak dapat dibaca. Periksa: nik.",
    ),
    401: (
        "There is no valid ID token: nobody is signed in, or the session has ended.",
        "not_signed_in",
        "Sesi Anda sudah berakhir. Silakan masuk lagi.",
    ),
    403: (
        "The caller may not do this, or may not see that bank's files.",
        "not_allowed",
        "Akun Anda tidak berhak melakukan ini.",
    ),
    404: (
        "It does not exist, or the caller may not see it.",
        "not_enrolled",
        "NIK ini belum terdaftar dalam perlindungan.",
    ),
    409: (
        "The current state does not allow it.",
        "asked_today",
        "SMS untuk orang ini sudah dikirim ulang hari ini. Coba lagi besok.",
    ),
    413: (
        "The request or the file is too large.",
        "too_large",
        "Permintaan terlalu besar.",
    ),
    415: (
        "The content type of the body is not JSON.",
        "not_json",
        "Kirim permintaan sebagai application/json.",
    ),
    429: (
        "Too many requests of this user, this bank (`limit_reached`) or this address.",
        "limit_reached",
        "Batas pencarian tercapai: paling banyak 300 dalam satu jam untuk satu pengguna.",
    ),
    500: (
        "payung has a fault; the answer holds no data. The caller may try again.",
        "internal",
        "Ada gangguan pada sistem. Silakan coba lagi sebentar lagi.",
    ),
}
_TOO_MANY = 429
_PLACES: Mapping[str, Mapping[str, Any]] = {
    "batch": {
        "description": "the id of a file; lower-case letters are accepted",
        "schema": {"type": "string", "minLength": 1},
        "example": "7K3M9QX2",
    },
    "remittance": {
        "description": "the id of a list of premiums",
        "schema": {"type": "string", "minLength": 1},
        "example": "002-261129031500-7F3A",
    },
}
_ABOUT = """\
Banks and the staff of the province and of BPJS use this API. It answers whether a person is
protected, how far a file is, and what the sums are.

Every call carries a Cognito ID token. The groups in the token decide what the caller may do:
`dinas` may do everything except upload and pay premiums, `bpjs` sees everything and gives payment
codes and receipts, and `bank-<code>` sees the files and people of that bank.

Amounts are whole rupiah. Amounts for messages are US dollars as decimal text. Times are UTC. Days
are days in the province's time zone. A page of a list may have fewer items than `limit`, even none:
request the page of `next` until `next` is null. A refused request is answered with `error`: it has
a stable `code` and a text in Indonesian that says what to do.
"""


class Document(RootModel[dict[str, Any]]):
    """An OpenAPI document."""


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """Return the documentation of these endpoints."""
    schemas, components = _schemas(endpoints)
    paths: dict[str, dict[str, Any]] = {}
    for each in endpoints:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "payung", "version": "1", "description": _ABOUT},
        "servers": [{"url": ".", "description": "the address of this document"}],
        "security": [{"IdToken": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "IdToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
            "responses": {str(status): _refusal(status) for status in _REFUSALS},
        },
    }


def _schemas(
    endpoints: Iterable[Endpoint],
) -> tuple[Mapping[type[BaseModel], dict[str, Any]], dict[str, Any]]:
    """Return the schema of each model (a reference), and the components that they refer to."""
    taken: set[type[BaseModel]] = {each.body for each in endpoints if each.body}
    given: set[type[BaseModel]] = {*(each.answer for each in endpoints), ErrorResponse}
    wanted = sorted(taken | given, key=lambda model: model.__name__)
    modes: dict[type[BaseModel], JsonSchemaMode] = {
        each: "validation" if each in taken else "serialization" for each in wanted
    }
    of_models, definitions = models_json_schema(list(modes.items()), ref_template=_REF)
    return {each: of_models[each, modes[each]] for each in wanted}, definitions["$defs"]


def _operation(
    endpoint: Endpoint, schemas: Mapping[type[BaseModel], dict[str, Any]]
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": _description(endpoint),
    }
    if parameters := [*map(_place, endpoint.places), *_parameters(endpoint)]:
        operation["parameters"] = parameters
    if endpoint.body:
        content = {"schema": schemas[endpoint.body], "example": dict(endpoint.example)}
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    answer = {"schema": schemas[endpoint.answer], "example": endpoint.gives}
    operation["responses"] = {
        str(endpoint.status): {
            "description": (endpoint.answer.__doc__ or "").split("\n")[0],
            "content": {"application/json": answer},
        },
        **{str(each): {"$ref": f"#/components/responses/{each}"} for each in endpoint.statuses},
    }
    return operation


def _description(endpoint: Endpoint) -> str:
    roles = ", ".join(sorted(PERMISSIONS[endpoint.action]))
    traced = " Every call leaves a line in the audit trail." if endpoint.traced else ""
    return f"For: {roles} (`{endpoint.action.value}`).{traced}"


def _place(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, **_PLACES[name]}


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    """Return the query's parameters; their schemas are inline, enumerations too."""
    if endpoint.query is None:
        return []
    schema = endpoint.query.model_json_schema(by_alias=True, ref_template="{model}")
    found = []
    for name, about in schema["properties"].items():
        parameter: dict[str, Any] = {"name": name, "in": "query", "schema": _plain(about, schema)}
        if name in schema.get("required", ()):
            parameter["required"] = True
        if text := about.get("description"):
            parameter["description"] = text
        if name in endpoint.example:
            parameter["example"] = endpoint.example[name]
        found.append(parameter)
    return found


def _plain(about: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a parameter's schema. An optional parameter is left out; it is never null."""
    options = [each for each in about.get("anyOf", [about]) if each.get("type") != "null"]
    (option,) = options
    if "$ref" in option:
        option = {**schema["$defs"][option["$ref"]]}
        option.pop("description", None)
    kept = {"default"} if about.get("default") is not None else set()
    plain = {name: value for name, value in option.items() if name not in {"title", "default"}}
    return plain | {name: about[name] for name in kept}


def _refusal(status: int) -> dict[str, Any]:
    description, code, message = _REFUSALS[status]
    error = {"code": code, "message": message, "request_id": "b2c5…"}
    waits = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer"}}}
    return {
        "description": description,
        **({"headers": waits} if status == _TOO_MANY else {}),
        "content": {
            "application/json": {
                "schema": {"$ref": _REF.format(model=ErrorResponse.__name__)},
                "example": {"error": error},
            }
        },
    }
