"""The columns that payung knows in a confirmation."""

from enum import StrEnum
from pathlib import Path

COLUMNS_FILE = Path(__file__).with_name("columns.toml")


class Column(StrEnum):
    """A known column; its value is the name in data files."""

    REFERENCE = "reference"
    NIK = "nik"
    NAME = "name"
    ACCOUNT = "account"
    STATUS = "status"
    TAKEN = "taken"
    SNAP = "snap"
    DETAIL = "detail"
    CODE = "code"
    AMOUNT = "amount"
    TOTAL = "total"
    FEE = "fee"
    CREDIT = "credit"
    SIDE = "side"
    DATE = "date"
    EVIDENCE = "evidence"
    REASON = "reason"
    REMARK = "remark"
