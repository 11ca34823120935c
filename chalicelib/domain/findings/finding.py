"""A finding about a row or a file: a code, and the values for its text."""

from collections.abc import Mapping
from enum import StrEnum

from chalicelib.domain.record import StoredRecord

from .code import Code

__all__ = ["Code", "Finding"]


class Finding(StoredRecord, frozen=True):
    """One finding about a row or a file.

    `code` is a member of `Code` or of a kind's own enumeration. After decoding it is the plain
    word, which is equal to the member. `params` fill the placeholders of the code's message. They
    never hold a full NIK, name or phone number.
    """

    code: str
    params: Mapping[str, str] = {}

    @classmethod
    def of(cls, code: StrEnum, **params: object) -> "Finding":
        """Make a finding. Each parameter becomes text: `Finding.of(Code.NIK_LENGTH, digits=15)`."""
        return cls(code, {name: str(value) for name, value in params.items()})
