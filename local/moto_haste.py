"""moto's tables, sooner: the same answers for half the work.

Everything here saves repeated work and changes no result: an expression is parsed once for its
text, its tree is copied plainly, an item's size is counted up instead of anew for each of its
attributes, and a query looks at the items that may be of it, not at the whole table.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

from moto.core import responses, utils
from moto.dynamodb.models.dynamo_type import DynamoType, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import bytesize
from moto.dynamodb.parsing.ast_nodes import (  # type: ignore[attr-defined]  # untyped there
    DepthFirstTraverser,
    Node,
)
from moto.dynamodb.parsing.expressions import (  # type: ignore[attr-defined]  # untyped there
    UpdateExpressionParser,
)

_ITEM_LIMIT = 405_000  # moto's own
_INDEX_NAME = 6  # among the positional arguments of moto's own query, behind the hash key
_PROCESSED: dict[tuple[type, type], bool] = {}


@contextmanager
def mended() -> Iterator[None]:
    """Let moto hurry for a while."""
    parse: Any = lru_cache(256)(_parsing(UpdateExpressionParser.make.__func__))
    places: list[tuple[Any, str, Any]] = [
        (UpdateExpressionParser, "make", classmethod(parse)),
        (Node, "__deepcopy__", _copy_tree),
        (DepthFirstTraverser, "traverse_node_recursively", _traverse),
        (LimitedSizeDict, "__setitem__", _counting(LimitedSizeDict.__setitem__)),
        (Table, "query", _narrowed(Table.query)),
        (responses, "method_names_from_class", cache(utils.method_names_from_class)),
    ]
    before = [(owner, name, inspect.getattr_static(owner, name, None)) for owner, name, _ in places]
    for owner, name, quicker in places:
        setattr(owner, name, quicker)
    try:
        yield
    finally:
        for owner, name, original in before:
            if original is None:
                delattr(owner, name)
            else:
                setattr(owner, name, original)


def _parsing(original: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    def parse(parser: Any, text: str) -> Any:
        tree = original(parser, text)
        tree.text = text  # so that a copy still tells what it is the tree of
        tree.clauses = {}  # see moto_calls
        return tree

    return parse


def _copy_tree(node: Any, memo: dict[int, Any]) -> Any:
    """Copy a tree of expressions; only its nodes are ever changed, never its leaves' values."""
    copied = node.__class__.__new__(node.__class__)
    copied.__dict__.update(node.__dict__)
    copied.__dict__.pop("clauses", None)  # of the tree that is kept; this one may be changed
    if node.children is not None:
        copied.children = [
            _copy_tree(child, memo) if isinstance(child, Node) else child for child in node.children
        ]
        for child in copied.children:
            if isinstance(child, Node):
                child.parent = copied
    return copied


def _traverse(traverser: Any, node: Any, child_id: int = -1) -> Any:
    """Do what moto's traverser does, asking each class of node only once what it is."""
    kind = node.__class__
    if not _is_node(kind):
        return node
    parent = node.parent
    for place, child in enumerate(node.children or ()):
        traverser.pre_processing_of_child(node, place)
        _traverse(traverser, child, place)
    if _is_processed(traverser, kind):
        node = traverser.process(node)
        node.parent = parent
        if parent:
            parent.children[child_id] = node
    return node


@cache
def _is_node(kind: type) -> bool:
    return issubclass(kind, Node)


def _is_processed(traverser: Any, kind: type) -> bool:
    key = traverser.__class__, kind
    known = _PROCESSED.get(key)
    if known is None:
        kinds = tuple(traverser._processing_map())  # noqa: SLF001  # moto's own way to ask
        known = _PROCESSED[key] = issubclass(kind, kinds)
    return known


def _counting(exact: Callable[[Any, str, Any], None]) -> Callable[[Any, str, Any], None]:
    def set_item(attributes: Any, key: str, value: Any) -> None:
        # What was ever put in bounds what is in: only near the limit is it counted exactly.
        bound = attributes.__dict__.get("bound")
        if bound is None:
            bound = sum(bytesize(name) + _size(held) for name, held in attributes.items())
        bound += bytesize(key) + _size(value)
        attributes.bound = bound
        if bound > _ITEM_LIMIT:
            exact(attributes, key, value)
        else:
            dict.__setitem__(attributes, key, value)

    return set_item


def _size(value: Any) -> int:
    return value.size() if isinstance(value, DynamoType) else bytesize(str(value))


def _narrowed(original: Callable[..., Any]) -> Callable[..., Any]:
    """Let a query see the one partition, or the items that its index has, and no others."""

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
