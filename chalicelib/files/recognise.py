"""What a file is, by its first bytes."""

from typing import BinaryIO

from .headers import Aliases
from .limits import Limits
from .plaintext import TextSource
from .source import Source


def open_source(file: BinaryIO, aliases: Aliases, limits: Limits) -> Source:
    """Open a file as what its content says it is."""
    return TextSource(file, aliases, limits)
