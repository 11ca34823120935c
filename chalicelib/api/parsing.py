"""Reads the input of a request: strictly, and each field once.

Two programs that read one request must not read two different requests: one of them checks it, the
other acts on it. So a field has one spelling and one place.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from chalicelib.api.refusals import BadRequest

AnyModel = TypeVar("AnyModel", bound=BaseModel)
Params = Mapping[str, Sequence[str]]
"""The parameters of an address; each may be given several times."""


class Nothing(BaseModel):
    """The model of an endpoint without input."""

    model_config = {"extra": "forbid", "hide_input_in_errors": True}


def body(kind: type[AnyModel], content: bytes) -> AnyModel:
    """Return the body of a request. `"true"`, `1` and `"10"` are no flags and numbers in JSON.

    Raises:
        BadRequest: it does not fit the model, or it has a field twice.
    """
    try:
        parsed = kind.model_validate_json(content, strict=True)
    except ValidationError as invalid:
        raise _invalid(kind, invalid) from None
    _once_each(kind, content)
    return parsed


def query(kind: type[AnyModel], params: Params) -> AnyModel:
    """Return the parameters of a request.

    Raises:
        BadRequest: they do not fit the model, or one is given twice.
    """
    # A parameter that is given twice stays a list. No field is a list, so it is refused.
    single = {name: each[0] if len(each) == 1 else list(each) for name, each in params.items()}
    try:
        return kind.model_validate(single)
    except ValidationError as invalid:
        raise _invalid(kind, invalid) from None


def _once_each(kind: type[BaseModel], content: bytes) -> None:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        given = Counter(name for name, _ in pairs)
        if twice := {name for name, times in given.items() if times > 1}:
            raise _unreadable(twice & _names(kind))
        return dict(pairs)

    try:
        json.loads(content, object_pairs_hook=once)
    except (ValueError, RecursionError):
        # The first of two values may be nested more deeply than this parser reads.
        raise _unreadable(()) from None


def _invalid(kind: type[BaseModel], invalid: ValidationError) -> BadRequest:
    """Return the refusal. It names only fields of the model: any other name may be a NIK."""
    found = {str(each["loc"][0]) for each in invalid.errors() if each["loc"]}
    return _unreadable(found & _names(kind))


def _unreadable(fields: Sequence[str] | set[str]) -> BadRequest:
    where = ", ".join(sorted(fields)) or "isinya"
    return BadRequest("request_invalid", f"Permintaan tidak dapat dibaca. Periksa: {where}.")


def _names(kind: type[BaseModel]) -> set[str]:
    return {each.alias or name for name, each in kind.model_fields.items()}
