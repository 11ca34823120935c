"""Resolves the intrinsic functions of a CloudFormation template.

It supports only the functions that payung's own template uses. Any other raises an error, so that
the embedded cloud never differs silently from the deployed one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from .errors import LocalError

Attributes = Mapping[str, str]
"""The values of a created resource: `Ref`, and the attributes that `Fn::GetAtt` takes."""

_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
_NOTHING = object()  # the value of `AWS::NoValue`


class TemplateError(LocalError):
    """The template has something unknown, or it contradicts itself."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the template; its properties are not resolved yet."""

    name: str
    type: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()


class Template:
    """A template with the values of its parameters.

    `pseudo` holds the values of `AWS::Region`, `AWS::AccountId` and so on.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        *,
        parameters: Mapping[str, str] | None = None,
        pseudo: Mapping[str, str] | None = None,
    ) -> None:
        """Take the assembled template; see `local/assembly`."""
        self._document = document
        self._values = dict(pseudo or {})
        for name, parameter in document.get("Parameters", {}).items():
            self._values[name] = _value_of(name, parameter, parameters or {})
        if unknown := set(parameters or {}) - set(document.get("Parameters", {})):
            raise TemplateError(f"the template has no parameter {', '.join(sorted(unknown))}")
        self.resources = {
            name: _resource(name, body)
            for name, body in document.get("Resources", {}).items()
            if "Condition" not in body or self._holds(body["Condition"])
        }
        self._left_out = set(document.get("Resources", {})) - set(self.resources)
        self._makers = {
            event_source_mapping(each.name, event): each.name
            for each in self.resources.values()
            for event in each.properties.get("Events", {})
        }

    def in_order(self) -> list[Resource]:
        """Return the resources in an order in which each comes after those that it refers to.

        Raises:
            TemplateError: a reference is circular, or its target is unknown.
        """
        sorter: TopologicalSorter[str] = TopologicalSorter()
        for resource in self.resources.values():
            names = set(_references(resource.properties)) - set(self._values)
            names = {self._makers.get(name, name) for name in names if not name.startswith("AWS::")}
            names.update(resource.depends_on)
            # A resource whose condition is false is no dependency. If a value needs it, `resolve`
            # raises.
            names -= self._left_out
            if unknown := names - set(self.resources):
                raise TemplateError(
                    f"{resource.name} refers to {', '.join(sorted(unknown))}, which is not there"
                )
            sorter.add(resource.name, *sorted(names))
        try:
            return [self.resources[name] for name in sorter.static_order()]
        except CycleError as error:
            raise TemplateError(f"circular reference: {' → '.join(error.args[1])}") from error

    def resolve(self, value: Any, made: Mapping[str, Attributes]) -> Any:
        """Return a value in which every intrinsic function is replaced by its result.

        Raises:
            TemplateError: a function is unknown, or a resource does not exist yet.
        """
        resolved = self._resolve(value, made)
        return None if resolved is _NOTHING else resolved

    def _resolve(self, value: Any, made: Mapping[str, Attributes]) -> Any:
        if isinstance(value, list):
            items = (self._resolve(item, made) for item in value)
            return [item for item in items if item is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._intrinsic(name, argument, made)
        entries = ((key, self._resolve(item, made)) for key, item in value.items())
        return {key: item for key, item in entries if item is not _NOTHING}

    def _intrinsic(self, name: str, argument: Any, made: Mapping[str, Attributes]) -> Any:
        match name:
            case "Ref":
                return _NOTHING if argument == "AWS::NoValue" else self._name(argument, made)
            case "Fn::GetAtt":
                resource, attribute = (
                    argument.split(".", 1) if isinstance(argument, str) else argument
                )
                return self._name(f"{resource}.{attribute}", made)
            case "Fn::Sub":
                text, extra = (argument, {}) if isinstance(argument, str) else argument
                own = {key: str(self._resolve(item, made)) for key, item in extra.items()}
                return _VARIABLE.sub(
                    lambda found: own.get(found[1]) or self._name(found[1], made), text
                ).replace("${!", "${")
            case "Fn::Join":
                separator, parts = argument
                return separator.join(map(str, self._resolve(parts, made)))
            case "Fn::If":
                condition, then, otherwise = argument
                return self._resolve(then if self._holds(condition) else otherwise, made)
            case _:
                raise TemplateError(f"{name} is not known here")

    def _name(self, name: str, made: Mapping[str, Attributes]) -> str:
        if name in self._values:
            return self._values[name]
        resource, _, attribute = name.partition(".")
        try:
            return made[resource][attribute or "Ref"]
        except KeyError:
            raise TemplateError(f"{name} is not known, or not made yet") from None

    def _holds(self, condition: Any) -> bool:
        if isinstance(condition, str):
            return self._holds(self._document["Conditions"][condition])
        ((name, argument),) = condition.items()
        match name:
            case "Condition":
                return self._holds(argument)
            case "Fn::Equals":
                left, right = (self._resolve(side, {}) for side in argument)
                return str(left) == str(right)
            case "Fn::Not":
                return not self._holds(argument[0])
            case "Fn::And":
                return all(self._holds(each) for each in argument)
            case "Fn::Or":
                return any(self._holds(each) for each in argument)
            case _:
                raise TemplateError(f"the condition {name} is not known here")


def event_source_mapping(function: str, event: str) -> str:
    """Return the logical id that SAM gives to the event source mapping of a function's event.

    Templates may refer to it like to any other resource; its `Ref` is its UUID.
    """
    return f"{function}{event}"


def _resource(name: str, body: Mapping[str, Any]) -> Resource:
    if "Type" not in body:
        raise TemplateError(f"{name} has no Type")
    depends = body.get("DependsOn", ())
    return Resource(
        name,
        body["Type"],
        body.get("Properties", {}),
        (depends,) if isinstance(depends, str) else tuple(depends),
    )


def _value_of(name: str, parameter: Mapping[str, Any], given: Mapping[str, str]) -> str:
    if name not in given and "Default" not in parameter:
        raise TemplateError(f"the parameter {name} has no value")
    value = str(given.get(name, parameter.get("Default")))
    allowed = parameter.get("AllowedValues")
    if allowed and value not in map(str, allowed):
        raise TemplateError(f"{name} may be {', '.join(map(str, allowed))}, not {value}")
    return value


def _references(value: Any) -> Iterator[str]:
    """Iterate over the names that a value refers to."""
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "Ref":
                yield item
            elif key == "Fn::GetAtt":
                yield item.split(".", 1)[0] if isinstance(item, str) else item[0]
            elif key == "Fn::Sub":
                text, own = (item, {}) if isinstance(item, str) else item
                found = (name.partition(".")[0] for name in _VARIABLE.findall(text))
                yield from (name for name in found if name not in own)
                yield from _references(own)
            else:
                yield from _references(item)
