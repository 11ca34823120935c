"""The sex in a row or a NIK. A third value marks a business entity."""

from enum import StrEnum


class Sex(StrEnum):
    """The abbreviations of identity cards. The credit registry adds a value for companies."""

    MALE = "L"
    FEMALE = "P"
    BUSINESS_ENTITY = "9"


_SPELLINGS = {
    Sex.MALE: ("l", "laki", "lakilaki", "lk", "pria", "1", "m", "male"),
    Sex.FEMALE: ("p", "perempuan", "pr", "wanita", "w", "2", "f", "female"),
    Sex.BUSINESS_ENTITY: ("9", "badanusaha"),
}
_BY_SPELLING = {spelling: sex for sex, spellings in _SPELLINGS.items() for spelling in spellings}
_BY_SPELLING |= {spelling.upper(): sex for spelling, sex in _BY_SPELLING.items()}
_NOISE = str.maketrans("", "", " \t\u00a0'-.()/")


def parse_sex(text: str) -> Sex | None:
    """Return the value of the cell, or None if its spelling is not known.

    `P` is perempuan (female), as in all Indonesian forms, and never pria (male). 1 is male, 2 is
    female and 9 is a business entity, as in the credit registry. `1.0`, from a number cell, is 1.
    """
    if sex := _BY_SPELLING.get(text):
        return sex
    return _BY_SPELLING.get(text.strip().removesuffix(".0").translate(_NOISE).casefold())
