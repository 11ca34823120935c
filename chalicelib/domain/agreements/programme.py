"""An agreement as data: the people covered, the dates, the number of months and the price."""

import string
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from chalicelib.domain.cells.dates import cover_period
from chalicelib.domain.messages.confirmation import BASIC, PART
from chalicelib.domain.person.enrollment import MessageKind

from .bank import Bank
from .premium import Contributions, Premium
from .regions import Regions

DIRECTORY = Path(__file__).parents[2] / "programmes"
"""The folder of the data files that are deployed with payung."""

_SHARED = frozenset({"banks", "contributions", "regions"})

Model = TypeVar("Model", bound=BaseModel)
_PLACEHOLDERS = frozenset({"name", "until", "premium", "aid", "reference", "scheme", "months"})
_WIDEST = {
    "until": "31-12-2026",
    "months": "12",
    "premium": "999.999",
    "aid": "999.999.999",
    "reference": "ZZZZZZZZ-5000000Z",
}
"""The longest usual values of a message's placeholders. Longer ones shorten the name more."""
_ROOM_FOR_NAME = 15
_SCHEME = r"^[A-Z][A-Z0-9_]*$"


class _Data(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True
    )


class Scheme(_Data):
    """A kind of aid or credit: its full name, and the wordings of the SMS to its recipients.

    `largest_aid` (rupiah) is the most that one person can get: a larger amount is something else,
    such as an account number. Its default is the most credit that one person gets under KUR (KUR
    kecil and khusus, 2023).

    `sms` has a wording for each kind of message. It may use `{name}`, `{until}`, `{months}`,
    `{premium}`, `{aid}`, `{reference}` and `{scheme}`. All other characters must be in the basic
    table of the GSM 7-bit alphabet: 160 of those fit one message. Digits are not allowed outside
    placeholders: a telephone number or link in a message must be registered with the carriers.
    """

    name: str
    sms: Mapping[MessageKind, str] = Field(min_length=1)
    largest_aid: int = Field(default=500_000_000, gt=0)

    @field_validator("sms")
    @classmethod
    def _are_plain(cls, sms: Mapping[MessageKind, str]) -> Mapping[MessageKind, str]:
        for wording in sms.values():
            cls._is_plain(wording)
        return sms

    @staticmethod
    def _is_plain(wording: str) -> None:
        parts = list(string.Formatter().parse(wording))
        used = {placeholder for _, placeholder, _, _ in parts if placeholder is not None}
        if unknown := used - _PLACEHOLDERS:
            raise ValueError(f"unknown placeholders: {sorted(unknown)}")
        if "name" not in used:
            raise ValueError("the message must say whose it is: {name}")
        if strange := {each for text, *_ in parts for each in text} - BASIC:
            raise ValueError(f"not in the basic GSM 7-bit alphabet: {sorted(strange)}")
        if any(each.isdigit() for text, *_ in parts for each in text):
            raise ValueError("a message has no number of its own")

    @model_validator(mode="after")
    def _leave_room(self) -> Self:
        for kind, wording in self.sms.items():
            room = PART - len(wording.format(name="", scheme=self.name, **_WIDEST))
            if room < _ROOM_FOR_NAME:
                raise ValueError(f"sms.{kind} leaves {room} characters for the name in one part")
        return self

    def wording(self, kind: MessageKind) -> str:
        """Return the wording of messages of that kind.

        Raises:
            LookupError: the scheme has none. A message of that kind then waits for a wording.
        """
        return self.sms[kind]


class Programme(_Data):
    """One agreement.

    - Files: accepted from `opens` to `closes`, both included, as days of `timezone`.
    - Cover: `months` paid months from the day on which the file arrived. If the agreement fixes the
      days for everyone, cover runs from `cover_starts` to `cover_ends`. If only `cover_ends` is
      missing, `months` determines it.
    - Age: whole years on the first day of cover, at least `minimum_age` and below `age_limit`.
    - Income: `default_income` (rupiah a month) applies if a row declares none.
    - Discounts: the names of those contribution rules that this programme grants.
    - Banks: an empty `banks` means every bank.
    - Protection: `cover_from` says what makes a person protected on the days of cover: the
      enrollment, or only BPJS's receipt of the premium. For `grace_months` after the last day a
      person stays a member who pays nothing; `grace_protected` says whether that protects them.
    - Messages: `messages` has the kinds of message that go out.
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
    cover_from: Literal["enrollment", "remittance"]
    grace_months: int = Field(ge=0, le=12)
    grace_protected: bool
    messages: frozenset[MessageKind]
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
        for code, scheme in self.schemes.items():
            if missing := self.messages - scheme.sms.keys():
                raise ValueError(f"scheme {code} has no wording for {sorted(missing)}")
        if self.province not in self.regions.provinces:
            raise ValueError(f"unknown province: {self.province}")
        self.premium(None, self.cover(self.opens)[0])  # raises if the first day has no rate
        return self

    def local_day(self, at: datetime) -> date:
        """Return the local day of the programme's province at an instant (aware)."""
        return at.astimezone(self.timezone).date()

    def is_open(self, on: date) -> bool:
        """Whether the programme accepts files on that local day."""
        return self.opens <= on <= self.closes

    def takes(self, scheme: str, bank_code: str) -> bool:
        """Whether a bank may upload recipients of a scheme."""
        return scheme in self.schemes and (not self.banks or bank_code in self.banks)

    def cover(self, on: date) -> tuple[date, date]:
        """Return the first and the last day of cover of a person enrolled on that local day."""
        if self.cover_starts is None:
            return cover_period(on, self.months)
        starts, ends = cover_period(self.cover_starts, self.months)
        return starts, self.cover_ends or ends

    def grace_ends(self, ends: date) -> date:
        """Return the last day of membership of a person whose cover ends on a day."""
        _, last = cover_period(ends + timedelta(days=1), self.grace_months)
        return last if self.grace_months else ends

    def premium(self, income: int | None, starts: date) -> Premium:
        """Return the contribution for cover that begins on `starts`.

        `income` is the declared monthly income in rupiah, or None if the row declares none.
        """
        return self._premium(income or self.default_income, starts)

    @cached_property
    def _premium(self) -> Callable[[int, date], Premium]:
        # A file repeats a few incomes and days very often. Compute each pair once.
        return lru_cache(maxsize=4096)(
            lambda income, starts: self.contributions.premium(
                income, starts, self.months, self.discounts
            )
        )


class AgreementInvalid(ValueError):  # named like the other errors of the domain, without "Error"
    """A data file is not valid. The text names the file and the place."""


@dataclass(frozen=True, slots=True)
class Agreements:
    """The banks and the programmes: which bank may upload which scheme."""

    banks: tuple[Bank, ...]
    programmes: Mapping[str, Programme]

    def bank(self, code_or_name: str) -> Bank | None:
        """Return the bank with this code (`002`), folder (`bri`) or name; case is ignored."""
        wanted = code_or_name.strip().casefold()
        return next((bank for bank in self.banks if wanted in bank.spellings), None)

    def scheme(self, code: str) -> str | None:
        """Return a scheme's code in the spelling of the programmes: `BPUM` for `bpum`."""
        wanted = code.strip().upper()
        known = any(wanted in programme.schemes for programme in self.programmes.values())
        return wanted if known else None

    def programme_at(self, scheme: str, bank_code: str, at: datetime) -> Programme | None:
        """Return the programme that accepts a file which arrived at that instant (aware)."""
        return next(
            (
                programme
                for programme in self.programmes.values()
                if programme.takes(scheme, bank_code) and programme.is_open(programme.local_day(at))
            ),
            None,
        )


def load_agreements(directory: Path | None = None) -> Agreements:
    """Load the agreements from the data files of a directory, by default payung's own.

    `banks.toml`, `contributions.toml` and `regions.toml` are shared. Every other `.toml` file is a
    programme.

    Raises:
        AgreementInvalid: a file is missing, malformed or contradicts another file.
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
    """Refuse agreements in which a name means two banks, or a file fits two programmes."""
    for one, other in combinations(agreements.banks, 2):
        if shared := one.spellings & other.spellings:
            raise AgreementInvalid(f"banks.toml: {sorted(shared)} means two banks")
    codes = {bank.code for bank in agreements.banks}
    for programme in agreements.programmes.values():
        for bank in agreements.banks:
            if not programme.regions.has_system(bank.regions):
                raise AgreementInvalid(f"banks.toml: {bank.code} has unknown codes of regions")
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
