"""Injects faults into single AWS calls of the functions' own clients.

moto answers botocore's `before-send` event; here moto is called, or not, and another answer is
returned instead. Everything above that, retries included, is as deployed.
"""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from moto.core.models import botocore_stubber
from urllib3.exceptions import ProtocolError

from tests.faults.virtual_time import Died, VirtualTime

READ_TIMEOUTS = {"s3": 15.0, "sns": 10.0}
READ_TIMEOUT = 4.0
"""The timeouts (seconds) of `wiring` for an answer of these services, and of all others."""
BREAKS_AFTER = 3.0
"""Seconds until a connection breaks."""


class Kind(StrEnum):
    DIES_BEFORE = "the process dies before the call"
    DIES_AFTER = "the process dies when the call has taken effect"
    THROTTLED = "throttled"
    CONTENDED = "another transaction was in the way"
    FAILED = "an internal error, before it took effect"
    NO_ANSWER = "took effect, but no answer in time"
    CONNECTION_LOST = "took effect, but the connection broke"
    HALF_AN_ANSWER = "the answer broke off"
    HALF_TAKEN = "of several only some were taken"


@dataclass(frozen=True, slots=True)
class Call:
    """One call on the wire; a retry is another call.

    `conditional` means that the object is written only if it does not exist.
    """

    function: str
    service: str
    operation: str
    conditional: bool = False

    def __str__(self) -> str:
        return f"{self.function}: {self.service} {self.operation}"


@dataclass(frozen=True, slots=True)
class Fault:
    """The fault of the call with this number (from 1).

    A lasting fault also affects every later call to the same service, until the function ends.
    """

    at: int
    kind: Kind
    lasting: bool = False

    def __str__(self) -> str:
        return f"call {self.at}: {self.kind}{', for long' if self.lasting else ''}"


class FaultyAws:
    """The layer between the functions' clients and moto."""

    def __init__(self, time: VirtualTime) -> None:
        self.calls: list[Call] = []
        self.faults: dict[int, Fault] = {}
        self.of_interest = 0
        """The number of calls before the scenario proper starts."""
        self.before_each: Callable[[int, Call], None] = lambda _number, _call: None
        self.refused_phones: frozenset[str] = frozenset()
        self._time = time
        self.function = ""
        self._outage: tuple[str, Kind] | None = None
        self._dead = False
        self._damage: dict[Kind, Callable[..., AWSResponse]] = {
            Kind.DIES_BEFORE: self._dies_before,
            Kind.DIES_AFTER: self._dies_after,
            Kind.THROTTLED: self._throttled,
            Kind.CONTENDED: self._contended,
            Kind.FAILED: self._failed,
            Kind.NO_ANSWER: self._no_answer,
            Kind.CONNECTION_LOST: self._connection_lost,
            Kind.HALF_AN_ANSWER: self._half_an_answer,
            Kind.HALF_TAKEN: self._half_taken,
        }

    def begin(self, function: str) -> None:
        """Mark the start of a function: its process is alive, and all of AWS is available."""
        self.function, self._outage, self._dead = function, None, False

    def of_interest_from_here(self) -> None:
        """Mark the start of the scenario proper."""
        self.of_interest = len(self.calls)

    def die(self) -> Died:
        self._dead = True
        return Died()

    def instead_of_moto(self, client: Any) -> Any:
        """Put this between a client and moto; return the client."""
        client.meta.events.unregister("before-send", botocore_stubber)
        client.meta.events.register("before-send", self._answer)
        return client

    def _answer(self, event_name: str, request: Any, **_: Any) -> AWSResponse:
        if self._dead:
            raise Died  # a dead process does no clean-up
        _, service, operation = event_name.split(".")
        call = Call(self.function, service, operation, "If-None-Match" in request.headers)
        self.calls.append(call)
        self.before_each(len(self.calls), call)
        fault = self.faults.get(len(self.calls))
        if fault and fault.lasting:
            self._outage = service, fault.kind
        kind = fault.kind if fault else None
        if self._outage and self._outage[0] == service:
            kind = self._outage[1]

        def take() -> AWSResponse:
            return self._take(service, operation, request)

        return self._damage[kind](call, request, take) if kind else take()

    def _take(self, service: str, operation: str, request: Any) -> AWSResponse:
        if (service, operation) == ("sns", "Publish") and any(
            phone.removeprefix("+") in str(request.body) for phone in self.refused_phones
        ):
            return _refusal(request, service, 400, "InvalidParameter", "Phone number is opted out")
        return botocore_stubber(f"before-send.{service}.{operation}", request)

    def _dies_before(self, _call: Call, _request: Any, _take: Callable[[], Any]) -> AWSResponse:
        raise self.die()

    def _dies_after(self, _call: Call, _request: Any, take: Callable[[], Any]) -> AWSResponse:
        take()
        raise self.die()

    def _throttled(self, call: Call, request: Any, _take: Callable[[], Any]) -> AWSResponse:
        code = {
            "s3": "SlowDown",
            "sqs": "RequestThrottled",
            "sns": "Throttling",
            "lambda": "TooManyRequestsException",
        }.get(call.service, "ThrottlingException")
        return _refusal(request, call.service, 503 if call.service == "s3" else 400, code)

    def _contended(self, call: Call, request: Any, take: Callable[[], Any]) -> AWSResponse:
        if not touches(Kind.CONTENDED, call):
            return take()  # a read has no conflict
        if call.operation == "TransactWriteItems":
            items = json.loads(request.body)["TransactItems"]
            reasons = [{"Code": "None"} for _ in items[1:]] + [{"Code": "TransactionConflict"}]
            return _refusal(
                request,
                "dynamodb",
                400,
                "TransactionCanceledException",
                CancellationReasons=reasons,
            )
        if call.service == "lambda":
            return _refusal(request, "lambda", 400, "ResourceInUseException")
        if call.conditional:
            return _refusal(request, "s3", 409, "ConditionalRequestConflict")
        return _refusal(request, "dynamodb", 400, "TransactionConflictException")

    def _failed(self, call: Call, request: Any, _take: Callable[[], Any]) -> AWSResponse:
        code = {
            "s3": "InternalError",
            "dynamodb": "InternalServerError",
            "lambda": "ServiceException",
        }.get(call.service, "InternalFailure")
        return _refusal(request, call.service, 500, code)

    def _no_answer(self, call: Call, request: Any, take: Callable[[], Any]) -> AWSResponse:
        take()
        self._wait(READ_TIMEOUTS.get(call.service, READ_TIMEOUT))
        raise ReadTimeoutError(endpoint_url=request.url)

    def _connection_lost(self, _call: Call, request: Any, take: Callable[[], Any]) -> AWSResponse:
        take()
        self._wait(BREAKS_AFTER)
        raise ConnectionClosedError(endpoint_url=request.url)

    def _half_an_answer(self, call: Call, request: Any, take: Callable[[], Any]) -> AWSResponse:
        answer = take()
        if (call.service, call.operation) == ("s3", "GetObject"):
            answer.raw = _Breaking(answer.raw.getvalue())
        return answer

    def _half_taken(self, call: Call, request: Any, take: Callable[[], Any]) -> AWSResponse:
        if call.operation == "SendMessageBatch":
            asked = json.loads(request.body)
            last = asked["Entries"].pop()
            refused = {"Id": last["Id"], "SenderFault": False, "Code": "InternalError"}
            if not asked["Entries"]:
                return _json(request, 200, {"Successful": [], "Failed": [refused]})
            request.body = json.dumps(asked).encode()
            content = json.loads(take().content)
            return _json(request, 200, {**content, "Failed": [refused]})
        if call.operation == "BatchGetItem":
            return _json(
                request,
                200,
                {"Responses": {}, "UnprocessedKeys": json.loads(request.body)["RequestItems"]},
            )
        return take()

    def _wait(self, seconds: float) -> None:
        try:
            self._time.sleep(seconds)
        except Died:
            self._dead = True
            raise


_TOUCHED = {
    Kind.CONTENDED: {
        "TransactWriteItems",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "UpdateEventSourceMapping",
    },
    Kind.HALF_AN_ANSWER: {"GetObject"},
    Kind.HALF_TAKEN: {"SendMessageBatch", "BatchGetItem"},
}


def touches(kind: Kind, call: Call) -> bool:
    """Return whether such a call can have that fault."""
    if kind is Kind.CONTENDED and call.conditional:
        return True
    return call.operation in _TOUCHED.get(kind, {call.operation})


class _Breaking(io.BytesIO):
    """A body that breaks off after its first half."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body[: len(body) // 2])

    def read(self, amount: int | None = -1) -> bytes:
        found = super().read(amount)
        if not found:
            raise ProtocolError("Connection broken")
        return found

    def stream(self, amount: int = 65536, **_: Any) -> Any:
        while True:
            yield self.read(amount)


def _refusal(
    request: Any, service: str, status: int, code: str, message: str = "no", **more: Any
) -> AWSResponse:
    if service in {"dynamodb", "sqs", "lambda", "cloudwatch-logs"}:
        return _json(
            request, status, {"__type": f"com.amazonaws#{code}", "message": message} | more
        )
    body = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    if service == "sns":
        body = f"<ErrorResponse>{body}<RequestId>1</RequestId></ErrorResponse>"
    if request.method == "HEAD":
        body = ""
    return AWSResponse(request.url, status, {"Content-Type": "text/xml"}, _Raw(body.encode()))


def _json(request: Any, status: int, body: dict[str, Any]) -> AWSResponse:
    headers = {"Content-Type": "application/x-amz-json-1.0"}
    return AWSResponse(request.url, status, headers, _Raw(json.dumps(body).encode()))


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Any:
        yield self.read()
