"""The columns that payung knows in a file of recipients."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from chalicelib.files.columns import Columns, columns_of
from chalicelib.files.headers import resolve
from chalicelib.files.refusal import FileRefused

COLUMNS_FILE = Path(__file__).with_name("columns.toml")


class Column(StrEnum):
    """A known column; its value is the name in codes and data files."""

    NIK = "nik"
    NAME = "name"
    AMOUNT = "amount"
    PHONE = "phone"
    BIRTH_DATE = "birth_date"
    BIRTH = "birth"
    SEX = "sex"
    ADDRESS = "address"
    REGENCY = "regency"
    REGENCY_NAME = "regency_name"
    REMARK = "remark"
    BUSINESS = "business"
    ACCOUNT = "account"
    FAMILY_CARD = "family_card"
    INCOME = "income"


def recipient_columns(bank: str | None = None) -> Columns:
    """Return the columns and their aliases in the files of a bank (by its code)."""
    return columns_of(COLUMNS_FILE, bank)


def column_in(header: Sequence[str], column: Column, bank: str) -> int | None:
    """Return the index of a column in an accepted file; None if the file does not have it.

    Also None if the aliases have changed since the file was accepted.
    """
    return columns_in(header, bank).get(column)


def columns_in(header: Sequence[str], bank: str) -> Mapping[str, int]:
    """Return the index of each column in a file that was accepted.

    The result is empty if the aliases have changed since the file was accepted.
    """
    try:
        return resolve(header, recipient_columns(bank))
    except FileRefused:
        return {}
