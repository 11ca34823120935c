"""Merges the parts of the template, and adds the common properties of each resource type."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from . import alarms
from .files import AssemblyError, known, label, mapping, read_toml, read_yaml

Document = dict[str, dict[str, Any]]
"""A template, or a part of one: the entries of each section by their names."""

SECTIONS = ("Parameters", "Rules", "Conditions", "Resources", "Outputs")
_DASHBOARD = "AWS::CloudWatch::Dashboard"
SHARED = "Shared"
"""A section with YAML anchors for the rest of its file; it is not part of the template."""


def merge(folder: Path) -> Document:
    """Return the template, made of `resources/*.yaml`, `alarms.toml` and `defaults.yaml`.

    Raises:
        AssemblyError: a file is not of its form, or they contradict each other.
    """
    parts = [
        (label(path), read_yaml(path)) for path in sorted((folder / "resources").glob("*.yaml"))
    ]
    rows = folder / "alarms.toml"
    made = alarms.resources(read_toml(rows), label(rows))
    parts.append((label(rows), {"Resources": made}))
    merged = _merge(parts)
    defaults = folder / "defaults.yaml"
    merged["Resources"] = _add_defaults(merged["Resources"], read_yaml(defaults), label(defaults))
    _show_alarms(merged["Resources"], made)
    return merged


def _show_alarms(resources: Mapping[str, Any], made: Mapping[str, Any]) -> None:
    """Replace `${Alarms}` in the bodies of dashboards by all alarms."""
    for body in resources.values():
        if body["Type"] == _DASHBOARD:
            text = body["Properties"]["DashboardBody"]["Fn::Sub"]
            body["Properties"]["DashboardBody"] = {
                "Fn::Sub": [text, {"Alarms": alarms.listed(made)}]
            }


def _merge(parts: Iterable[tuple[str, Mapping[str, Any]]]) -> Document:
    merged: Document = {section: {} for section in SECTIONS}
    places: dict[tuple[str, str], str] = {}
    for place, part in parts:
        known(part, (*SECTIONS, SHARED), place)
        for section in SECTIONS:
            for name, body in mapping(part.get(section, {}), f"{section} in {place}").items():
                if before := places.get((section, name)):
                    raise AssemblyError(f"{name} is in {before} and in {place}: rename one")
                places[section, name] = place
                merged[section][name] = body
    return merged


def _add_defaults(
    resources: Mapping[str, Any], defaults: Mapping[str, Any], place: str
) -> dict[str, Any]:
    for name, body in resources.items():
        if "Type" not in mapping(body, name):
            raise AssemblyError(f"{name} has no Type")
    if unused := sorted(set(defaults) - {body["Type"] for body in resources.values()}):
        raise AssemblyError(
            f"{place} is about {', '.join(unused)}, but no resource is of that type"
        )
    return {
        name: _override(mapping(defaults.get(body["Type"], {}), body["Type"]), body)
        for name, body in resources.items()
    }


def _override(default: Any, own: Any) -> Any:
    """Return the default with its own values in it; lists and `Fn::` calls are replaced whole."""
    if not (_has_keys(default) and _has_keys(own)):
        return own
    return default | {
        key: _override(default[key], value) if key in default else value
        for key, value in own.items()
    }


def _has_keys(value: Any) -> bool:
    return isinstance(value, dict) and not any(
        key == "Ref" or key.startswith("Fn::") for key in value
    )
