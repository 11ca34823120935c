"""How much of a file is taken."""

from dataclasses import dataclass

from chalicelib.domain.recipient import LONGEST_CELL


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on a file; past one of them it is refused rather than taken in part.

    `upload_bytes` is the file as it came, `unpacked_bytes` what gzip, ZIP or a workbook hold when
    unpacked, `archive_members` how many parts a workbook is made of. A cell of more than
    `cell_characters` makes its row a misshapen one; a record of more than `record_characters` is
    a quotation mark that was never closed.

    `workbook_bytes` of memory and `workbook_seconds` of processor time are what parsing a
    workbook may take; a sheet of a million rows and ten columns takes about one GiB, ten seconds.
    The function that reads files has more memory than that, or it would be ended with its child.
    """

    upload_bytes: int = 200 * 1024**2
    unpacked_bytes: int = 2 * 1024**3
    archive_members: int = 5_000
    rows: int = 5_000_000
    columns: int = 200
    cell_characters: int = LONGEST_CELL
    record_characters: int = 1_000_000
    workbook_bytes: int = 2 * 1024**3
    workbook_seconds: int = 120
