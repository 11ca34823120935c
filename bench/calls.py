"""What the embedded run asks of AWS: every call, by function, with the units it is billed by."""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from moto.core.botocore_stubber import BotocoreStubber
from moto.dynamodb.models import dynamodb_backends

from bench import made
from bench.measure import Figure, Run
from chalicelib.enroll import GROUP
from local.application import application
from local.clock import open_day
from local.cloud import ACCOUNT, REGION
from local.run import run as embedded_run

_BOUND = 25.0
SMS = frozenset({"notify", "receipts", "sweep"})
"""The functions whose calls are counted as the SMS's; nothing else keeps the sweep busy here."""
_PLATFORM = "lambda"
"""Takes messages from the queues, and is the tests' own doing besides."""
_WRITES = {"Put": "Item", "Update": "Key", "Delete": "Key", "ConditionCheck": "Key"}
_WRITE_BYTES, _READ_BYTES = 1024, 4096


@dataclass(slots=True)
class Counted:
    """What a run asked for. Keys are function, service, operation; units are DynamoDB's,
    `table_units` those written by a function into a table."""

    rows: int
    calls: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    write_units: Counter[str] = field(default_factory=Counter)
    read_units: Counter[str] = field(default_factory=Counter)
    table_units: Counter[tuple[str, str]] = field(default_factory=Counter)
    invocations: Counter[str] = field(default_factory=Counter)
    messages: int = 0

    def per_1000(self, *, sms: bool) -> float:
        """Return the calls of the functions themselves per 1,000 rows, the SMS's or the others."""
        made_by = (
            n
            for (function, *_), n in self.calls.items()
            if function != _PLATFORM and (function in SMS) == sms
        )
        return sum(made_by) / self.rows * 1000

    def units_of(self, function: str, table: str) -> int:
        """Return the write units of a function into the table whose name ends so."""
        return sum(
            units
            for (writer, name), units in self.table_units.items()
            if writer == function and name.endswith(table)
        )


class _Counter:
    """Listens to every call of the functions and of the queues that feed them."""

    def __init__(self, counted: Counted) -> None:
        self._counted = counted
        self._function = _PLATFORM

    def listen(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def answered(stubber: Any, event_name: str, request: Any, **more: Any) -> Any:
            _, service, operation = event_name.split(".")
            counted = self._counted
            before = _sizes(request, operation) if service == "dynamodb" else {}
            answer = original(stubber, event_name, request, **more)
            counted.calls[self._function, service, operation] += 1
            if service == "dynamodb":
                self._count_units(operation, request, answer, before)
            if (service, operation) == ("sns", "Publish"):
                counted.messages += 1
            return answer

        return answered

    def _count_units(
        self, operation: str, request: Any, answer: Any, before: dict[str, int]
    ) -> None:
        counted = self._counted
        if operation in {"GetItem", "BatchGetItem", "Query"}:
            # Consistent: a unit for each 4 KB, of a query's items together; of a batch's, each by
            # itself, and ours are all smaller.
            units = max(1, math.ceil(len(answer.content) / _READ_BYTES))
            if operation == "BatchGetItem":
                asked = json.loads(request.body)["RequestItems"].values()
                units = sum(len(each["Keys"]) for each in asked)
            counted.read_units[self._function] += units
            return
        twice = 2 if operation == "TransactWriteItems" else 1
        for key, after in _sizes(request, operation).items():
            size = max(after, before.get(key, 0))
            units = twice * max(1, math.ceil(size / _WRITE_BYTES))
            counted.write_units[self._function] += units
            counted.table_units[self._function, json.loads(key)[0]] += units

    @contextmanager
    def inside(self, function: str) -> Iterator[None]:
        before, self._function = self._function, function
        self._counted.invocations[function] += 1
        try:
            yield
        finally:
            self._function = before


def _sizes(request: Any, operation: str) -> dict[str, int]:
    """Return the sizes (bytes) of the items that a write is about, as they are stored now."""
    body = json.loads(request.body)
    writes = body.get("TransactItems", [])
    if "Item" in body:
        writes = [{"Put": body}]
    elif "UpdateExpression" in body:
        writes = [{"Update": body}]
    elif "Key" in body and operation == "DeleteItem":
        writes = [{"Delete": body}]
    sizes = {}
    for each in writes:
        ((kind, write),) = each.items()
        named = write[_WRITES[kind]]
        table = dynamodb_backends[ACCOUNT][REGION].tables[write["TableName"]]
        key = {name: named[name] for name in table.table_key_attrs}
        item = dynamodb_backends[ACCOUNT][REGION].get_item(write["TableName"], key)
        sizes[json.dumps([write["TableName"], key])] = item.size() if item else 0
    return sizes


@cache
def count(path: Path, rows: int, *, carrier: bool = False, told: bool = True) -> Counted:
    """Take a file through the embedded cloud and count.

    With `carrier`, receipts and all; nobody is told anything without `told`, which takes a while.
    """
    counted = Counted(rows)
    counter = _Counter(counted)

    @contextmanager
    def counting(*args: Any, **more: Any) -> Iterator[Any]:
        with application(*args, **more) as app:
            app.handler_map = {
                name: _inside(counter, name, handler) for name, handler in app.handler_map.items()
            }
            if not told:
                app.handler_map["notify"] = _let_pass
            yield app

    with (
        patch("local.run.application", counting),
        patch.object(BotocoreStubber, "__call__", counter.listen(BotocoreStubber.__call__)),
    ):
        report = embedded_run(
            [path],
            bank="002",
            scheme="BPUM",
            out=path.parent / "out",
            today=open_day(),
            carrier=carrier,
        )
    if report.exit_status or report.batches[0]["accepted"] != rows:
        raise RuntimeError("the embedded run did not enroll everybody")
    return counted


def _let_pass(event: Any, context: Any) -> dict[str, Any]:  # noqa: ARG001  # Lambda's signature
    return {"batchItemFailures": []}


def _inside(counter: _Counter, name: str, handler: Callable[..., Any]) -> Callable[..., Any]:
    def handle(event: Any, context: Any) -> Any:
        with counter.inside(name):
            return handler(event, context)

    return handle


def calls(run: Run) -> list[Figure]:
    many = 10_000  # in the small form too: of few rows, the file's own calls would be most
    counted = count(made.csv_file(run.folder / "calls.csv", many), many, told=not run.small)
    without, with_sms = counted.per_1000(sms=False), counted.per_1000(sms=True)
    run.found["person_units"] = counted.units_of("enroll", "EnrollmentsTable") / many
    run.found["group_units"] = counted.units_of("enroll", "BatchesTable") / many * GROUP
    return [
        Figure(
            "AWS calls per 1,000 rows, without SMS",
            f"{without:.1f}",
            f"<= {_BOUND:.0f}",
            without <= _BOUND,
            f"of {many:,} rows" + (f"; SMS {with_sms:.0f} more" if not run.small else ""),
            fixed=True,
        )
    ]
