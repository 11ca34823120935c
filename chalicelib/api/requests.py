"""Turns a request into an answer: the same order for every endpoint, without the framework.

`app` binds every endpoint to a route. An endpoint names its action (from the table of permissions),
its models (the documentation is generated from them), and whether it writes an audit line. Every
endpoint has an action.

The order is: find the caller, check the permission and the limit, parse the request, compute the
answer, write the audit line (`trace`). A refusal writes an audit line, too. A change writes one
before it is made (`Call.begin`), and a large answer names its people before it (`Call.show`):
payung makes no change and gives no answer that it cannot record.
"""

import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from chalicelib.adapters.ports import Links, Ports, SecondFactors, UseCounts
from chalicelib.api import limits, parsing
from chalicelib.api.audit import Audit, Subject
from chalicelib.api.cursor import Cursors
from chalicelib.api.permissions import (
    Action,
    Caller,
    SecondFactor,
    TokenRules,
    User,
    caller_of,
    user_of,
)
from chalicelib.api.refusals import NotJson, Refused, TooLarge
from chalicelib.api.trace import Trace, sent
from chalicelib.errors import Retry
from chalicelib.fault_log import log_fault

log = logging.getLogger(__name__)

AnyModel = TypeVar("AnyModel", bound=BaseModel)

_PLACES = re.compile(r"\{([a-z]+)\}")
HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
"""The headers of every answer: no cache may keep it."""
EVERYWHERE = (400, 401, 403, 429, 500)
"""The statuses with which any endpoint may refuse a request."""
MOST_BYTES = 8192
"""The maximum size of a request body. No useful request is that long."""

Begin = Callable[[], None]
"""Writes the audit line before a change; called once the subject is known."""
Show = Callable[[Iterable[Sequence[str]]], None]
"""Writes audit lines with the people (NIKs, in groups) whom a large answer shows."""


class ErrorView(BaseModel):
    """The reason of a refusal; `message` is Indonesian and says what to do."""

    code: str
    message: str
    request_id: str | None


class ErrorResponse(BaseModel):
    """The answer to a refused request."""

    error: ErrorView


@dataclass(frozen=True, slots=True)
class Request:
    """A request as API Gateway passes it on; API Gateway has verified the `claims`."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: parsing.Params = field(default_factory=dict)
    body: bytes = b""
    claims: Mapping[str, Any] | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request; `body` is JSON."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=lambda: dict(HEADERS))


class ApiPorts(Ports, Protocol):
    """The ports and settings that an operation may use."""

    @property
    def links(self) -> Links:
        """Signs links into the bucket."""

    @property
    def cursors(self) -> Cursors:
        """Signs cursors."""

    @property
    def audit(self) -> Audit:
        """Writes the audit trail."""

    @property
    def uses(self) -> UseCounts:
        """Counts requests, for their limits."""

    @property
    def tokens(self) -> TokenRules:
        """Which tokens count."""

    @property
    def second_factors(self) -> SecondFactors:
        """Knows who has a second factor."""

    @property
    def second_factor_roles(self) -> frozenset[str]:
        """The roles that need a second factor."""

    @property
    def stage(self) -> str:
        """Which deployment this is."""


@dataclass(frozen=True, slots=True)
class Call:
    """A permitted request: the caller, the parsed input, and the ports that an operation uses."""

    caller: Caller
    request: Request
    ports: ApiPorts
    parsed: BaseModel | None
    subject: Subject
    begin: Begin
    show: Show

    def body(self, kind: type[AnyModel]) -> AnyModel:
        """Return the parsed input; `kind` is the endpoint's model.

        Raises:
            TypeError: the endpoint has another model.
        """
        if not isinstance(self.parsed, kind):
            raise TypeError(f"the endpoint takes no {kind.__name__}")
        return self.parsed

    @property
    def batch(self) -> str:
        """The file's id in the path of the request."""
        return self.request.path["batch"]

    @property
    def remittance(self) -> str:
        """The id of the list of premiums in the path of the request."""
        return self.request.path["remittance"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation of the API.

    `body` or `query` is the model of the input. `answer` is the model of the answer, `status` is
    its status. `refusals` are the statuses besides `EVERYWHERE`. `traced`: each call writes an
    audit line. `changes`: another audit line is written before the change. `example` and `gives`
    are the input and the answer in the documentation.
    """

    method: str
    path: str
    action: Action
    summary: str
    answer: type[BaseModel]
    do: Callable[[Call], BaseModel]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    status: int = 200
    refusals: tuple[int, ...] = ()
    traced: bool = False
    changes: bool = False
    example: Mapping[str, Any] = field(default_factory=dict)
    gives: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse an endpoint without a permission or an audit line.

        Raises:
            TypeError: it has no action, or it changes something and writes no audit line.
        """
        if not isinstance(self.action, Action):
            raise TypeError(f"{self.method} {self.path} has no action")
        if self.changes and not self.traced:
            raise TypeError(f"{self.method} {self.path} changes something without an audit line")

    @property
    def name(self) -> str:
        """The name of the endpoint: its action."""
        return self.action.value

    @property
    def places(self) -> list[str]:
        """The names of the parameters in its path."""
        return _PLACES.findall(self.path)

    @property
    def statuses(self) -> list[int]:
        """Every status with which it may refuse a request."""
        return sorted({*EVERYWHERE, *self.refusals, *((413, 415) if self.body else ())})


UNASKED: Mapping[int, tuple[str, str]] = {
    405: ("method_unknown", "Alamat ini tidak menerima cara permintaan itu."),
    415: ("not_json", "Kirim permintaan sebagai application/json."),
    500: ("internal", "Ada gangguan pada sistem. Silakan coba lagi sebentar lagi."),
}
"""Refusals of a request that reaches no endpoint, by status: code and message."""


def unasked(status: int, request_id: str | None) -> Answer:
    """Return the answer to a request that reaches no endpoint."""
    return error(status, *UNASKED[status], request_id)


def answered(endpoint: Endpoint, request: Request, connect: Callable[[], ApiPorts]) -> Answer:
    """Return the answer to a request; raise nothing. `connect` returns the ports."""
    return _safely(request, lambda: _given(endpoint, request, connect()))


def not_json(endpoint: Endpoint, request: Request, connect: Callable[[], ApiPorts]) -> Answer:
    """Return the answer to a request whose body is not JSON, after its line in the audit trail.

    The framework refuses such a request before it reaches its endpoint.
    """

    def refuse() -> Answer:
        ports = connect()
        trace = _trace(endpoint, request, ports)
        refused = NotJson(*UNASKED[415])
        trace.refused(refused, request.path, lambda: ports.agreements)
        raise refused

    return _safely(request, refuse)


def _safely(request: Request, answer: Callable[[], Answer]) -> Answer:
    try:
        return answer()
    except Refused as refused:
        plain = error(refused.status, refused.code, refused.message, request.id)
        return Answer(plain.status, plain.body, {**plain.headers, **refused.headers})
    except Retry as busy:
        log.warning("a request could not be answered now: %s", type(busy).__name__)
        return unasked(500, request.id)
    except Exception as fault:  # noqa: BLE001  # the exception's text may hold personal data
        log_fault(fault)
        return unasked(500, request.id)


def error(status: int, code: str, message: str, request_id: str | None) -> Answer:
    """Return the answer that refuses a request."""
    body = ErrorResponse(error=ErrorView(code=code, message=message, request_id=request_id))
    return Answer(status, body.model_dump_json())


def _trace(endpoint: Endpoint, request: Request, ports: ApiPorts) -> Trace:
    user = user_of(request.claims, ports.tokens)
    return Trace(ports.audit, user, endpoint.action, request.id, always=endpoint.traced)


def _given(endpoint: Endpoint, request: Request, ports: ApiPorts) -> Answer:
    trace = _trace(endpoint, request, ports)
    try:
        caller = _caller(trace.user, ports)
        caller.demand(endpoint.action)
        limits.demand(endpoint.action, caller, uses=ports.uses, clock=ports.clock)
        parsed = _parsed(endpoint, request)
        call = Call(caller, request, ports, parsed, trace.subject, trace.begin, trace.show)
        given = endpoint.do(call)
    except Refused as refused:
        tried = sent(request.path, request.query, request.body)
        trace.refused(refused, tried, lambda: ports.agreements)
        raise
    except Exception:
        trace.failed()
        raise
    if endpoint.changes and not trace.has_begun:
        raise RuntimeError("a change was made without an audit line before it")
    trace.done()
    return Answer(endpoint.status, given.model_dump_json())


def _caller(user: User, ports: ApiPorts) -> Caller:
    """Return the caller. The user pool asks for no second factor itself: decision 0026.

    Raises:
        NotAllowed: the user has no role.
    """
    caller = caller_of(user)
    if caller.role.value not in ports.second_factor_roles:
        return caller
    has = ports.second_factors.has(user.username)
    return replace(caller, second_factor=SecondFactor.ACTIVE if has else SecondFactor.MISSING)


def _parsed(endpoint: Endpoint, request: Request) -> BaseModel | None:
    """Return the input of a request, parsed with the endpoint's model.

    Raises:
        BadRequest: it does not fit the model, or it has parameters that the endpoint does not take.
        TooLarge: its body is longer than `MOST_BYTES`.
    """
    if len(request.body) > MOST_BYTES:
        raise TooLarge("too_large", "Permintaan terlalu besar.")
    if endpoint.body:
        parsing.query(parsing.Nothing, request.query)
        return parsing.body(endpoint.body, request.body)
    return parsing.query(endpoint.query or parsing.Nothing, request.query)
