"""How a code is put into words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .code import Severity

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_OPTIONAL = re.compile(r"\[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code means, in Indonesian, for the people at the bank.

    `message` stands beside the row and says what is wrong and what to do; `cause` and `cure` are
    the longer words of the guide. `{name}` in a message is filled from the finding; a part in
    `[square brackets]` is left out where one of its placeholders is not known.
    """

    severity: Severity
    message: str
    cause: str
    cure: str

    def fill(self, params: Mapping[str, str]) -> str:
        """Return the message with its placeholders filled; one that is not known reads `?`."""

        def known(part: re.Match[str]) -> str:
            return part[1] if all(name in params for name in _names(part[1])) else ""

        return _PLACEHOLDER.sub(
            lambda match: params.get(match[1], "?"), _OPTIONAL.sub(known, self.message)
        )


def _names(text: str) -> list[str]:
    return _PLACEHOLDER.findall(text)
