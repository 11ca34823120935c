"""The sums of money at the end of a run, and the people in each state."""

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb.person_items import enrollment_of
from chalicelib.adapters.ports import Batches
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.money.balance import Balance
from chalicelib.domain.money.standing import Cover
from chalicelib.domain.person.enrollment import Enrollment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

GRACE, ENDED = "grace", "ended"
STATES = (
    Cover.ENROLLED, Cover.DEDUCTED, Cover.NOT_DEDUCTED, Cover.RETURNED, Cover.REMITTED,
    Cover.ACTIVE, GRACE, ENDED, Cover.WITHDRAWN,
)  # fmt: skip


def balance(agreements: Agreements, batches: Batches) -> Balance:
    """Return the premiums of all programmes by leaf, as the totals have them."""
    totals = [each for programme in agreements.programmes for each in batches.totals(programme)]
    return Balance.of(
        sum(each.tally.accepted for each in totals),
        sum(each.tally.premium_total for each in totals),
        [each.moved for each in totals],
    )


def people(
    client: "DynamoDBClient", table: str, agreements: Agreements, now: datetime
) -> dict[str, int]:
    """Count the enrollments in each state; dates decide between active, grace and ended."""
    counted: Counter[str] = Counter()
    for page in client.get_paginator("scan").paginate(TableName=table):
        for item in page["Items"]:
            counted[state(enrollment_of(item), agreements, now)] += 1
    return {str(each): counted[each] for each in STATES}


def state(person: Enrollment, agreements: Agreements, now: datetime) -> str:
    """Return a person's state on the local day of a moment."""
    programme = agreements.programmes[person.programme]
    today = programme.local_day(now)
    if person.cover is not Cover.ACTIVE or today <= person.ends:
        return person.cover.value
    return GRACE if today <= programme.grace_ends(person.ends) else ENDED


def cash(of: Balance) -> dict[str, int]:
    """Return the money (rupiah) that is in no leaf.

    Nothing is paid to BPJS yet, so no payment is too high, too low or at another rate.
    """
    return {"overpaid": 0, "short": 0, "not_due": of.not_due.rupiah, "rate_difference": 0}
