"""DynamoDB's expressions, worked out once.

moto parses a condition up to three times a call, and for each update copies the tree of its
expression, walks it once for every rule, and then again to do it. Here a condition is parsed once
for its text, and given the values of each call. And an update that only sets, removes and counts
whole attributes, as all of payung's do, is done as it is read: once moto itself has let its text
pass, and where nothing is amiss with the item and the values; whatever else it is, moto does it.
"""

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unittest.mock import patch

from moto.dynamodb.comparisons import AttributeValue, ConditionExpressionParser, Func, Op
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.parsing.executors import UpdateExpressionExecutor
from moto.dynamodb.parsing.validators import UpdateExpressionValidator

_STATIC = 3
"""How many of the validators look at nothing but the expression, the names and the table's keys."""
_KEPT = 1024  # conditions
_ZERO = DynamoType({"N": "0"})
_CLAUSE = re.compile(r"\s*\b(SET|REMOVE|ADD)\s")
_PARTS = {
    "SET": re.compile(r"\s*(#?\w+)\s*=\s*(:\w+)\s*"),
    "REMOVE": re.compile(r"\s*(#?\w+)()\s*"),
    "ADD": re.compile(r"\s*(#?\w+)\s+(:\w+)\s*"),
}
_Part = tuple[
    str, str, str
]  # the clause, the attribute or its placeholder, the value's placeholder


@contextmanager
def mended() -> Iterator[None]:
    """Let moto hurry for a while."""
    with (
        patch.object(ConditionExpressionParser, "parse", _parsing()),
        patch.object(UpdateExpressionValidator, "__init__", _keep),
        patch.object(UpdateExpressionValidator, "validate", _validating()),
        patch.object(UpdateExpressionExecutor, "execute", _executing()),
    ):
        yield


def _parsing() -> Callable[[Any], Any]:
    original = ConditionExpressionParser.parse
    known: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    def parse(parser: Any) -> Any:
        text, values = parser.condition_expression, parser.expression_attribute_values or {}
        if not text:
            return original(parser)
        names = parser.expression_attribute_names or {}
        try:
            key = (
                text,
                tuple(names.items()),
                tuple((place, *held) for place, held in values.items()),
            )
            found = known.get(key)
        except TypeError:
            return original(parser)  # a value that is none
        if found is None:
            tree = original(parser)
            if len(known) >= _KEPT:
                known.clear()
            # Parsed with the places in place of the values, it shows where each value stands.
            places = {place: dict.fromkeys(held, place) for place, held in values.items()}
            form = original(ConditionExpressionParser(text, names, places))
            lists = parser.expr_attr_names_found, parser.expr_attr_values_found
            known[key] = form, _binder(form), *map(tuple, lists)
            return tree
        form, bind, names_found, values_found = found
        parser.expr_attr_names_found = list(names_found)
        parser.expr_attr_values_found = list(values_found)
        return bind(values) if bind else form

    return parse


def _binder(node: Any) -> Callable[[Mapping[str, Any]], Any] | None:
    """Return what makes a condition anew for other values; None where it holds none."""
    if isinstance(node, AttributeValue):
        place: Any = node.value
        return lambda values: AttributeValue(values[place])
    if isinstance(node, tuple):
        makers = [(each, _binder(each)) for each in node]
        if not any(bind for _, bind in makers):
            return None
        return lambda values: tuple(bind(values) if bind else each for each, bind in makers)
    if not isinstance(node, Op | Func):
        return None
    parts = {name: bind for name, each in vars(node).items() if (bind := _binder(each))}
    if not parts:
        return None

    def made(values: Mapping[str, Any]) -> Any:
        copied = node.__class__.__new__(node.__class__)
        copied.__dict__.update(node.__dict__)
        for name, bind in parts.items():
            copied.__dict__[name] = bind(values)
        return copied

    return made


@dataclass(frozen=True, slots=True)
class _Plan:
    """An update that may be done as it is read; in place of a tree."""

    changes: tuple[tuple[str, str, DynamoType | None], ...]

    def normalize(self) -> None:
        """Be as a tree is: there is nothing to be brought into order."""

    def do(self, item: Any) -> None:
        attributes = item.attrs
        for clause, name, value in self.changes:
            if clause == "REMOVE":
                attributes.pop(name, None)
            elif clause == "ADD":
                attributes[name] = attributes.get(name, _ZERO) + value
            else:
                attributes[name] = value


def _keep(
    validator: Any,
    expression: Any,
    expression_attribute_names: Any,
    expression_attribute_values: Any,
    item: Any,
    table: Any,
) -> None:
    """Be made as moto's is, but for the copy of the tree: one is made where it is needed."""
    validator.expression_attribute_names = expression_attribute_names
    validator.expression_attribute_values = expression_attribute_values
    validator.item = item
    validator.table = table
    validator.processors = validator.get_ast_processors()
    validator.node_to_validate = expression


def _validating() -> Callable[[Any], Any]:
    valid: set[tuple[Any, ...]] = set()

    def validate(validator: Any) -> Any:
        tree = validator.node_to_validate
        names = validator.expression_attribute_names or {}
        key = (tree.text, tuple(names.items()), tuple(validator.table.table_key_attrs))
        if key in valid and (plan := _plan(validator, tree.text, names)):
            return plan
        tree = copy.deepcopy(tree)
        for processor in validator.processors[_STATIC if key in valid else 0 :]:
            tree = processor.traverse(tree)
        valid.add(key)
        return tree

    return validate


def _executing() -> Callable[[Any], None]:
    original = UpdateExpressionExecutor.execute

    def execute(executor: Any, node: Any = None) -> None:
        if node is None and isinstance(executor.update_ast, _Plan):
            executor.update_ast.do(executor.item)
        else:
            original(executor, node)

    return execute


def _plan(validator: Any, text: str, names: Mapping[str, str]) -> _Plan | None:
    """Return the plan of an update; None where it asks for more than plans can do."""
    parts = _parts(text)
    values = validator.expression_attribute_values or {}
    attributes = validator.item.attrs
    changes = []
    for clause, attribute, placeholder in parts or ():
        name = names[attribute] if attribute[0] == "#" else attribute
        value = DynamoType(values[placeholder]) if placeholder in values else None
        if clause == "ADD":
            held = attributes.get(name, value)
            if not (value and value.is_number() and held.is_number()):
                return None
        elif placeholder and (value is None or not value.value):
            return None  # missing, or empty: what that means depends on the attribute
        changes.append((clause, name, value))
    return _Plan(tuple(changes)) if parts else None


@lru_cache(256)
def _parts(text: str) -> tuple[_Part, ...] | None:
    parts: list[_Part] = []
    _, *clauses = _CLAUSE.split(text)
    for clause, body in zip(clauses[::2], clauses[1::2], strict=True):
        for each in body.split(","):
            found = _PARTS[clause].fullmatch(each)
            if not found:
                return None
            parts.append((clause, found[1], found[2]))
    return tuple(parts)
