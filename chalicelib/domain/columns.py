"""The columns that payung knows in a recipient file."""

from enum import StrEnum


class Column(StrEnum):
    """A column with a meaning to payung; its value is the name used in codes and data files."""

    NIK = "nik"
    NAME = "name"
    AMOUNT = "amount"
    PHONE = "phone"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    ADDRESS = "address"
    REGENCY = "regency"
    BUSINESS = "business"
    ACCOUNT = "account"
    FAMILY_CARD = "family_card"
    INCOME = "income"


REQUIRED = (Column.NIK, Column.NAME, Column.AMOUNT)
"""A file without one of these is refused whole."""
