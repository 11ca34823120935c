"""Reads the files of `.chalice/`: YAML with CloudFormation's `!` tags, and TOML."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from local.errors import LocalError

_MERGE = "tag:yaml.org,2002:merge"  # the key `<<`


class AssemblyError(LocalError):
    """The files of `.chalice/` do not fit together; the text names the file and the reason."""


def label(path: Path) -> str:
    """Return the name of a file in error texts: `resources/queues.yaml`."""
    return f"{path.parent.name}/{path.name}"


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a mapping from YAML; `!Ref X` becomes `{"Ref": "X"}`, `!GetAtt X.Arn` a list of two.

    Raises:
        AssemblyError: the file is missing or is not such YAML, or a key occurs twice in a mapping.
    """
    try:
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  # a SafeLoader
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise AssemblyError(f"{label(path)}: {error}") from None
    return mapping(loaded, label(path))


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        AssemblyError: the file is missing or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AssemblyError(f"{label(path)}: {error}") from None


def mapping(value: Any, what: str) -> dict[str, Any]:
    """Return the value if it is a mapping.

    Raises:
        AssemblyError: it is not.
    """
    if not isinstance(value, dict):
        raise AssemblyError(f"{what} has to be a mapping of names to values")
    return value


def known(found: Mapping[str, Any], allowed: tuple[str, ...], what: str) -> None:
    """Refuse a key that is not among the allowed ones.

    Raises:
        AssemblyError: there is such a key.
    """
    if unknown := sorted(set(found) - set(allowed)):
        raise AssemblyError(
            f"{what} has an unknown section {', '.join(unknown)}; "
            f"the sections are {', '.join(allowed)}"
        )


# The C loader, if PyYAML was built with it: a tenth of the time.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc]  # one of the two
    """YAML with CloudFormation's `!` tags, in which no key occurs twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        # PyYAML keeps the last of two equal keys, and so would drop a resource silently.
        seen = set()
        for key, _ in node.value:
            if key.tag != _MERGE and key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value} occurs twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _tag(loader: Any, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        return {name: text.split(".", 1) if suffix == "GetAtt" else text}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _tag)
