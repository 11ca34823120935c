"""Every code that payung answers with, what it means and what to do about it.

The one place from which result files and the bank guide take their words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .code import Code, Severity
from .explanation import Explanation
from .explanations_of_files import OF_FILES
from .explanations_of_rows import OF_ROWS

__all__ = ["EXPLANATIONS", "Code", "Explanation", "Finding", "Severity"]

EXPLANATIONS: Mapping[Code, Explanation] = {**OF_ROWS, **OF_FILES}
"""The catalogue: every code, in the order in which the guide lists them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a row or file.

    `params` fill the placeholders of the code's message. They never hold a NIK, a name or a phone
    number in full.
    """

    code: Code
    params: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, code: Code, **params: object) -> "Finding":
        """Return a finding, each parameter as text: `Finding.of(Code.NIK_LENGTH, digits=15)`."""
        return cls(code, {name: str(value) for name, value in params.items()})

    @property
    def severity(self) -> Severity:
        """What the finding does to its row or file."""
        return EXPLANATIONS[self.code].severity

    @property
    def is_error(self) -> bool:
        """Whether the row is rejected for it."""
        return EXPLANATIONS[self.code].severity is Severity.ERROR

    @property
    def message(self) -> str:
        """What is wrong and what to do, in Indonesian."""
        return EXPLANATIONS[self.code].fill(self.params)

    def to_json(self) -> list[Any]:
        """Return `[code]` or `[code, {params}]`, for the objects that payung stores."""
        return [self.code.value, dict(self.params)] if self.params else [self.code.value]

    @classmethod
    def from_json(cls, stored: Sequence[Any]) -> "Finding":
        """Return the finding that `to_json` stored.

        Raises:
            ValueError: it is nothing that `to_json` writes (or was written by newer code).
        """
        match stored:
            case [str(code)]:
                return cls(Code(code))
            case [str(code), dict(params)]:
                return cls(Code(code), params)
            case _:
                raise ValueError("a stored finding is [code] or [code, {params}]")
