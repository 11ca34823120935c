"""The API's documentation: OpenAPI 3.1, made from the endpoints and their models."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, RootModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chalicelib.api import Endpoint, ErrorResponse
from chalicelib.permissions import PERMISSIONS

_REF = "#/components/schemas/{model}"
_REFUSALS: Mapping[int, tuple[str, str, str]] = {
    400: (
        "The question is wrong: a field, a NIK, a reference, a cursor.",
        "request_invalid",
        "Permintaan tidak dapat dibaca. Periksa: nik.",
    ),
    401: (
        "No valid ID token: nobody is signed in, or no longer.",
        "not_signed_in",
        "Sesi Anda sudah berakhir. Silakan masuk lagi.",
    ),
    403: (
        "Whoever asks may not do that, or not with that bank's files.",
        "not_allowed",
        "Akun Anda tidak berhak melakukan ini.",
    ),
    404: (
        "There is no such thing, or none that whoever asks may know of.",
        "not_enrolled",
        "NIK ini belum terdaftar dalam perlindungan.",
    ),
    409: (
        "It cannot be done as things stand now.",
        "asked_today",
        "SMS untuk orang ini sudah dikirim ulang hari ini. Coba lagi besok.",
    ),
    413: (
        "More than is taken.",
        "too_large",
        "Permintaan terlalu besar.",
    ),
    415: (
        "The body is said to be something else than JSON.",
        "not_json",
        "Kirim permintaan sebagai application/json.",
    ),
    429: (
        "Too many requests; wait a little.",
        "too_many_requests",
        "Terlalu banyak permintaan. Tunggu sebentar, lalu coba lagi.",
    ),
    500: (
        "A fault of ours; nothing was told. It may be asked again.",
        "internal",
        "Ada gangguan pada sistem. Silakan coba lagi sebentar lagi.",
    ),
}
_PLACES: Mapping[str, Mapping[str, Any]] = {
    "batch": {
        "description": "a file's id; small letters are taken too",
        "schema": {"type": "string", "minLength": 1},
        "example": "7K3M9QX2",
    }
}
_ABOUT = """\
Staff of the province and of BPJS, and banks, ask whether a person is protected, how far a file is,
and what the sums are.

Every call carries a Cognito ID token. The groups in it decide: `dinas` may do everything but
upload, `bpjs` sees everything and changes nothing, `bank-<code>` sees that bank's own files and
people.

Amounts are whole rupiah, those for messages US dollars as decimal text. Moments are UTC, days are
the province's. A list's page may be shorter than `limit`, even empty: go on with `next` until it is
null. Whatever is refused is answered with `error`: a stable `code` and what to do, in Indonesian.
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
        "servers": [{"url": ".", "description": "where this document stands"}],
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
    """Return each model's schema (a reference), and what they refer to."""
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
    told: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": _description(endpoint),
    }
    if parameters := [*map(_place, endpoint.places), *_parameters(endpoint)]:
        told["parameters"] = parameters
    if endpoint.body:
        content = {"schema": schemas[endpoint.body], "example": dict(endpoint.example)}
        told["requestBody"] = {"required": True, "content": {"application/json": content}}
    answer = {"schema": schemas[endpoint.answer], "example": endpoint.gives}
    told["responses"] = {
        str(endpoint.status): {
            "description": (endpoint.answer.__doc__ or "").split("\n")[0],
            "content": {"application/json": answer},
        },
        **{str(each): {"$ref": f"#/components/responses/{each}"} for each in endpoint.statuses},
    }
    return told


def _description(endpoint: Endpoint) -> str:
    roles = ", ".join(sorted(PERMISSIONS[endpoint.action]))
    traced = " Every call leaves a line in the audit trail." if endpoint.traced else ""
    return f"For: {roles} (`{endpoint.action.value}`).{traced}"


def _place(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, **_PLACES[name]}


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    """Return the query's parameters; their schemas stand in place, enumerations included."""
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
    """Return a parameter's schema: what may be left out is left out, and never null."""
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
    return {
        "description": description,
        "content": {
            "application/json": {
                "schema": {"$ref": _REF.format(model=ErrorResponse.__name__)},
                "example": {"error": error},
            }
        },
    }
