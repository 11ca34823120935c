"""What the steps of a list of premiums take: the requests of bank and BPJS."""

from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.adapters.ports import CUT_AT_ONCE
from chalicelib.api.operations.listing import Day
from chalicelib.api.operations.model import Reason, RequestModel
from chalicelib.domain.money.listing import RemittanceState
from chalicelib.domain.money.remittance import MOST_FILES

_MOST_RUPIAH = 10**13

Money = Annotated[int, Field(ge=1, le=_MOST_RUPIAH, description="whole rupiah")]
Reference = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[0-9A-Za-z][0-9A-Za-z ./-]{0,39}$"),
]


class ListRequest(RequestModel):
    """The programme, and the files whose deducted people go on the list."""

    programme: str = Field(max_length=64)
    files: list[str] | None = Field(
        None, min_length=1, max_length=MOST_FILES, description="ids; all that is due if missing"
    )


class RemittancesQuery(RequestModel):
    """Whose lists."""

    bank: str | None = Field(None, pattern=r"^[0-9]{3}$", description="banks: only their own")
    state: RemittanceState | None = None


class BillRequest(RequestModel):
    """The payment code of BPJS, its bill, and the last day to pay."""

    code: Reference
    bill: Money
    expires: Day


class PayRequest(RequestModel):
    """What the bank has paid for the code."""

    code: Reference
    reference: Reference = Field(description="the bank's number of the transfer")
    amount: Money
    day: Day
    channel: Reference = Field(description="such as RTGS, SKN or teller")


class ReceiveRequest(RequestModel):
    """What BPJS has received for the code, and the days of cover."""

    code: Reference
    reference: Reference = Field(description="the number of BPJS's receipt")
    amount: Money
    day: Day
    starts: Day
    ends: Day


class CutRequest(RequestModel):
    """The people to take off a paid list, by reference."""

    references: list[str] = Field(min_length=1, max_length=CUT_AT_ONCE)
    reason: Reason


class CancelRequest(RequestModel):
    """Why a list is not paid."""

    reason: Reason
