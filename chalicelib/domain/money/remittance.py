"""A remittance: deducted premiums that a bank pays to BPJS in one sum.

Two organisations must agree. The bank lists people, and states what it has paid. BPJS gives a
payment code, and confirms what it has received, with the days of cover. Only a complete receipt
makes the people of the list active. A person's item says on which list they are, and nothing more:
whether their premium is paid or received is read from the list (`listing`).
"""

import re
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from chalicelib.domain.record import Record

from .listing import Listing, RemittanceState

MOST_FILES: Final = 200
"""How many files one list may take its people from."""
MOST_PAYMENTS: Final = 50
"""How many payments, receipts or codes one list may have."""
_ID = re.compile(r"[0-9]{3}-[0-9]{12}-[0-9A-F]{4}")
_NO_SIGNS = re.compile(r"[^0-9A-Z]")


class PaymentCode(Record, frozen=True):
    """A payment code of BPJS for a list, with its bill (whole rupiah).

    It may be paid up to the day `expires`. `premiums` is what the premiums of the list were when
    the code came: what the bill differs from them is shown, and changes no premium.
    """

    code: str
    bill: int
    premiums: int
    expires: date
    at: datetime
    by: str

    @property
    def difference(self) -> int:
        """How much more BPJS asks for than the premiums of the list; negative: how much less."""
        return self.bill - self.premiums


class Payment(Record, frozen=True):
    """What a bank states that it has paid: its own reference, amount (rupiah), day and channel."""

    reference: str
    code: str
    amount: int
    day: date
    channel: str
    at: datetime
    by: str


class Receipt(Record, frozen=True):
    """What BPJS has received for a code, under its own reference, with the days of cover."""

    reference: str
    code: str
    amount: int
    day: date
    starts: date
    ends: date
    at: datetime
    by: str


class Cancelled(Record, frozen=True):
    """That a list was cancelled: when (UTC), by whom and why."""

    at: datetime
    by: str
    reason: str


class Cursor(Record, frozen=True):
    """How far a list is made: the file (index), its chunk (from 1) and the next row (index)."""

    file: int = 0
    chunk: int = 1
    row: int = 0


class Remittance(Record, frozen=True, omit_defaults=True):
    """A list of deducted people of one bank and programme. Money is whole rupiah, times are UTC.

    `people` and `rupiah` are those on the list for whom it is meant. `returned_people` and
    `returned` were on it when the bank paid, and their deduction went back afterwards: their money
    is in the payment, and they get no cover by it.
    """

    id: str
    bank: str
    programme: str
    at: datetime
    by: str
    files: tuple[str, ...]
    state: RemittanceState = RemittanceState.LISTING
    people: int = 0
    rupiah: int = 0
    returned_people: int = 0
    returned: int = 0
    cut_people: int = 0
    cut: int = 0
    codes: tuple[PaymentCode, ...] = ()
    payments: tuple[Payment, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    completed_at: datetime | None = None
    cancelled: Cancelled | None = None
    cursor: Cursor = Cursor()
    revision: int = 0

    @property
    def code(self) -> PaymentCode | None:
        """The payment code in force: the last one. Those before it are closed."""
        return self.codes[-1] if self.codes else None

    @property
    def premiums(self) -> int:
        """The premiums on the list, also those that went back after the payment."""
        return self.rupiah + self.returned

    @property
    def rate_difference(self) -> int:
        """What BPJS's bill differs from the premiums of the list as they were then."""
        return self.code.difference if self.code else 0

    @property
    def due(self) -> int:
        """What BPJS must have received before anybody is active.

        It is never less than the premiums. If BPJS asks for more, it is that.
        """
        return self.premiums + max(0, self.rate_difference)

    @property
    def paid(self) -> int:
        """What the bank states that it has paid."""
        return sum(each.amount for each in self.payments)

    @property
    def received(self) -> int:
        """What BPJS has confirmed."""
        return sum(each.amount for each in self.receipts)

    @property
    def is_complete(self) -> bool:
        """Whether BPJS has received all that is due."""
        return bool(self.receipts) and self.received >= self.due

    @property
    def short(self) -> int:
        """What BPJS lacks; 0 before its first receipt."""
        return max(0, self.due - self.received) if self.receipts else 0

    @property
    def overpaid(self) -> int:
        """What BPJS has received beyond what is due."""
        return max(0, self.received - self.due) if self.receipts else 0

    @property
    def listing(self) -> Listing:
        """What a person on this list has to know of it."""
        receipt = self.receipts[-1] if self.state is RemittanceState.RECEIVED else None
        return Listing(
            self.id,
            self.state,
            paid_at=self.payments[0].at if self.payments else None,
            received_at=self.completed_at,
            starts=receipt.starts if receipt else None,
            ends=receipt.ends if receipt else None,
        )


def remittance_id(bank: str, at: datetime, by: str) -> str:
    """Return the id of a list: its bank, its second (UTC), and a mark of who makes it.

    Ids of a bank have the order of time.
    """
    mark = sha256(f"{by} {at.isoformat()}".encode()).hexdigest()[:4].upper()
    return f"{bank}-{at:%y%m%d%H%M%S}-{mark}"


def is_remittance_id(text: str) -> bool:
    """Whether a text has the form of a list's id."""
    return _ID.fullmatch(text) is not None


def bank_of(remittance: str) -> str:
    """Return the code of the bank that made the list with this id."""
    return remittance.partition("-")[0]


def plain_reference(text: str) -> str:
    """Return a reference or code as it is compared: capital letters and digits alone."""
    return _NO_SIGNS.sub("", text.upper())
