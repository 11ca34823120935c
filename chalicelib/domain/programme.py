"""An agreement as data: who is covered, from when, for how long and at what price."""

import string
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from .bank import Bank
from .confirmation import BASIC, PART
from .dates import cover_period
from .premium import Contributions, Premium
from .regions import Regions

DIRECTORY = Path(__file__).parent.parent / "programmes"
"""Where the data files are that are deployed with payung."""

_SHARED = frozenset({"banks", "contributions", "regions"})

Model = TypeVar("Model", bound=BaseModel)
_PLACEHOLDERS = frozenset({"name", "until", "premium", "aid", "reference", "scheme"})
_WIDEST = {
    "until": "31-12-2026",
    "premium": "9.999.999",
    "aid": "999.999.999",
    "reference": "ZZZZZZZZ-5000000Z",
}
"""As long as what fills a message's placeholders can be."""
_ROOM_FOR_NAME = 15
_SCHEME = r"^[A-Z][A-Z0-9_]*$"


class _Data(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True
    )


class Scheme(_Data):
    """A kind of aid or credit: its full name, and the SMS that its recipients get.

    `sms` may use `{name}`, `{until}`, `{premium}`, `{aid}`, `{reference}` and `{scheme}`, and
    nothing outside the GSM 7-bit alphabet's basic table, of which 160 characters are one message.
    """

    name: str
    sms: str

    @field_validator("sms")
    @classmethod
    def _is_plain(cls, sms: str) -> str:
        parts = list(string.Formatter().parse(sms))
        used = {placeholder for _, placeholder, _, _ in parts if placeholder is not None}
        if unknown := used - _PLACEHOLDERS:
            raise ValueError(f"unknown placeholders: {sorted(unknown)}")
        if "name" not in used:
            raise ValueError("the message must say whose it is: {name}")
        if strange := {each for text, *_ in parts for each in text} - BASIC:
            raise ValueError(f"not in the basic GSM 7-bit alphabet: {sorted(strange)}")
        return sms

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        room = PART - len(self.sms.format(name="", scheme=self.name, **_WIDEST))
        if room < _ROOM_FOR_NAME:
            raise ValueError(f"the message leaves {room} characters for the name in one part")
        return self


class Programme(_Data):
    """One agreement.

    Files are taken from `opens` to `closes`, both included, as days of `timezone`. A person is
    covered for `months` paid months from the day on which the file came, or from `cover_starts`
    to `cover_ends` where the agreement fixes the days for everyone (`cover_ends` alone missing:
    counted from the months). Ages are whole years on the first day of cover: at least
    `minimum_age`, under `age_limit`. `default_income` (rupiah a month) applies where a row
    declares none. `discounts` names those of the contribution rules that are granted here.
    No `banks` means every bank.
    """

    code: str = Field(pattern=r"^[a-z0-9-]+$")
    name: str
    province: str
    timezone: ZoneInfo
    opens: date
    closes: date
    months: int = Field(ge=1, le=60)
    default_income: int = Field(gt=0)
    minimum_age: int = Field(ge=0)
    age_limit: int = Field(ge=1)
    schemes: dict[Annotated[str, Field(pattern=_SCHEME)], Scheme] = Field(min_length=1)
    banks: frozenset[str] = frozenset()
    discounts: tuple[str, ...] = ()
    cover_starts: date | None = None
    cover_ends: date | None = None
    contributions: Contributions = Field(repr=False)
    regions: Regions = Field(repr=False)

    @field_validator("timezone", mode="before")
    @classmethod
    def _to_timezone(cls, name: object) -> object:
        if not isinstance(name, str):
            return name
        try:
            return ZoneInfo(name)
        except (OSError, ZoneInfoNotFoundError) as error:
            raise ValueError(f"unknown time zone: {name}") from error

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.closes < self.opens:
            raise ValueError("it closes before it opens")
        if self.age_limit <= self.minimum_age:
            raise ValueError("nobody has an age within its limits")
        if self.cover_ends and not (self.cover_starts and self.cover_starts <= self.cover_ends):
            raise ValueError("cover_ends needs a cover_starts before it")
        if unknown := set(self.discounts) - set(self.contributions.discounts):
            raise ValueError(f"unknown discounts: {sorted(unknown)}")
        if self.province not in self.regions.provinces:
            raise ValueError(f"unknown province: {self.province}")
        self.premium(None, self.cover(self.opens)[0])  # there must be a rate from the first day on
        return self

    def local_day(self, at: datetime) -> date:
        """Return the day that it is in the programme's province at an instant (aware)."""
        return at.astimezone(self.timezone).date()

    def is_open(self, on: date) -> bool:
        """Whether files are taken on that local day."""
        return self.opens <= on <= self.closes

    def takes(self, scheme: str, bank_code: str) -> bool:
        """Whether a bank may hand over recipients of a scheme."""
        return scheme in self.schemes and (not self.banks or bank_code in self.banks)

    def cover(self, on: date) -> tuple[date, date]:
        """Return the first and the last day of cover of somebody enrolled on that local day."""
        if self.cover_starts is None:
            return cover_period(on, self.months)
        starts, ends = cover_period(self.cover_starts, self.months)
        return starts, self.cover_ends or ends

    def premium(self, income: int | None, starts: date) -> Premium:
        """Return the contribution for cover that begins on `starts`.

        `income` is the declared monthly one in rupiah, None where none was declared.
        """
        return self._premium(income or self.default_income, starts)

    @cached_property
    def _premium(self) -> Callable[[int, date], Premium]:
        # Few incomes and days come up over and over in a file: each is computed once.
        return lru_cache(maxsize=4096)(
            lambda income, starts: self.contributions.premium(
                income, starts, self.months, self.discounts
            )
        )


class AgreementInvalid(ValueError):  # reads as what it says, like the field's terms
    """A data file is not what it should be; the text names the file and the place."""


@dataclass(frozen=True, slots=True)
class Agreements:
    """Who may hand over what, and under which programme."""

    banks: tuple[Bank, ...]
    programmes: Mapping[str, Programme]

    def bank(self, code_or_name: str) -> Bank | None:
        """Return the bank of a code (`002`), folder (`bri`) or name, whatever its case."""
        wanted = code_or_name.strip().casefold()
        return next((bank for bank in self.banks if wanted in bank.spellings), None)

    def scheme(self, code: str) -> str | None:
        """Return a scheme's code as the programmes write it: `BPUM` for `bpum`."""
        wanted = code.strip().upper()
        known = any(wanted in programme.schemes for programme in self.programmes.values())
        return wanted if known else None

    def programme(self, scheme: str, bank_code: str, on: date) -> Programme | None:
        """Return the programme that takes this bank's files of this scheme on that local day."""
        return next(
            (
                programme
                for programme in self.programmes.values()
                if programme.takes(scheme, bank_code) and programme.is_open(on)
            ),
            None,
        )

    def programme_at(self, scheme: str, bank_code: str, at: datetime) -> Programme | None:
        """Return the programme that takes a file which came at that instant (aware)."""
        return next(
            (
                programme
                for programme in self.programmes.values()
                if programme.takes(scheme, bank_code) and programme.is_open(programme.local_day(at))
            ),
            None,
        )


def load_agreements(directory: Path | None = None) -> Agreements:
    """Return everything that the data files of a directory state; by default payung's own.

    `banks.toml`, `contributions.toml` and `regions.toml` are shared; every other `.toml` is a
    programme.

    Raises:
        AgreementInvalid: a file is missing, malformed or contradicts another.
    """
    directory = directory or DIRECTORY
    banks = tuple(
        _validated(Bank, {"code": code, **_table(about, "banks.toml")}, "banks.toml")
        for code, about in _table(
            _read(directory / "banks.toml").get("banks"), "banks.toml"
        ).items()
    )
    shared = {
        "contributions": _validated(
            Contributions, _read(directory / "contributions.toml"), "contributions.toml"
        ),
        "regions": _validated(Regions, _read(directory / "regions.toml"), "regions.toml"),
    }
    programmes = {}
    for path in sorted(directory.glob("*.toml")):
        if path.stem not in _SHARED:
            programme = _validated(Programme, {**_read(path), **shared}, path.name)
            if programme.code != path.stem:
                raise AgreementInvalid(f"{path.name}: its code must be the file's name")
            programmes[programme.code] = programme
    agreements = Agreements(banks, programmes)
    _check(agreements)
    return agreements


def _check(agreements: Agreements) -> None:
    """Refuse what would leave open which bank or programme is meant."""
    for one, other in combinations(agreements.banks, 2):
        if shared := one.spellings & other.spellings:
            raise AgreementInvalid(f"banks.toml: {sorted(shared)} means two banks")
    codes = {bank.code for bank in agreements.banks}
    for programme in agreements.programmes.values():
        if unknown := programme.banks - codes:
            raise AgreementInvalid(f"{programme.code}.toml: unknown banks {sorted(unknown)}")
    for first, second in combinations(agreements.programmes.values(), 2):
        if _overlap(first, second):
            raise AgreementInvalid(
                f"{first.code}.toml, {second.code}.toml: both take the same scheme of the same"
                " bank on the same day"
            )


def _overlap(one: Programme, other: Programme) -> bool:
    same_days = one.opens <= other.closes and other.opens <= one.closes
    same_banks = not one.banks or not other.banks or one.banks & other.banks
    return bool(same_days and same_banks and one.schemes.keys() & other.schemes.keys())


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AgreementInvalid(f"{path.name}: {error}") from error


def _table(value: object, file: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise AgreementInvalid(f"{file}: a table is expected")
    return value


def _validated(model: type[Model], data: Mapping[str, Any], file: str) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        places = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'file'}: {each['msg']}" for each in error.errors()
        )
        raise AgreementInvalid(f"{file}: {places}") from error
