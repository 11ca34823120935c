"""The kind `confirmations`, and the module of each of its stages."""

from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.adapters.ports import Objects
from chalicelib.kinds.chunk_store import ChunkStore
from chalicelib.kinds.kind import Codes, GuideSection

if TYPE_CHECKING:
    from .applying import ConfirmApplying
    from .reading import ConfirmReading
    from .reporting import ConfirmReporting
    from .rows import ConfirmOutcome, ConfirmRow


class Confirmations:
    """What banks state about their deductions: `incoming/<bank>/KONFIRMASI/`."""

    name: str = "confirmations"
    columns = Path(__file__).with_name("columns.toml")
    result_columns = ("payung_potong", "payung_iuran", "payung_wajib_kembali")
    form: tuple[str, ...] = ()
    matched: tuple[str, ...] = ("deducted", "failed", "returned", "deferred", "blank")

    def codes(self) -> Codes:
        """Return the codes of a row."""
        from .codes import ConfirmCode  # noqa: PLC0415  # a process imports what it needs
        from .explanations import COMMON_TEXTS, EXPLANATIONS  # noqa: PLC0415

        return Codes(ConfirmCode, EXPLANATIONS, COMMON_TEXTS)

    def guide(self) -> GuideSection:
        """Return the section of the guide."""
        from .guide import GUIDE  # noqa: PLC0415

        return GUIDE

    def store(self, objects: Objects) -> ChunkStore["ConfirmRow", "ConfirmOutcome"]:
        """Return the store of the chunks."""
        from .rows import confirm_store  # noqa: PLC0415

        return confirm_store(objects)

    def reading(self) -> "type[ConfirmReading]":
        """Import and return the class that reads a file."""
        from .reading import ConfirmReading  # noqa: PLC0415

        return ConfirmReading

    def applying(self) -> "type[ConfirmApplying]":
        """Import and return the class that moves the people of a chunk."""
        from .applying import ConfirmApplying  # noqa: PLC0415

        return ConfirmApplying

    def reporting(self) -> "type[ConfirmReporting]":
        """Import and return the class that makes the results."""
        from .reporting import ConfirmReporting  # noqa: PLC0415

        return ConfirmReporting


CONFIRMATIONS = Confirmations()
