"""What people put into a cell that they have nothing for."""

_BLANKS = frozenset(
    {"", "-", "--", "---", ".", "0", "n/a", "#n/a", "na", "null", "none", "nihil", "kosong"}
)
LONGEST_BLANK = max(map(len, _BLANKS))
"""A text of more characters than this, with no space or `'` around it, says something."""


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: empty, or one of the usual signs for that (`-`, `n/a`, `0`)."""
    return not text or text.strip(" \t\r\n\u00a0'").casefold() in _BLANKS
