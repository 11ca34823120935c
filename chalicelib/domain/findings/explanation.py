"""The texts that explain a code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .code import Severity

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_OPTIONAL = re.compile(r"\[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Explanation:
    """The meaning of a code, in Indonesian, for bank staff.

    `message` is printed next to the row: what is wrong, and what to do. `cause` and `cure` are the
    longer texts of the guide. The finding fills `{name}` in a message. A part in `[square
    brackets]` is omitted if one of its placeholders has no value.
    """

    severity: Severity
    message: str
    cause: str
    cure: str

    def fill(self, params: Mapping[str, str]) -> str:
        """Return the message with its placeholders filled. One without a value becomes `?`."""

        def known(part: re.Match[str]) -> str:
            return part[1] if all(name in params for name in _names(part[1])) else ""

        return _PLACEHOLDER.sub(
            lambda match: params.get(match[1], "?"), _OPTIONAL.sub(known, self.message)
        )


def _names(text: str) -> list[str]:
    return _PLACEHOLDER.findall(text)
