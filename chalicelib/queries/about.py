"""Who am I, what may I do, and is the service well?"""

from typing import Literal

from pydantic import Field

from chalicelib.adapters.protocols import Clock
from chalicelib.domain.programme import Agreements, Programme
from chalicelib.permissions import Action, Caller, Role
from chalicelib.queries.model import View


class Named(View):
    """A code with its name."""

    code: str
    name: str


class ProgrammeView(View):
    """An agreement under which people are covered."""

    code: str
    name: str
    schemes: list[Named]
    open: bool = Field(description="whether files are taken today")


class MeView(View):
    """Who is signed in, and what there is for them."""

    username: str
    role: Role
    bank: str | None
    bank_name: str | None
    may: list[Action]
    programmes: list[ProgrammeView] = Field(description="the latest first")
    banks: list[Named] = Field(description="those whose files this caller may see")


class HealthView(View):
    """That the service answers."""

    status: Literal["ok"]
    stage: str


def show_me(*, caller: Caller, agreements: Agreements, clock: Clock) -> MeView:
    """Return who is signed in, and what there is for them."""
    now = clock()
    bank = agreements.bank(caller.bank) if caller.bank else None
    programmes = sorted(agreements.programmes.values(), key=lambda each: each.opens, reverse=True)
    return MeView(
        username=caller.username,
        role=caller.role,
        bank=caller.bank,
        bank_name=bank.name if bank else caller.bank,
        may=list(caller.may),
        programmes=[
            _programme(each, is_open=each.is_open(each.local_day(now))) for each in programmes
        ],
        banks=[
            Named(code=each.code, name=each.name)
            for each in agreements.banks
            if caller.sees(each.code)
        ],
    )


def show_health(stage: str) -> HealthView:
    """Return that the service answers."""
    return HealthView(status="ok", stage=stage)


def _programme(programme: Programme, *, is_open: bool) -> ProgrammeView:
    return ProgrammeView(
        code=programme.code,
        name=programme.name,
        schemes=[Named(code=code, name=each.name) for code, each in programme.schemes.items()],
        open=is_open,
    )
