"""How a list of premiums is shown, and what a caller may do with it."""

from datetime import date, datetime

from pydantic import Field

from chalicelib.api.operations.counts import Rupiah
from chalicelib.api.operations.model import View
from chalicelib.api.permissions import Action, Caller, Role
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.cells.dates import format_date
from chalicelib.domain.cells.money import format_rupiah
from chalicelib.domain.money.listing import RemittanceState
from chalicelib.domain.money.remittance import Payment, PaymentCode, Receipt, Remittance

_STEPS = {
    RemittanceState.LISTING: (Action.CANCEL_REMITTANCE,),
    RemittanceState.LISTED: (Action.BILL_REMITTANCE, Action.CANCEL_REMITTANCE),
    RemittanceState.BILLED: (
        Action.BILL_REMITTANCE,
        Action.PAY_REMITTANCE,
        Action.CANCEL_REMITTANCE,
    ),
    RemittanceState.PAID: (
        Action.PAY_REMITTANCE,
        Action.RECEIVE_REMITTANCE,
        Action.CUT_REMITTANCE,
    ),
}


_PLAINLY = {
    RemittanceState.LISTING: "Daftar sedang disusun.",
    RemittanceState.CANCELLED: "Daftar dibatalkan. Orang-orangnya dapat masuk daftar lain.",
}


class CodeView(View):
    """A payment code of BPJS, and the bill for it."""

    code: str
    bill: Rupiah
    difference: int = Field(
        description="whole rupiah: the bill less the premiums of the list as they were then"
    )
    expires: date = Field(description="the last day to pay")
    at: datetime
    closed: bool = Field(description="whether another code has replaced it")


class PaymentView(View):
    """A payment that the bank states."""

    reference: str
    code: str
    amount: Rupiah
    day: date
    channel: str
    at: datetime
    by: str | None = Field(description="null for other organisations than the bank")


class ReceiptView(View):
    """What BPJS has received."""

    reference: str
    code: str
    amount: Rupiah
    day: date
    starts: date
    ends: date
    at: datetime
    by: str | None = Field(description="null for a bank")


class RemittanceView(View):
    """A list of premiums that a bank pays to BPJS."""

    id: str
    bank: str
    bank_name: str
    programme: str
    state: RemittanceState
    explanation: str = Field(description="in Indonesian")
    created_at: datetime
    files: list[str] = Field(description="the files whose people are on it")
    people: int
    rupiah: Rupiah = Field(description="their premiums")
    returned_people: int = Field(description="whose deduction went back after the payment")
    returned: Rupiah
    cut_people: int
    cut: Rupiah
    due: Rupiah = Field(description="what BPJS must receive before anybody is active")
    paid: Rupiah
    received: Rupiah
    short: Rupiah
    overpaid: Rupiah
    codes: list[CodeView] = Field(description="the last one is in force")
    payments: list[PaymentView]
    receipts: list[ReceiptView]
    completed_at: datetime | None
    cancelled_at: datetime | None
    cancelled_because: str | None
    may: list[Action] = Field(description="the steps that the caller may take now")


class RemittancesResponse(View):
    """Lists, the latest first."""

    remittances: list[RemittanceView]


def remittance_view(of: Remittance, caller: Caller, agreements: Agreements) -> RemittanceView:
    """Return a list as this caller sees it."""
    bank = agreements.bank(of.bank)
    return RemittanceView(
        id=of.id,
        bank=of.bank,
        bank_name=bank.name if bank else of.bank,
        programme=of.programme,
        state=of.state,
        explanation=_explained(of),
        created_at=of.at,
        files=list(of.files),
        people=of.people,
        rupiah=of.rupiah,
        returned_people=of.returned_people,
        returned=of.returned,
        cut_people=of.cut_people,
        cut=of.cut,
        due=of.due,
        paid=of.paid,
        received=of.received,
        short=of.short,
        overpaid=of.overpaid,
        codes=[_code(each, of) for each in of.codes],
        payments=[_payment(each, caller) for each in of.payments],
        receipts=[_receipt(each, caller) for each in of.receipts],
        completed_at=of.completed_at,
        cancelled_at=of.cancelled.at if of.cancelled else None,
        cancelled_because=(of.cancelled.reason or None) if of.cancelled else None,
        may=[each for each in _STEPS.get(of.state, ()) if caller.is_allowed(each)],
    )


def _code(code: PaymentCode, of: Remittance) -> CodeView:
    return CodeView(
        code=code.code,
        bill=code.bill,
        difference=code.difference,
        expires=code.expires,
        at=code.at,
        closed=code is not of.code,
    )


def _payment(payment: Payment, caller: Caller) -> PaymentView:
    return PaymentView(
        reference=payment.reference,
        code=payment.code,
        amount=payment.amount,
        day=payment.day,
        channel=payment.channel,
        at=payment.at,
        by=payment.by if caller.role is Role.BANK else None,
    )


def _receipt(receipt: Receipt, caller: Caller) -> ReceiptView:
    return ReceiptView(
        reference=receipt.reference,
        code=receipt.code,
        amount=receipt.amount,
        day=receipt.day,
        starts=receipt.starts,
        ends=receipt.ends,
        at=receipt.at,
        by=None if caller.role is Role.BANK else receipt.by,
    )


def _explained(of: Remittance) -> str:
    if of.state in _PLAINLY:
        return _PLAINLY[of.state]
    money = f"{of.people} orang, Rp{format_rupiah(of.rupiah)}"
    if of.state is RemittanceState.RECEIVED:
        return _received(of, money)
    if of.short:
        return (
            f"BPJS menerima kurang Rp{format_rupiah(of.short)}. Belum ada yang aktif: lunasi"
            " kekurangannya, atau keluarkan orang dari daftar."
        )
    if of.payments:
        return f"Bank menyatakan sudah membayar ({money}). Menunggu penerimaan oleh BPJS."
    if of.code is None:
        return f"Daftar siap ({money}). Menunggu kode iuran dari BPJS."
    until = format_date(of.code.expires)
    return f"Kode iuran {of.code.code} berlaku sampai {until} ({money}). Menunggu pembayaran."


def _received(of: Remittance, money: str) -> str:
    receipt = of.receipts[-1]
    text = (
        f"BPJS sudah menerima lunas ({money}). Perlindungan {format_date(receipt.starts)} sampai"
        f" {format_date(receipt.ends)}."
    )
    if of.overpaid:
        text += f" Lebih bayar Rp{format_rupiah(of.overpaid)}."
    return text
