"""People and rupiah by where premiums are, in answers."""

from pydantic import Field

from chalicelib.api.operations.model import View
from chalicelib.domain.money.balance import Amounts, Balance


class AmountsView(View):
    """A number of people, and the sum of their premiums."""

    people: int
    rupiah: int = Field(description="whole rupiah")


class MoneyView(View):
    """Where the premiums are.

    `expected` is the sum of `open`, `deferred`, `failed`, `returned` and
    `deducted`; `deducted` is that of `to_remit` and `remitted`; `remitted` that of `awaiting` and
    `received`. `not_due` is apart: what a bank took and owes to people; it belongs to no regency.
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
    not_due: AmountsView | None = Field(description="null by regency")


def money_view(balance: Balance, *, of_regency: bool = False) -> MoneyView:
    """Return the view of a balance, or of that of a regency."""
    shown = {name: _amounts(each) for name, each in balance.amounts().items()}
    not_due = None if of_regency else _amounts(balance.not_due)
    return MoneyView.model_validate({**shown, "not_due": not_due})


def _amounts(amounts: Amounts) -> AmountsView:
    return AmountsView(people=amounts.people, rupiah=amounts.rupiah)
