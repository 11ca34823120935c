"""People and rupiah by where premiums are, in answers."""

from pydantic import Field

from chalicelib.api.operations.model import View
from chalicelib.domain.money.balance import Balance


class AmountsView(View):
    """A number of people, and the sum of their premiums."""

    people: int
    rupiah: int = Field(description="whole rupiah")


class MoneyView(View):
    """Where the premiums are.

    `expected` is the sum of `open`, `deferred`, `failed`, `returned` and
    `deducted`; `deducted` is that of `to_remit` and `remitted`; `remitted` that of `awaiting` and
    `received`. `not_due` is apart: what a bank took and owes to people.
    """

    expected: AmountsView
    open: AmountsView = Field(description="not confirmed, or with a break")
    deferred: AmountsView
    deducted: AmountsView
    failed: AmountsView
    returned: AmountsView
    to_remit: AmountsView
    remitted: AmountsView
    awaiting: AmountsView
    received: AmountsView
    covered: AmountsView
    refund_due: AmountsView
    refunded: AmountsView
    credit: AmountsView
    not_due: AmountsView


def money_view(balance: Balance) -> MoneyView:
    """Return the view of a balance."""
    shown = {**balance.amounts(), "not_due": balance.not_due}
    return MoneyView.model_validate(
        {name: AmountsView(people=each.people, rupiah=each.rupiah) for name, each in shown.items()}
    )
