"""How a conditional write is put together, sent, and what its refusal means.

Every write that changes an item goes through here. A refused condition is an answer: the caller
reads it. What the caller cannot decide is raised: `Busy` (try again) and `NewerVersion`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from botocore.exceptions import ClientError

from chalicelib.adapters.aws_errors import busy_is_busy, cancellation_reasons, code_of
from chalicelib.errors import NewerVersion

from .items import VERSION, Item, check_version, number

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Attribute = dict[str, Any]
"""One attribute's value in DynamoDB's own form, such as `{"S": "…"}`."""

_VERSION_ATTRIBUTE = "v"
_REFUSED = "ConditionalCheckFailedException"
"""The error code of a single write whose condition does not hold."""
_CANCELLED = "TransactionCanceledException"
_ITEM_REFUSED = "ConditionalCheckFailed"
"""The reason code of an item of a cancelled transaction whose condition does not hold."""


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What became of a single write.

    `item` holds the attributes that the request asked for with `new_when_written` or
    `old_when_refused`; empty if it asked for none or there is no such item.
    """

    written: bool
    item: Mapping[str, Any]


class Write:
    """A put, update or delete of one item, with its conditions.

    Each name and value is replaced by a short alias (`#0`, `:0`): names may be reserved words.
    DynamoDB allows 4 KB for an expression, and the counts of 98 people nearly reach it.
    """

    def __init__(self, operation: str, table: str, **parameters: Any) -> None:
        """Begin a write; `operation` is Put, Update or Delete. See `put`, `update`, `delete`."""
        self._operation = operation
        self._parameters: dict[str, Any] = {"TableName": table, **parameters}
        self._names: dict[str, str] = {}
        self._values: Item = {}
        self._clauses: dict[str, list[str]] = {"SET": [], "REMOVE": [], "ADD": [], "DELETE": []}
        self._conditions: list[str] = []

    def set(self, name: str, value: Attribute | None) -> Self:
        """Give an attribute a value; None removes it."""
        if value is None:
            return self.remove(name)
        self._clauses["SET"].append(f"{self._name(name)} = {self._value(value)}")
        return self

    def set_all(self, attributes: Mapping[str, Attribute]) -> Self:
        """Give each of these attributes its value."""
        for name, value in attributes.items():
            self.set(name, value)
        return self

    def set_if_absent(self, name: str, value: Attribute) -> Self:
        """Give an attribute a value, unless it has one."""
        alias = self._name(name)
        self._clauses["SET"].append(f"{alias} = if_not_exists({alias}, {self._value(value)})")
        return self

    def remove(self, *names: str) -> Self:
        """Remove attributes."""
        self._clauses["REMOVE"] += map(self._name, names)
        return self

    def append(self, name: str, values: Sequence[Attribute]) -> Self:
        """Add elements to the end of a list; an absent attribute counts as empty."""
        alias, empty = self._name(name), self._value({"L": []})
        added = self._value({"L": list(values)})
        self._clauses["SET"].append(
            f"{alias} = list_append(if_not_exists({alias}, {empty}), {added})"
        )
        return self

    def add(self, name: str, value: Attribute) -> Self:
        """Add a number to a number, or elements to a set; an absent attribute counts as empty."""
        self._clauses["ADD"].append(f"{self._name(name)} {self._value(value)}")
        return self

    def discard(self, name: str, value: Attribute) -> Self:
        """Take elements out of a set; nothing if they are not in it."""
        self._clauses["DELETE"].append(f"{self._name(name)} {self._value(value)}")
        return self

    def add_counts(self, counts: Mapping[str, int]) -> Self:
        """Add to each of these counts; those that do not change are left out."""
        for name, by in counts.items():
            if by:
                self.add(name, number(by))
        return self

    def only_if(self, name: str, value: Attribute | None) -> Self:
        """Write only if an attribute has this value; with None, only if it is absent."""
        if value is None:
            return self._only(f"attribute_not_exists({self._name(name)})")
        return self._only(f"{self._name(name)} = {self._value(value)}")

    def only_if_any(self, name: str, values: Sequence[Attribute]) -> Self:
        """Write only if an attribute has one of these values."""
        return self._only(f"{self._name(name)} IN ({', '.join(map(self._value, values))})")

    def only_if_before(self, name: str, values: Sequence[Attribute]) -> Self:
        """Write only if an attribute is absent, less than the first value, or one of the others."""
        alias, first, *others = self._name(name), *map(self._value, values)
        either = [f"attribute_not_exists({alias})", f"{alias} < {first}"]
        either += [f"{alias} = {other}" for other in others]
        return self._only(f"({' OR '.join(either)})")

    def only_if_there(self, name: str) -> Self:
        """Write only if the item has this attribute."""
        return self._only(f"attribute_exists({self._name(name)})")

    def only_if_at_most(self, name: str, most: int, *, absent: bool) -> Self:
        """Write only if a number is at most `most`; `absent`: also if it is absent."""
        alias = self._name(name)
        holds = f"{alias} <= {self._value(number(most))}"
        return self._only(f"({holds} OR attribute_not_exists({alias}))" if absent else holds)

    def only_if_as_long(self, name: str, length: int) -> Self:
        """Write only if a list has so many elements; with 0, only if it is absent."""
        if not length:
            return self.only_if(name, None)
        return self._only(f"size({self._name(name)}) = {self._value(number(length))}")

    def only_if_room(self, name: str, element: str, most: int) -> Self:
        """Write only if a set of texts has fewer than `most` elements, or has this one."""
        alias = self._name(name)
        room = f"size({alias}) < {self._value(number(most))}"
        there = f"contains({alias}, {self._value({'S': element})})"
        return self._only(f"(attribute_not_exists({alias}) OR {room} OR {there})")

    def not_newer(self) -> Self:
        """Write only if the item is there, and newer code did not write it.

        An update of an absent item would create an incomplete one. This condition prevents that.
        """
        return self.only_if_at_most(_VERSION_ATTRIBUTE, VERSION, absent=False)

    def absent_or_not_newer(self) -> Self:
        """Write only if the item is absent, or newer code did not write it."""
        return self.only_if_at_most(_VERSION_ATTRIBUTE, VERSION, absent=True)

    def set_version(self) -> Self:
        """Store the version of this code's items: an update that may create its item needs it."""
        return self.set(_VERSION_ATTRIBUTE, number(VERSION))

    def old_when_refused(self) -> Self:
        """Ask for the stored item if a condition refuses the write."""
        self._parameters["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return self

    def new_when_written(self) -> Self:
        """Ask for the item as it is after an update; not possible in a transaction."""
        self._parameters["ReturnValues"] = "ALL_NEW"
        return self

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of a single write, in the low-level client's form."""
        made = dict(self._parameters)
        # No spaces after the commas: they count towards the 4 KB.
        clauses = [f"{verb} {','.join(each)}" for verb, each in self._clauses.items() if each]
        if clauses:
            made["UpdateExpression"] = " ".join(clauses)
        if self._conditions:
            made["ConditionExpression"] = " AND ".join(self._conditions)
        if self._names:
            made["ExpressionAttributeNames"] = {alias: name for name, alias in self._names.items()}
        if self._values:
            made["ExpressionAttributeValues"] = self._values
        return made

    @property
    def transaction_item(self) -> dict[str, Any]:
        """The write as an item of a transaction."""
        return {self._operation: self.parameters}

    def send(self, client: "DynamoDBClient") -> WriteResult:
        """Send this write alone; a refused condition is an answer.

        Raises:
            Busy: DynamoDB was busy or did not answer; the write may have taken effect.
            NewerVersion: it was refused, and newer code wrote the item that `old_when_refused`
                asked for.
        """
        operations: dict[str, Callable[..., Any]] = {
            "Put": client.put_item,
            "Update": client.update_item,
            "Delete": client.delete_item,
        }
        try:
            with busy_is_busy():
                answer = operations[self._operation](**self.parameters)
        except ClientError as error:
            if code_of(error) != _REFUSED:
                raise
            stored: Mapping[str, Any] = error.response.get("Item", {})  # type: ignore[assignment]
            if stored:
                check_version(stored)
            return WriteResult(written=False, item=stored)
        return WriteResult(written=True, item=answer.get("Attributes", {}))

    def _only(self, condition: str) -> Self:
        self._conditions.append(condition)
        return self

    def _name(self, name: str) -> str:
        return self._names.setdefault(name, f"#{len(self._names)}")

    def _value(self, value: Attribute) -> str:
        alias = f":{len(self._values)}"
        self._values[alias] = value
        return alias


def put(table: str, item: Item) -> Write:
    """Begin a write that replaces an item, or creates it."""
    return Write("Put", table, Item=item)


def update(table: str, key: Item) -> Write:
    """Begin a write that changes some attributes of an item, or creates it with those alone."""
    return Write("Update", table, Key=key)


def delete(table: str, key: Item) -> Write:
    """Begin a write that deletes an item."""
    return Write("Delete", table, Key=key)


Refusals = Mapping[int, Mapping[str, Any]]
"""The refused items of a transaction: for the place of each (from 0), the item as it is stored.

The stored item is empty if the write did not ask for it or it does not exist. With no refusals
everything was written.
"""


def transact(
    client: "DynamoDBClient", items: Sequence[Mapping[str, Any]], *, may_refuse: int
) -> Refusals:
    """Write all of these items or none; return what refused the transaction.

    The caller handles a refused condition of the first `may_refuse` items only. The conditions of
    the others can only fail because of newer code.

    Raises:
        Busy: DynamoDB was busy, or another writer was in the way; it may have taken effect.
        NewerVersion: only an item behind the first `may_refuse` refused: newer code wrote it, or it
            is gone.
    """
    try:
        with busy_is_busy():
            client.transact_write_items(TransactItems=items)  # type: ignore[arg-type]
    except ClientError as error:
        refusals: dict[int, Mapping[str, Any]] = {
            place: reason.get("Item", {})
            for place, reason in enumerate(cancellation_reasons(error))
            if reason.get("Code") == _ITEM_REFUSED
        }
        if code_of(error) != _CANCELLED or not refusals:
            raise
        if min(refusals) >= may_refuse:
            raise NewerVersion("an item was written by newer code, or is gone") from None
        return refusals
    return {}
