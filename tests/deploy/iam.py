"""Evaluates policies as IAM does, for the part of IAM that payung's policies use."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True, slots=True)
class Need:
    """One needed permission: an action on a resource.

    `context` has the values for conditions, such as the prefix of a listing.
    """

    action: str
    resource: str
    context: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        more = "".join(f" ({name} = {value})" for name, value in self.context)
        return f"{self.action} on {self.resource}{more}"


@dataclass(frozen=True, slots=True)
class Grant:
    """One action on one resource that a statement allows or denies."""

    effect: str
    action: str
    resource: str
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)

    def covers(self, need: Need) -> bool:
        """Whether this applies to the need."""
        return (
            fnmatchcase(need.action.lower(), self.action.lower())
            and fnmatchcase(need.resource, self.resource)
            and all(_holds(each, keys, need) for each, keys in self.conditions.items())
        )

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"


def grants(policy: Mapping[str, Any]) -> Iterator[Grant]:
    """Iterate over the statements of a policy with resolved references."""
    for statement in policy["Statement"]:
        unknown = set(statement) - {"Sid", "Effect", "Action", "Resource", "Condition"}
        assert not unknown, f"{unknown} of a statement is not judged here"
        for action in _several(statement["Action"]):
            for resource in _several(statement["Resource"]):
                yield Grant(statement["Effect"], action, resource, statement.get("Condition", {}))


def is_allowed(need: Need, given: Sequence[Grant]) -> bool:
    """Whether it is allowed, and not denied."""
    found = [each.effect for each in given if each.covers(need)]
    return "Allow" in found and "Deny" not in found


def _holds(operator: str, keys: Mapping[str, Any], need: Need) -> bool:
    context = dict(need.context)
    for key, wanted in keys.items():
        if key not in context:
            if operator.startswith("ForAllValues:"):
                continue  # true without conditions
            return False
        match = {
            "StringLike": fnmatchcase,
            "StringEquals": str.__eq__,
            "ForAllValues:StringLike": fnmatchcase,
            "ForAllValues:StringEquals": str.__eq__,
        }
        assert operator in match, f"the condition {operator} is not judged here"
        if not any(match[operator](context[key], str(each)) for each in _several(wanted)):
            return False
    return True


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
