"""Codes with their explanations. Result files, answers and the guide take their texts from here."""

from collections.abc import Iterator, Mapping

from chalicelib.errors import ObjectMalformed

from .code import Severity
from .explanation import Explanation
from .explanations_of_cells import OF_CELLS
from .explanations_of_files import OF_FILES
from .finding import Finding


class Catalogue:
    """Codes with their explanations, in the order in which the guide lists them."""

    def __init__(self, explanations: Mapping[str, Explanation]) -> None:
        """Keep the explanations, by code."""
        self._explanations = explanations

    def __iter__(self) -> Iterator[str]:
        """Iterate over the codes."""
        return iter(self._explanations)

    def __getitem__(self, code: str) -> Explanation:
        """Return the explanation of a code.

        Raises:
            ObjectMalformed: no such code is known; newer code may have stored it.
        """
        try:
            return self._explanations[code]
        except KeyError:
            raise ObjectMalformed("a stored code is unknown") from None

    def message(self, finding: Finding) -> str:
        """Return what is wrong and what to do, in Indonesian."""
        return self[finding.code].fill(finding.params)

    def severity(self, finding: Finding) -> Severity:
        """Return what the finding does to its row or file."""
        return self[finding.code].severity

    def shown(self, finding: Finding) -> dict[str, str]:
        """Return a finding as its code and its message."""
        return {"code": str(finding.code), "message": self.message(finding)}


COMMON = Catalogue({**OF_CELLS, **OF_FILES})
"""The codes that every kind of file has."""
