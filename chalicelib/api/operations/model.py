"""The base classes of requests and answers, and the fields that several requests have.

pydantic builds each model on first use, not on import: one process answers only a few kinds of
requests.
"""

import re
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from chalicelib.api.refusals import BadRequest
from chalicelib.domain.person.personal_numbers import holds_personal_number

_DIGITS = re.compile(r"[0-9]{1,9}")


class RequestModel(BaseModel):
    """A request: other fields are refused, and the text of an error never repeats its content."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, defer_build=True)


class View(BaseModel):
    """An answer, or a part of one."""

    model_config = ConfigDict(defer_build=True)


def _without_personal_number(reason: str) -> str:
    if holds_personal_number(reason):
        raise BadRequest(
            "reason_with_number",
            "Alasan disimpan dalam catatan. Jangan tulis NIK, nomor telepon, atau angka panjang"
            " lain di dalamnya.",
        )
    return reason


Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=5, max_length=500),
    AfterValidator(_without_personal_number),
]
"""The caller's reason for an audited action, in their own words; it holds no NIK or phone."""


def demand_reason(reason: str | None) -> str:
    """Return the reason for showing data in full.

    Raises:
        BadRequest: there is none.
    """
    if reason is None:
        raise BadRequest("reason_missing", "Tuliskan alasan untuk melihat data lengkap.")
    return reason


def _in_digits(number: object) -> object:
    """Refuse other forms of a number in an address, such as `2e1`, `+20` or `20.0`."""
    if isinstance(number, str) and not _DIGITS.fullmatch(number):
        raise ValueError("a number is written in digits")
    return number


PageSize = Annotated[int, Field(ge=1, le=50), BeforeValidator(_in_digits)]
"""How many items of a list one answer has at most."""
