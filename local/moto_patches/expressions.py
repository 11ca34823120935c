"""DynamoDB's expressions and queries, computed once.

moto parses a condition up to three times a call. For each update it copies the expression's tree,
walks it once for every rule, and walks it again to execute it. Here a condition is parsed once for
its text, and the values of each call are filled in. An update that only sets, removes and counts
whole attributes, as payung's do, is executed from its text. This happens only after moto itself has
accepted that text, and only if item and values are plain; moto executes all other updates.
moto also computes an item's size for each attribute that it stores, and a query reads the whole
table.
"""

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from moto.dynamodb.comparisons import AttributeValue, ConditionExpressionParser, Func, Op
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.utilities import bytesize

from .patch import Kind, Patch

TOPIC = "expressions"

_STATIC = 3
"""The number of validators that use only the expression, the names and the table's keys."""
_KEPT = 1024  # conditions
_ITEM_LIMIT = 405_000  # bytes, moto's own
_INDEX_NAME = 6  # among the positional arguments of moto's `query`, after the hash key
_SCALAR = frozenset({"S", "N", "BOOL", "NULL", "B"})
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


def _parse(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
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
            return original(parser)  # a value without a type
        if found is None:
            tree = original(parser)
            if len(known) >= _KEPT:
                known.clear()
            # A second parse with the placeholders as values shows where each value belongs.
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
    """Return a function that fills other values into a condition; None if it has no values."""
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
    """An update that is executed from its text, in place of a tree."""

    changes: tuple[tuple[str, str, DynamoType | None], ...]

    def normalize(self) -> None:
        """Do nothing: moto calls this on a tree to sort its clauses."""

    def do(self, item: Any) -> None:
        attributes = item.attrs
        for clause, name, value in self.changes:
            if clause == "REMOVE":
                attributes.pop(name, None)
            elif clause == "ADD":
                attributes[name] = attributes.get(name, _ZERO) + value
            else:
                attributes[name] = value


def _made(_original: Callable[..., None]) -> Callable[..., None]:
    return _init


def _init(
    validator: Any,
    expression: Any,
    expression_attribute_names: Any,
    expression_attribute_values: Any,
    item: Any,
    table: Any,
) -> None:
    """Do the same as moto, but copy the tree only when it is needed (in `validate`)."""
    validator.expression_attribute_names = expression_attribute_names
    validator.expression_attribute_values = expression_attribute_values
    validator.item = item
    validator.table = table
    validator.processors = validator.get_ast_processors()
    validator.node_to_validate = expression


def _validate(_original: Callable[[Any], Any]) -> Callable[[Any], Any]:
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


def _execute(original: Callable[..., None]) -> Callable[..., None]:
    def execute(executor: Any, node: Any = None) -> None:
        if node is None and isinstance(executor.update_ast, _Plan):
            executor.update_ast.do(executor.item)
        else:
            original(executor, node)

    return execute


def _plan(validator: Any, text: str, names: Mapping[str, str]) -> _Plan | None:
    """Return the plan of an update; None if only moto can execute it."""
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
            return None  # missing or empty: moto decides by the attribute
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


def _make(original: Any) -> Any:
    def make(parser: Any, text: str) -> Any:
        tree = original.__func__(parser, text)
        tree.text = text  # `_validate` finds the plan by this text
        return tree

    cached: Any = lru_cache(256)(make)
    return classmethod(cached)


def _set_item(original: Callable[..., None]) -> Callable[..., None]:
    def set_item(attributes: Any, key: str, value: Any) -> None:
        # The sum of all values ever stored is an upper bound; moto counts only near the limit.
        bound = attributes.__dict__.get("bound")
        if bound is None:
            bound = sum(bytesize(name) + _size(held) for name, held in attributes.items())
        bound += bytesize(key) + _size(value)
        attributes.bound = bound
        if bound > _ITEM_LIMIT:
            original(attributes, key, value)
        else:
            dict.__setitem__(attributes, key, value)

    return set_item


def _size(value: Any) -> int:
    return value.size() if isinstance(value, DynamoType) else bytesize(str(value))


def _deepcopy(original: Callable[..., Any]) -> Callable[..., Any]:
    def deepcopy(value: Any, memo: dict[int, Any]) -> Any:
        """Share a value without inner values, because moto never changes such a value."""
        return value if value.type in _SCALAR else original(value, memo)

    return deepcopy


def _query(original: Callable[..., Any]) -> Callable[..., Any]:
    """Let a query see only its partition, or only the items that its index contains."""

    def query(table: Any, hash_key: Any, *args: Any, **more: Any) -> Any:
        name = more.get("index_name", args[_INDEX_NAME] if len(args) > _INDEX_NAME else None)
        if table.range_key_attr is None or (name and name not in _index_keys(table)):
            return original(table, hash_key, *args, **more)
        part = table.__class__.__new__(table.__class__)
        part.__dict__.update(table.__dict__)
        if name:
            wanted = _index_keys(table)[name]
            part.items = {
                key: {other: item for other, item in held.items() if wanted <= item.attrs.keys()}
                for key, held in table.items.items()
            }
        else:
            part.items = {hash_key: table.items[hash_key]} if hash_key in table.items else {}
        return original(part, hash_key, *args, **more)

    return query


def _index_keys(table: Any) -> dict[str, set[str]]:
    return {
        index.name: {key["AttributeName"] for key in index.schema} for index in table.all_indexes()
    }


def _speed(
    target: str, why: str, replace: Callable[[Any], Any], copies: tuple[str, ...] = ()
) -> Patch:
    module = target.removeprefix("moto.dynamodb.").rsplit(".", 2)[0].replace(".", "/")
    return Patch(TOPIC, target, why, Kind.SPEED, f"moto/dynamodb/{module}.py", replace, copies)


PATCHES = (
    _speed(
        "moto.dynamodb.comparisons.ConditionExpressionParser.parse",
        "moto parses the same condition again for every call.",
        _parse,
    ),
    _speed(
        "moto.dynamodb.parsing.expressions.UpdateExpressionParser.make",
        "moto parses the same update again for every call.",
        _make,
    ),
    _speed(
        "moto.dynamodb.parsing.validators.UpdateExpressionValidator.__init__",
        "moto copies an update's tree even if nothing changes it.",
        _made,
    ),
    _speed(
        "moto.dynamodb.parsing.validators.UpdateExpressionValidator.validate",
        "moto checks the same update again for every call.",
        _validate,
    ),
    _speed(
        "moto.dynamodb.parsing.executors.UpdateExpressionExecutor.execute",
        "A plain update is executed from its text.",
        _execute,
        copies=(
            "moto.dynamodb.parsing.executors.SetExecutor",
            "moto.dynamodb.parsing.executors.RemoveExecutor",
            "moto.dynamodb.parsing.executors.AddExecutor",
            "moto.dynamodb.models.dynamo_type.DynamoType.__add__",
        ),
    ),
    _speed(
        "moto.dynamodb.models.dynamo_type.LimitedSizeDict.__setitem__",
        "moto adds up the size of the whole item for each attribute that it stores.",
        _set_item,
    ),
    _speed(
        "moto.dynamodb.models.dynamo_type.DynamoType.__deepcopy__",
        "moto copies every value of an item for each call that writes it.",
        _deepcopy,
    ),
    _speed(
        "moto.dynamodb.models.table.Table.query",
        "moto walks through the whole table for a query of one partition.",
        _query,
    ),
)
