"""The steps of a remittance: who may take them, and when. Each returns the list after it.

A bank lists people and pays; only BPJS gives codes and confirms receipts. No step of a bank makes
anybody active, and no step is taken twice.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from msgspec.structs import replace

from chalicelib.domain.person.enrollment import Enrollment

from .ledger import Line
from .listing import UNPAID, RemittanceState, after_cut
from .remittance import (
    MOST_PAYMENTS,
    Cancelled,
    Payment,
    PaymentCode,
    Receipt,
    Remittance,
    plain_reference,
)
from .standing import DEDUCTED, REMITTED


class Actor(NamedTuple):
    """A user who takes a step: of this bank, or of BPJS (`bank` is None)."""

    username: str
    bank: str | None


class Refusal(StrEnum):
    """Why a step of a remittance is refused."""

    OTHER_PARTY = "other_party"  # the step is the other organisation's
    WRONG_STATE = "wrong_state"
    CODE_KNOWN = "code_known"
    CODE_CLOSED = "code_closed"
    CODE_UNKNOWN = "code_unknown"
    CODE_EXPIRED = "code_expired"
    REFERENCE_KNOWN = "reference_known"
    REFERENCE_EMPTY = "reference_empty"
    AMOUNT_NOT_POSITIVE = "amount_not_positive"
    DATE_FUTURE = "date_future"
    DATES_WRONG = "dates_wrong"
    DATES_DIFFER = "dates_differ"
    TOO_MANY = "too_many"


Result = Remittance | Refusal


def listed(remittance: Remittance, now: datetime) -> Remittance:
    """Return a list whose people are all on it; a list of nobody is cancelled."""
    if remittance.people:
        return replace(remittance, state=RemittanceState.LISTED)
    return _cancelled(remittance, Cancelled(now, remittance.by, ""))


def set_aside(remittance: Remittance, now: datetime) -> Remittance:
    """Return a list that could not be made, cancelled; any other list as it is."""
    if remittance.state is not RemittanceState.LISTING:
        return remittance
    return _cancelled(remittance, Cancelled(now, remittance.by, "daftar tidak dapat disusun"))


def bill(remittance: Remittance, code: PaymentCode, actor: Actor, *, today: date) -> Result:
    """Return a list with a payment code; an earlier code is closed."""
    if actor.bank is not None:
        return Refusal.OTHER_PARTY
    if remittance.state not in {RemittanceState.LISTED, RemittanceState.BILLED}:
        return Refusal.WRONG_STATE
    if refusal := _refuses_bill(remittance, code, today=today):
        return refusal
    code = replace(code, premiums=remittance.premiums)
    return replace(remittance, state=RemittanceState.BILLED, codes=(*remittance.codes, code))


def pay(remittance: Remittance, payment: Payment, actor: Actor, *, today: date) -> Result:
    """Return a list with a payment that its bank states. A short one is made up by another."""
    if actor.bank != remittance.bank:
        return Refusal.OTHER_PARTY
    code = remittance.code
    if code is None or remittance.state not in {RemittanceState.BILLED, RemittanceState.PAID}:
        return Refusal.WRONG_STATE
    if refusal := _refuses_code(remittance, payment.code):
        return refusal
    if refusal := _refuses_money(payment, remittance.payments, today=today):
        return refusal
    if payment.day > code.expires:
        return Refusal.CODE_EXPIRED
    paid = replace(payment, code=code.code)
    return replace(remittance, state=RemittanceState.PAID, payments=(*remittance.payments, paid))


def receive(remittance: Remittance, receipt: Receipt, actor: Actor, *, today: date) -> Result:
    """Return a list with a receipt of BPJS; once all that is due is received, it is complete."""
    if actor.bank is not None:
        return Refusal.OTHER_PARTY
    code = remittance.code
    if code is None or remittance.state is not RemittanceState.PAID:
        return Refusal.WRONG_STATE
    refusal = _refuses_code(remittance, receipt.code)
    refusal = refusal or _refuses_money(receipt, remittance.receipts, today=today)
    if refusal:
        return refusal
    if refusal := _refuses_days(remittance, receipt):
        return refusal
    receipts = (*remittance.receipts, replace(receipt, code=code.code))
    return _completed(replace(remittance, receipts=receipts), receipt.at)


def cut(
    remittance: Remittance,
    actor: Actor,
    *,
    now: datetime,
    people: int,
    rupiah: int,
    returned_people: int = 0,
    returned: int = 0,
) -> Result:
    """Return a paid list without some of its people, and without their premiums.

    What is left may be complete by that. If nobody is left, and nothing was received, the list is
    cancelled.
    """
    if actor.bank != remittance.bank:
        return Refusal.OTHER_PARTY
    if remittance.state is not RemittanceState.PAID:
        return Refusal.WRONG_STATE
    left = replace(
        remittance,
        people=remittance.people - people,
        rupiah=remittance.rupiah - rupiah,
        returned_people=remittance.returned_people - returned_people,
        returned=remittance.returned - returned,
        cut_people=remittance.cut_people + people + returned_people,
        cut=remittance.cut + rupiah + returned,
    )
    if left.people or left.returned_people:
        return _completed(left, now)
    if left.receipts:
        return Refusal.WRONG_STATE  # money was received, and nobody would be left to have it
    return _cancelled(left, Cancelled(now, actor.username, ""))


def cut_lines(person: Enrollment, *, now: datetime, by: str) -> list[Line]:
    """Return the lines for a person who is cut from a paid list; none if that cannot be.

    The list's payment becomes a line of its own: the list does not lead to the person any more.
    """
    listing, now_at = person.on_list, person.standing
    after = after_cut(now_at)
    if listing is None or listing.paid_at is None or after is None:
        return []
    back = Line(now, now_at, after, person.premium, by=(by,))
    paid = Line(listing.paid_at, DEDUCTED, REMITTED, person.premium)
    return [paid, back] if now_at == REMITTED else [back]


def cancel(remittance: Remittance, actor: Actor, *, now: datetime, reason: str) -> Result:
    """Return a cancelled list: its people can be listed again. A paid list is not cancelled."""
    if actor.bank != remittance.bank:
        return Refusal.OTHER_PARTY
    if remittance.state not in UNPAID:
        return Refusal.WRONG_STATE
    return _cancelled(remittance, Cancelled(now, actor.username, reason))


def _completed(remittance: Remittance, now: datetime) -> Remittance:
    if not remittance.is_complete:
        return remittance
    return replace(remittance, state=RemittanceState.RECEIVED, completed_at=now)


def _cancelled(remittance: Remittance, cancelled: Cancelled) -> Remittance:
    return replace(remittance, state=RemittanceState.CANCELLED, cancelled=cancelled)


def _refuses_bill(remittance: Remittance, code: PaymentCode, *, today: date) -> Refusal | None:
    given = plain_reference(code.code)
    if not given:
        return Refusal.REFERENCE_EMPTY
    if given in {plain_reference(each.code) for each in remittance.codes}:
        return Refusal.CODE_KNOWN
    if code.bill <= 0:
        return Refusal.AMOUNT_NOT_POSITIVE
    if code.expires < today:
        return Refusal.CODE_EXPIRED
    return Refusal.TOO_MANY if len(remittance.codes) >= MOST_PAYMENTS else None


def _refuses_days(remittance: Remittance, receipt: Receipt) -> Refusal | None:
    """Return why the days of cover cannot be those of the list."""
    if receipt.starts > receipt.ends:
        return Refusal.DATES_WRONG
    first = remittance.receipts[0] if remittance.receipts else receipt
    is_same = (receipt.starts, receipt.ends) == (first.starts, first.ends)
    return None if is_same else Refusal.DATES_DIFFER


def _refuses_code(remittance: Remittance, code: str) -> Refusal | None:
    """Return why money is not for the code in force."""
    given = [plain_reference(each.code) for each in remittance.codes]
    if plain_reference(code) not in given:
        return Refusal.CODE_UNKNOWN
    return None if plain_reference(code) == given[-1] else Refusal.CODE_CLOSED


def _refuses_money(
    money: Payment | Receipt, known: tuple[Payment, ...] | tuple[Receipt, ...], *, today: date
) -> Refusal | None:
    """Return why a payment or receipt cannot be true, or is known already."""
    reference = plain_reference(money.reference)
    if not reference:
        return Refusal.REFERENCE_EMPTY
    if reference in {plain_reference(each.reference) for each in known}:
        return Refusal.REFERENCE_KNOWN
    if money.amount <= 0:
        return Refusal.AMOUNT_NOT_POSITIVE
    if money.day > today:
        return Refusal.DATE_FUTURE
    return Refusal.TOO_MANY if len(known) >= MOST_PAYMENTS else None
