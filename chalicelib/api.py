"""The HTTP API, without the framework: its endpoints, and how a request becomes an answer.

`app` binds every endpoint to a route. An endpoint says what it does (an action of the table of
permissions), what it takes and gives (models, from which its documentation is made), and whether
it leaves a trace. There is no endpoint without an action.

A request is answered in this order: who asks, whether they may, what they ask, the answer, the
trace. A trace is written of what was refused, too, and of what changes something already before it
is done (`Call.begin`): what cannot be written down is neither done nor told.
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from chalicelib.audit import Subject
from chalicelib.deadline import Deadline
from chalicelib.errors import Retry
from chalicelib.faults import log_fault
from chalicelib.permissions import Action, Caller, caller_of
from chalicelib.refusals import BadRequest, Refused, TooLarge

if TYPE_CHECKING:
    from chalicelib.wiring import World

log = logging.getLogger(__name__)

AnyModel = TypeVar("AnyModel", bound=BaseModel)
Params = Mapping[str, Sequence[str]]

_PLACES = re.compile(r"\{([a-z]+)\}")
HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
"""With every answer: none may be kept by whatever it passes through."""
EVERYWHERE = (400, 401, 403, 429, 500)
"""What any request may be refused with."""
MOST_BYTES = 8192
"""Of a request's body: more than any that makes sense."""
BEGUN = "begun"
"""The outcome in the trail while something that changes is being done."""


Begin = Callable[[], None]
"""Writes that something is about to be changed; called when it is known what, and for whom."""


def _nothing_to_write() -> None:
    """Write nothing: for what changes nothing."""


class ErrorView(BaseModel):
    """Why a request was refused; `message` is Indonesian and says what to do."""

    code: str
    message: str
    request_id: str | None


class ErrorResponse(BaseModel):
    """The answer to a request that was refused."""

    error: ErrorView


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came through API Gateway: `claims` are those that it has verified."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Params = field(default_factory=dict)
    body: bytes = b""
    claims: Mapping[str, Any] | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: `body` is JSON."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=lambda: dict(HEADERS))


@dataclass(frozen=True, slots=True)
class Call:
    """A request that may be answered: who asks, what, and the world to answer from."""

    caller: Caller
    request: Request
    world: "World"
    deadline: Deadline
    asked: BaseModel | None = None
    subject: Subject = field(default_factory=Subject)
    begin: Begin = _nothing_to_write

    def body(self, kind: type[AnyModel]) -> AnyModel:
        """Return what was asked, which is of the endpoint's own model."""
        if not isinstance(self.asked, kind):
            raise TypeError(f"the endpoint takes no {kind.__name__}")
        return self.asked

    @property
    def batch(self) -> str:
        """The file's id in the request's address."""
        return self.request.path["batch"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One thing that can be asked for.

    `body` or `query` is what it takes, `answer` what it gives, with `status`. `refusals` are the
    statuses besides those of every endpoint. `traced` leaves a line in the audit trail; what
    `changes` something leaves one before as well. `example` is what is asked in the documentation
    and `gives` what is answered there.
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
        """Refuse what could not be guarded or traced.

        Raises:
            TypeError: it has no action, or changes something and leaves no trace.
        """
        if not isinstance(self.action, Action):
            raise TypeError(f"{self.method} {self.path} has no action")
        if self.changes and not self.traced:
            raise TypeError(f"{self.method} {self.path} changes something and leaves no trace")

    @property
    def name(self) -> str:
        """A name of its own, also among those that share the action."""
        return self.action.value

    @property
    def places(self) -> list[str]:
        """The names in its path."""
        return _PLACES.findall(self.path)

    @property
    def statuses(self) -> list[int]:
        """Every status with which it may refuse."""
        return sorted({*EVERYWHERE, *self.refusals, *((413, 415) if self.body else ())})


UNASKED: Mapping[int, tuple[str, str]] = {
    405: ("method_unknown", "Alamat ini tidak menerima cara permintaan itu."),
    415: ("not_json", "Kirim permintaan sebagai application/json."),
    500: ("internal", "Ada gangguan pada sistem. Silakan coba lagi sebentar lagi."),
}
"""What is refused before an endpoint is asked."""


def unasked(status: int, request_id: str | None) -> Answer:
    """Return the answer to a request that no endpoint was asked for."""
    return error(status, *UNASKED[status], request_id)


def answered(
    endpoint: Endpoint, request: Request, world: "Callable[[], World]", deadline: Deadline
) -> Answer:
    """Return the answer to a request, whatever comes of it."""
    try:
        given = _given(endpoint, request, world(), deadline)
        return Answer(endpoint.status, given.model_dump_json())
    except Refused as refused:
        return error(refused.status, refused.code, refused.message, request.id)
    except Retry as busy:
        log.warning("a request could not be answered now: %s", type(busy).__name__)
        return unasked(500, request.id)
    except Exception as fault:  # noqa: BLE001  # its text may hold a person's data
        log_fault(fault)
        return unasked(500, request.id)


def error(status: int, code: str, message: str, request_id: str | None) -> Answer:
    """Return the answer that refuses a request."""
    told = ErrorResponse(error=ErrorView(code=code, message=message, request_id=request_id))
    return Answer(status, told.model_dump_json())


def _given(endpoint: Endpoint, request: Request, world: "World", deadline: Deadline) -> BaseModel:
    caller = caller_of(request.claims)
    subject = Subject()
    outcomes: list[str] = []

    def trace(outcome: str) -> None:
        outcomes.append(outcome)
        if endpoint.traced:
            world.audit.write(caller, endpoint.action, subject, outcome, request.id)

    try:
        caller.demand(endpoint.action)
        asked = _asked(endpoint, request)
        call = Call(caller, request, world, deadline, asked, subject, partial(trace, BEGUN))
        given = endpoint.do(call)
    except Refused as refused:
        trace(refused.code)
        raise
    except Exception:
        trace("internal")
        raise
    if endpoint.changes and BEGUN not in outcomes:
        raise RuntimeError("something was changed before it was written down")
    trace("ok")
    return given


def _asked(endpoint: Endpoint, request: Request) -> BaseModel | None:
    """Return what a request asks, in the endpoint's model.

    Raises:
        BadRequest: it has other fields than that, or parameters where there are none.
        TooLarge: its body is longer than any that makes sense.
    """
    if len(request.body) > MOST_BYTES:
        raise TooLarge("too_large", "Permintaan terlalu besar.")
    kind = endpoint.query or endpoint.body or Nothing
    try:
        if endpoint.body:
            _parameters(Nothing, request.query)
            return endpoint.body.model_validate_json(request.body)
        return _parameters(kind, request.query)
    except ValidationError as invalid:
        where = ", ".join(_wrong(kind, invalid)) or "isinya"
        told = f"Permintaan tidak dapat dibaca. Periksa: {where}."
        raise BadRequest("request_invalid", told) from None


def _wrong(kind: type[BaseModel], invalid: ValidationError) -> list[str]:
    """Return the names of the fields that are wrong: ours only, for any other may be a NIK."""
    ours = {each.alias or name for name, each in kind.model_fields.items()}
    found = {str(each["loc"][0]) for each in invalid.errors() if each["loc"]}
    return sorted(found & ours)


def _parameters(kind: type[BaseModel], params: Params) -> BaseModel:
    # A parameter that is given twice stays a list, which no field of ours is.
    return kind.model_validate(
        {name: values[0] if len(values) == 1 else list(values) for name, values in params.items()}
    )


class Nothing(BaseModel):
    """What is taken where nothing is taken."""

    model_config = {"extra": "forbid", "hide_input_in_errors": True}
