"""The sex that a row or a NIK states, and the business entities among the rows."""

from enum import StrEnum


class Sex(StrEnum):
    """As identity cards abbreviate it; the credit registry has a third value for companies."""

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
    """Return what the cell states, None where it is none of the known spellings.

    `P` is perempuan, as everywhere in Indonesian forms, never pria; 1 is male, 2 female and 9 a
    business entity, as in the credit registry (also `1.0`, from a number cell).
    """
    if sex := _BY_SPELLING.get(text):
        return sex
    return _BY_SPELLING.get(text.strip().removesuffix(".0").translate(_NOISE).casefold())
