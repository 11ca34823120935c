"""The changes of a change set, and which of them remove or replace a resource.

CloudFormation says `Conditional` of a resource if a property that it cannot change in place hangs
on another resource that changes in the same change set: it computes the value only when it
executes. `Ref` and the attributes used here are names of a resource, and a resource that is not
replaced keeps its name. So such a change is judged by the resource that it hangs on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

NAMES = frozenset({"Arn", "QueueName", "RegionalDomainName"})
"""The attributes that change only if their resource is replaced."""

_REFERENCES = {"ResourceAttribute", "ResourceReference"}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a change set. `replacement` is True, False or Conditional; empty if unknown.

    A conditional replacement happens only if one of the resources `hangs_on` is replaced; if there
    is none, it may happen for another reason.
    """

    action: str
    logical_id: str
    type: str
    replacement: str
    hangs_on: frozenset[str] = frozenset()

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Self:
        """Return a change from CloudFormation's description of it (`ResourceChange`)."""
        replacement = found.get("Replacement", "")
        return cls(
            found["Action"],
            found["LogicalResourceId"],
            found["ResourceType"],
            replacement,
            _hangs_on(found.get("Details", ())) if replacement == "Conditional" else frozenset(),
        )

    @property
    def is_kept_with_others(self) -> bool:
        """Whether the resource is replaced only together with one that it refers to."""
        return self.action != "Remove" and self.replacement == "Conditional" and bool(self.hangs_on)

    @property
    def may_lose(self) -> bool:
        """Whether the resource is removed or replaced, or may be."""
        return self.action == "Remove" or (
            self.action != "Add" and self.replacement in {"True", "Conditional"}
        )

    def __str__(self) -> str:
        more = {"True": ", REPLACED", "Conditional": ", perhaps replaced"}.get(self.replacement, "")
        if self.is_kept_with_others:
            more = f", refers to {', '.join(sorted(self.hangs_on))}"
        return f"{self.action:<8} {self.logical_id} ({self.type}{more})"


def lost(changes: Sequence[Change]) -> list[Change]:
    """Return the changes that remove or replace their resource, or may do it.

    A resource that hangs on others is lost if one of these is.
    """
    gone = {each.logical_id for each in changes if each.may_lose and not each.is_kept_with_others}
    while more := {
        each.logical_id
        for each in changes
        if each.is_kept_with_others and each.logical_id not in gone and each.hangs_on & gone
    }:
        gone |= more
    return [each for each in changes if each.may_lose and each.logical_id in gone]


def _hangs_on(details: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the resources whose names decide about a replacement; empty if something else does."""
    found = set()
    for each in details:
        if each["Target"].get("RequiresRecreation", "Never") == "Never":
            continue
        name, _, attribute = each.get("CausingEntity", "").partition(".")
        is_name = not attribute or attribute in NAMES
        if each.get("Evaluation") != "Dynamic" or each.get("ChangeSource") not in _REFERENCES:
            return frozenset()
        if not name or not is_name:
            return frozenset()
        found.add(name)
    return frozenset(found)
