"""Counts every AWS call of the embedded run, by function, with its billed units."""

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
from bench.small_file import FUNCTIONS, ROWS, figures
from chalicelib.adapters.ports import PEOPLE_PER_TRANSACTION
from local.application import application
from local.clock import open_day
from local.cloud import ACCOUNT, REGION
from local.deliveries import Delivery
from local.run import run as embedded_run

_BOUND = 25.0
SMS = frozenset({"notify", "forward", "receipts", "sweep"})
"""The functions whose calls count as calls for SMS. In this run the sweep works for SMS only."""
_PLATFORM = "lambda"
"""The caller that receives messages from the queues, and all calls of the bench itself."""
_WRITES = {"Put": "Item", "Update": "Key", "Delete": "Key", "ConditionCheck": "Key"}
_WRITE_BYTES, _READ_BYTES = 1024, 4096


@dataclass(slots=True)
class Counted:
    """The calls of a run.

    The keys of `calls` are function, service and operation. Units are DynamoDB's; `table_units` are
    the units that a function writes into a table.
    """

    rows: int
    calls: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    write_units: Counter[str] = field(default_factory=Counter)
    read_units: Counter[str] = field(default_factory=Counter)
    table_units: Counter[tuple[str, str]] = field(default_factory=Counter)
    invocations: Counter[str] = field(default_factory=Counter)
    messages: int = 0

    def per_1000(self, *, sms: bool) -> float:
        """Return the functions' own calls per 1,000 rows: those for SMS, or all others."""
        made_by = (
            n
            for (function, *_), n in self.calls.items()
            if function != _PLATFORM and (function in SMS) == sms
        )
        return sum(made_by) / self.rows * 1000

    @property
    def total(self) -> int:
        """The functions' own calls."""
        return sum(n for (function, *_), n in self.calls.items() if function != _PLATFORM)

    def units_of(self, function: str, table: str) -> int:
        """Return the write units of a function into the table whose name ends with `table`."""
        return sum(
            units
            for (writer, name), units in self.table_units.items()
            if writer == function and name.endswith(table)
        )


class _Counter:
    """Counts every call of the functions and of the queues that feed them."""

    def __init__(self, counted: Counted) -> None:
        self._counted = counted
        self._function = _PLATFORM

    def wrap(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def counted_call(stubber: Any, event_name: str, request: Any, **more: Any) -> Any:
            _, service, operation = event_name.split(".")
            counted = self._counted
            before = _sizes(request, operation) if service == "dynamodb" else {}
            answer = original(stubber, event_name, request, **more)
            counted.calls[self._function, service, operation] += 1
            if service == "dynamodb":
                self._count_units(operation, request, answer, before)
            # A message to a phone; mail to a bank is published to a topic.
            if (service, operation) == ("sns", "Publish") and b"PhoneNumber" in request.body:
                counted.messages += 1
            return answer

        return counted_call

    def _count_units(
        self, operation: str, request: Any, answer: Any, before: dict[str, int]
    ) -> None:
        counted = self._counted
        if operation in {"GetItem", "BatchGetItem", "Query"}:
            # A consistent read takes one unit for each 4 KB: of all items of a query together, or
            # of each item of a BatchGetItem. Our items are all smaller than that.
            units = max(1, math.ceil(len(answer.content) / _READ_BYTES))
            if operation == "BatchGetItem":
                tables = json.loads(request.body)["RequestItems"].values()
                units = sum(len(each["Keys"]) for each in tables)
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
    """Return the stored sizes (bytes) of the items that a request writes."""
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
def count(
    path: Path,
    rows: int,
    *,
    carrier: bool = False,
    send_sms: bool = True,
    confirmation: Path | None = None,
) -> Counted:
    """Process a file in the embedded cloud, and count the calls.

    With `carrier`, the run includes receipts. Without `send_sms`, no message is sent; this is much
    faster. With `confirmation`, that file follows, and states all deductions of the first.
    """
    counted = Counted(rows)
    counter = _Counter(counted)

    @contextmanager
    def counting(*args: Any, **more: Any) -> Iterator[Any]:
        with application(*args, **more) as app:
            app.handler_map = {
                name: _inside(counter, name, handler) for name, handler in app.handler_map.items()
            }
            if not send_sms:
                app.handler_map["notify"] = _do_nothing
            yield app

    with (
        patch("local.run.application", counting),
        patch.object(BotocoreStubber, "__call__", counter.wrap(BotocoreStubber.__call__)),
    ):
        report = embedded_run(
            [
                Delivery(path, "002", "BPUM"),
                *([Delivery(confirmation, "002", "KONFIRMASI")] if confirmation else []),
            ],
            out=path.parent / "out",
            today=open_day(),
            carrier=carrier,
        )
    if report.exit_status or report.batches[0]["accepted"] != rows:
        raise RuntimeError("the embedded run did not enroll everybody")
    if confirmation and +Counter(report.people) != {"deducted": rows}:
        raise RuntimeError("the embedded run did not confirm everybody")
    return counted


def small_file(run: Run) -> list[Figure]:
    """Count the calls of one small file, and simulate the time until its results."""
    path = made.csv_file(run.folder / "small.csv", ROWS)
    counted = count(path, ROWS, send_sms=False)
    for function in FUNCTIONS:
        for service in ("s3", "dynamodb", "sqs"):
            run.found[f"small_{function}_{service}"] = sum(
                n
                for (caller, name, _), n in counted.calls.items()
                if (caller, name) == (function, service)
            )
    return figures()


def _do_nothing(event: Any, context: Any) -> dict[str, Any]:  # noqa: ARG001  # Lambda's signature
    return {"batchItemFailures": []}


def _inside(counter: _Counter, name: str, handler: Callable[..., Any]) -> Callable[..., Any]:
    def handle(event: Any, context: Any) -> Any:
        with counter.inside(name):
            return handler(event, context)

    return handle


def calls(run: Run) -> list[Figure]:
    many = 10_000  # also in the small run: with few rows, most calls would be the file's own
    path = made.csv_file(run.folder / "calls.csv", many)
    counted = count(path, many, send_sms=not run.small)
    without, with_sms = counted.per_1000(sms=False), counted.per_1000(sms=True)
    run.found["person_units"] = counted.units_of("enroll", "EnrollmentsTable") / many
    run.found["group_units"] = (
        counted.units_of("enroll", "BatchesTable") / many * PEOPLE_PER_TRANSACTION
    )
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
