"""Whether a row is fit to enroll its person: everything that is wrong with it, at once.

Pure and quick, for it is done for every row of every file. Whatever is optional never costs a
person their protection, unless it shows that they may not be enrolled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from .blank import is_blank
from .codes import Code, Finding
from .columns import REQUIRED, Column
from .dates import add_months, age_on, parse_date
from .money import format_rupiah, parse_rupiah
from .name import parse_name
from .nik import Nik, parse_nik
from .phone import ONLY_HOME, parse_phone
from .premium import Premium
from .programme import Programme
from .recipient import LONGEST_CELL, MISSHAPEN, Judgement, Recipient, SourceRow
from .sex import Sex, parse_sex

_BUSINESS_ENTITY = Sex.BUSINESS_ENTITY  # an enumeration takes long to name its members


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """What the rows of a file are judged by, computed once: the programme and its days.

    `starts` and `ends` are the first and last day of cover of whoever the file enrolls; `premium`
    is that of a person who declares no income. Whoever was born after `youngest` is too young,
    up to `too_old` too old.
    """

    programme: Programme
    scheme: str
    starts: date
    ends: date
    premium: Premium
    youngest: date
    too_old: date

    @classmethod
    def of(cls, programme: Programme, scheme: str, on: date) -> "Terms":
        """Return the terms of a file that came on that local day."""
        starts, ends = programme.cover(on)
        return cls(
            programme=programme,
            scheme=scheme,
            starts=starts,
            ends=ends,
            premium=programme.premium(None, starts),
            youngest=add_months(starts, -12 * programme.minimum_age),
            too_old=add_months(starts, -12 * programme.age_limit),
        )


def judge(
    row: SourceRow,
    columns: Mapping[Column, int],
    terms: Terms,
    *,
    width: int | None = None,
    countries: frozenset[str] = ONLY_HOME,
) -> Judgement:
    """Return one row with all of its errors and warnings.

    `columns` says at which index each known column stands, `width` how many columns the header
    has: a row with more filled cells than that has slipped, or has cells that cannot be told apart,
    and nothing else is said of it. Cells that are missing at a row's end are empty. `countries` are
    the calling codes whose phone numbers are served. For many rows of a file, make one `Judge`.
    """
    return Judge(columns, terms, width=width, countries=countries)(row)


class Judge:
    """Judges the rows of one file; see `judge`."""

    def __init__(
        self,
        columns: Mapping[Column, int],
        terms: Terms,
        *,
        width: int | None = None,
        countries: frozenset[str] = ONLY_HOME,
    ) -> None:
        """Look up, once, what is the same for every row.

        Raises:
            KeyError: a required column is not among `columns`.
        """
        self._terms = terms
        self._starts, self._usual_premium = terms.starts, terms.premium
        self._width = width
        self._countries = countries
        self._nik, self._name, self._amount = (columns[column] for column in REQUIRED)
        self._phone = columns.get(Column.PHONE)
        self._birth_date = columns.get(Column.BIRTH_DATE)
        self._sex = columns.get(Column.SEX)
        self._regency = columns.get(Column.REGENCY)
        self._income = columns.get(Column.INCOME)
        self._full = max(columns.values()) + 1
        self._home = terms.programme.province
        self._regions = terms.programme.regions
        self._at_home = self._regions.regencies_of(self._home)

    def __call__(self, row: SourceRow) -> Judgement:
        """Return the row with everything that was found in it."""
        cells = row.cells
        if len(cells) != self._width and (shape := self._shape(cells)):
            nik = parse_nik(cells[self._nik])
            return Judgement(row, nik.value if isinstance(nik, Nik) else None, None, None, (shape,))
        if len(cells) < self._full:
            cells = (*cells, *("",) * (self._full - len(cells)))
        errors: list[Finding] = []
        warnings: list[Finding] = []
        # What is asked first is what nearly every cell is: asking for a finding takes longer.
        nik = parse_nik(cells[self._nik])
        if not isinstance(nik, Nik):
            errors.append(nik)
        name = parse_name(cells[self._name])
        if not isinstance(name, str):
            errors.append(name)
        aid = parse_rupiah(cells[self._amount])
        if aid is None:
            errors.append(_no_amount(cells[self._amount]))
        born = self._read_birth_date(cells, errors)
        sex = self._read_sex(cells, warnings)
        self._check_person(nik, born, sex, errors, warnings)
        income = self._read_income(cells, warnings)
        phone = self._read_phone(cells, warnings)
        premium = self._usual_premium if income is None else self._premium(income)
        if aid is not None and aid < premium.total:
            errors.append(_below(aid, premium.total))
        number = nik.value if isinstance(nik, Nik) else None
        if errors or number is None or aid is None or not isinstance(name, str):
            return Judgement(row, number, None, None, (*errors, *warnings))
        regency = None if self._regency is None else self._regions.regency(cells[self._regency])
        recipient = Recipient(number, name, aid, phone, born, sex, regency, income)
        return Judgement(row, number, recipient, premium, tuple(warnings))

    def _shape(self, cells: tuple[str, ...]) -> Finding | None:
        if self._width is None or not any(cell.strip() for cell in cells[self._width :]):
            return None
        if cells[-1] == MISSHAPEN:  # then not even their number is known
            return Finding.of(Code.ROW_SHAPE, longest=format_rupiah(LONGEST_CELL))
        return Finding.of(Code.ROW_SHAPE, found=len(cells), expected=self._width)

    def _premium(self, income: int) -> Premium:
        return self._terms.programme.premium(income, self._starts)

    def _read_birth_date(self, cells: tuple[str, ...], errors: list[Finding]) -> date | None:
        if self._birth_date is None or not (text := cells[self._birth_date]):
            return None
        born = parse_date(text)
        if born is not None and born <= self._starts:
            return born
        if born is not None or not is_blank(text):
            errors.append(Finding(Code.BIRTH_DATE_INVALID))
        return None

    def _read_sex(self, cells: tuple[str, ...], warnings: list[Finding]) -> Sex | None:
        if self._sex is None or not (text := cells[self._sex]):
            return None
        sex = parse_sex(text)
        if sex is None and not is_blank(text):
            warnings.append(Finding(Code.SEX_INVALID))
        return sex

    def _check_person(
        self,
        nik: Nik | Finding,
        born: date | None,
        sex: Sex | None,
        errors: list[Finding],
        warnings: list[Finding],
    ) -> None:
        """Hold the stated birth date and sex against the NIK, and the age against its limits."""
        if sex is _BUSINESS_ENTITY:
            # Its age is that of a company, and its number is nobody's: no word on either.
            errors.append(Finding(Code.BUSINESS_ENTITY))
        elif isinstance(nik, Nik):
            by_nik = nik.birth_date(self._starts, born)
            if born and born != by_nik:
                warnings.append(Finding(Code.BIRTH_DATE_DIFFERS_FROM_NIK))
            if sex and sex is not nik.sex:
                warnings.append(Finding(Code.SEX_DIFFERS_FROM_NIK))
            if nik.region not in self._at_home:
                self._check_region(nik, warnings)
            self._check_age(born or by_nik, errors)
        elif born:
            self._check_age(born, errors)

    def _check_region(self, nik: Nik, warnings: list[Finding]) -> None:
        province = self._regions.provinces.get(nik.province)
        if province is None or (nik.province == self._home and self._at_home):
            warnings.append(Finding.of(Code.NIK_REGION_UNKNOWN, region=nik.region))
        elif nik.province != self._home:
            warnings.append(Finding.of(Code.NIK_OUTSIDE_PROVINCE, region=province))

    def _check_age(self, born: date, errors: list[Finding]) -> None:
        terms = self._terms
        if terms.too_old < born <= terms.youngest:
            return
        age, programme = age_on(born, terms.starts), terms.programme
        if born > terms.youngest:
            minimum = programme.minimum_age
            errors.append(Finding.of(Code.AGE_BELOW_MINIMUM, age=age, minimum=minimum))
        else:
            maximum = programme.age_limit
            errors.append(Finding.of(Code.AGE_ABOVE_MAXIMUM, age=age, maximum=maximum))

    def _read_income(self, cells: tuple[str, ...], warnings: list[Finding]) -> int | None:
        if self._income is None or not (text := cells[self._income]):
            return None
        income = parse_rupiah(text)
        if income is None and not is_blank(text):
            warnings.append(Finding(Code.INCOME_INVALID))
        return income

    def _read_phone(self, cells: tuple[str, ...], warnings: list[Finding]) -> str | None:
        text = "" if self._phone is None else cells[self._phone]
        phone = parse_phone(text, self._countries)
        if phone is None:
            code = Code.PHONE_MISSING if is_blank(text) else Code.PHONE_INVALID
            warnings.append(Finding(code))
        return phone


def _no_amount(text: str) -> Finding:
    # Here 0 is an amount, and a wrong one.
    absent = is_blank(text) and text.strip() != "0"
    return Finding(Code.AMOUNT_MISSING if absent else Code.AMOUNT_INVALID)


def _below(aid: int, premium: int) -> Finding:
    return Finding.of(
        Code.AMOUNT_BELOW_PREMIUM, aid=format_rupiah(aid), premium=format_rupiah(premium)
    )
