"""Every code that payung answers with, what it means and what to do about it.

The one place from which result files and the bank guide take their words.
"""

from collections.abc import Mapping

from .code import Code, Severity
from .explanation import Explanation
from .explanations_of_files import OF_FILES
from .explanations_of_rows import OF_ROWS
from .record import StoredRecord

__all__ = ["EXPLANATIONS", "Code", "Explanation", "Finding", "Severity"]

EXPLANATIONS: Mapping[Code, Explanation] = {**OF_ROWS, **OF_FILES}
"""The catalogue: every code, in the order in which the guide lists them."""


class Finding(StoredRecord, frozen=True):
    """One thing found in a row or file.

    `params` fill the placeholders of the code's message. They never hold a NIK, a name or a phone
    number in full.
    """

    code: Code
    params: Mapping[str, str] = {}

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
