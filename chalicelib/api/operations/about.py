"""The signed-in user with their permissions, and whether the service answers."""

from typing import Literal

from pydantic import Field

from chalicelib.adapters.ports import Clock
from chalicelib.api.operations.model import View
from chalicelib.api.permissions import Action, Caller, Role, SecondFactor
from chalicelib.domain.agreements.programme import Agreements, Programme


class Named(View):
    """A code with its name."""

    code: str
    name: str


class ProgrammeView(View):
    """An agreement that gives people cover."""

    code: str
    name: str
    schemes: list[Named]
    open: bool = Field(description="whether the programme accepts files today")


class MeView(View):
    """The signed-in user: permissions, programmes and banks."""

    username: str
    role: Role
    bank: str | None
    bank_name: str | None
    may: list[Action]
    second_factor: SecondFactor = Field(
        description="`missing`: the user must set one up at the user pool before anything else"
    )
    programmes: list[ProgrammeView] = Field(description="the latest first")
    banks: list[Named] = Field(description="the banks whose files this caller may see")


class HealthView(View):
    """The service answers."""

    status: Literal["ok"]
    stage: str


def show_me(*, caller: Caller, agreements: Agreements, clock: Clock) -> MeView:
    """Return the signed-in user with permissions, programmes and banks."""
    now = clock()
    bank = agreements.bank(caller.bank) if caller.bank else None
    programmes = sorted(agreements.programmes.values(), key=lambda each: each.opens, reverse=True)
    return MeView(
        username=caller.username,
        role=caller.role,
        bank=caller.bank,
        bank_name=bank.name if bank else caller.bank,
        may=list(caller.may),
        second_factor=caller.second_factor,
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
    """Report that the service answers; `stage` is the deployment's."""
    return HealthView(status="ok", stage=stage)


def _programme(programme: Programme, *, is_open: bool) -> ProgrammeView:
    return ProgrammeView(
        code=programme.code,
        name=programme.name,
        schemes=[Named(code=code, name=each.name) for code, each in programme.schemes.items()],
        open=is_open,
    )
