"""What waits for somebody: confirmations that are overdue, and reversals to be approved."""

from datetime import date

from pydantic import Field

from chalicelib.adapters.ports import Batches, Clock, Reversals
from chalicelib.api.operations.counts import Rupiah
from chalicelib.api.operations.model import View
from chalicelib.api.operations.money.reversal_views import ReversalView, reversal_view
from chalicelib.api.permissions import Caller
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.file.totals import Unconfirmed, unconfirmed
from chalicelib.domain.money.reversal import ReversalState


class OverdueLine(View):
    """Premiums of a bank's scheme that the bank has said nothing about for too long."""

    programme: str
    bank: str
    bank_name: str
    scheme: str
    since: date = Field(description="the day of the earliest such file")
    waits: int = Field(ge=0, description="days since then")
    people: int
    rupiah: Rupiah


class ProposedReversal(View):
    """A file whose reversal waits for the other user."""

    batch: str
    file: str
    bank: str
    bank_name: str
    reversal: ReversalView


class ConfirmationsResponse(View):
    """Overdue confirmations and proposed reversals; a bank sees its own."""

    days: int = Field(description="after how many days a confirmation is overdue")
    overdue: list[OverdueLine]
    people: int
    rupiah: Rupiah
    reversals: list[ProposedReversal]


def show_confirmations(
    *,
    caller: Caller,
    batches: Batches,
    reversals: Reversals,
    agreements: Agreements,
    confirm_days: int,
    clock: Clock,
) -> ConfirmationsResponse:
    """Return which confirmations are overdue, and which reversals are proposed."""
    now = clock()
    lines: list[OverdueLine] = []
    for programme in agreements.programmes.values():
        today = programme.local_day(now)
        found = unconfirmed(batches.totals(programme.code), today, confirm_days)
        lines += [_line(each, today, agreements) for each in found if caller.sees(each.bank)]
    return ConfirmationsResponse(
        days=confirm_days,
        overdue=sorted(lines, key=lambda each: (each.since, each.bank, each.scheme)),
        people=sum(each.people for each in lines),
        rupiah=sum(each.rupiah for each in lines),
        reversals=_proposed(caller, batches, reversals, agreements),
    )


def _proposed(
    caller: Caller, batches: Batches, reversals: Reversals, agreements: Agreements
) -> list[ProposedReversal]:
    found = []
    for id_ in reversals.proposed():
        batch = batches.get(id_)
        if batch is None or not caller.sees(batch.bank):
            continue
        view = reversal_view(batch, caller)
        if view and view.state is ReversalState.PROPOSED:
            found.append(
                ProposedReversal(
                    batch=batch.id,
                    file=batch.file,
                    bank=batch.bank,
                    bank_name=_name(agreements, batch.bank),
                    reversal=view,
                )
            )
    return sorted(found, key=lambda each: each.reversal.proposed_at)


def _line(found: Unconfirmed, today: date, agreements: Agreements) -> OverdueLine:
    return OverdueLine(
        programme=found.programme,
        bank=found.bank,
        bank_name=_name(agreements, found.bank),
        scheme=found.scheme,
        since=found.since,
        waits=(today - found.since).days,
        people=found.people,
        rupiah=found.rupiah,
    )


def _name(agreements: Agreements, code: str) -> str:
    bank = agreements.bank(code)
    return bank.name if bank else code
