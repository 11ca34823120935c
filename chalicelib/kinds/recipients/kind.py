"""The kind `recipients`, and the module of each of its stages."""

from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.adapters.ports import Objects
from chalicelib.files.write import FILE, GUARD, LINE, REFERENCE
from chalicelib.kinds.chunk_store import ChunkStore
from chalicelib.kinds.kind import Codes, GuideSection

FORM = (
    REFERENCE, LINE, "NIK", "Nama", "payung_iuran", "Status Potong", "Jumlah Dipotong",
    "Tanggal Potong", "No Bukti", "Alasan",
)  # fmt: skip
"""The titles of `konfirmasi`: the bank states in it what became of each deduction."""

if TYPE_CHECKING:
    from .applying import RecipientApplying
    from .reading import RecipientReading
    from .reporting import RecipientReporting
    from .rows import RecipientOutcome, RecipientRow


class Recipients:
    """People to be enrolled: `incoming/<bank>/<scheme>/`."""

    name = "recipients"
    columns = Path(__file__).with_name("columns.toml")
    result_columns = (
        "payung_iuran",
        "payung_bantuan_bersih",
        "payung_mulai",
        "payung_sampai",
        REFERENCE,
        GUARD,
        FILE,
    )

    form = FORM
    matched: tuple[str, ...] = ()

    def codes(self) -> Codes:
        """Return the codes of a row."""
        from .codes import RecipientCode  # noqa: PLC0415  # a process imports what it needs
        from .explanations import EXPLANATIONS  # noqa: PLC0415

        return Codes(RecipientCode, EXPLANATIONS)

    def guide(self) -> GuideSection:
        """Return the section of the guide."""
        from .guide import GUIDE  # noqa: PLC0415

        return GUIDE

    def store(self, objects: Objects) -> ChunkStore["RecipientRow", "RecipientOutcome"]:
        """Return the store of the chunks."""
        from .rows import recipient_store  # noqa: PLC0415

        return recipient_store(objects)

    def reading(self) -> "type[RecipientReading]":
        """Import and return the class that reads a file."""
        from .reading import RecipientReading  # noqa: PLC0415

        return RecipientReading

    def applying(self) -> "type[RecipientApplying]":
        """Import and return the class that enrolls the people of a chunk."""
        from .applying import RecipientApplying  # noqa: PLC0415

        return RecipientApplying

    def reporting(self) -> "type[RecipientReporting]":
        """Import and return the class that makes the results."""
        from .reporting import RecipientReporting  # noqa: PLC0415

        return RecipientReporting


RECIPIENTS = Recipients()
