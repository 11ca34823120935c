"""Reads a template after the transformation of SAM."""

import re
from collections.abc import Mapping
from typing import Any

Resources = Mapping[str, Mapping[str, Any]]


def of_type(resources: Resources, kind: str) -> dict[str, Any]:
    return {n: each["Properties"] for n, each in resources.items() if each["Type"] == kind}


def target(value: Any) -> str:
    """Return the logical id that a reference names."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return name
        case {"Fn::Sub": str(text)} if found := re.fullmatch(r"\$\{(\w+)(\.\w+)?\}", text):
            return found[1]
    raise AssertionError(f"{value} is no reference to a resource")
