"""Judges a row: finds all of its errors and warnings at once.

It is pure, and it is fast, because it runs for every row of every file. An optional cell never
rejects a row, unless it shows that the person may not be enrolled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.agreements.premium import Premium
from chalicelib.domain.agreements.programme import Programme
from chalicelib.domain.agreements.regency_cells import RegencyCells
from chalicelib.domain.cells.blank import is_blank, says_none
from chalicelib.domain.cells.dates import add_months, age_on, is_no_day, other_days, parse_date
from chalicelib.domain.cells.money import format_rupiah, parse_rupiah
from chalicelib.domain.cells.name import is_deceased, parse_name, says_deceased
from chalicelib.domain.cells.nik import Nik, parse_nik
from chalicelib.domain.cells.phone import ONLY_HOME, parse_phone
from chalicelib.domain.cells.sex import Sex, parse_sex
from chalicelib.domain.cells.unvalued import is_empty, or_unvalued, unvalued
from chalicelib.domain.file.excel_rounding import ends_in_zero
from chalicelib.domain.file.nobody import is_marked_example
from chalicelib.domain.file.row import SourceRow
from chalicelib.domain.findings.finding import Code, Finding
from chalicelib.domain.person.recipient import Recipient
from chalicelib.kinds.kind import Judged
from chalicelib.kinds.shape import misshapen

from .codes import RecipientCode
from .columns import Column
from .rows import RecipientRow

_LONG_NUMBERS = (Column.FAMILY_CARD, Column.ACCOUNT)
_BUSINESS_ENTITY = Sex.BUSINESS_ENTITY  # reading a member of an enumeration is slow


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The rules for the rows of one file, computed once: the programme and its days.

    `starts` and `ends` are the first and last day of cover. `premium` is the premium of a person
    who declares no income. A person born after `youngest` is too young; a person born on `too_old`
    or earlier is too old.
    """

    programme: Programme
    scheme: str
    starts: date
    ends: date
    premium: Premium
    youngest: date
    too_old: date
    largest_aid: int

    @classmethod
    def of(cls, programme: Programme, scheme: str, on: date) -> "Terms":
        """Return the terms of a file that was received on that local day."""
        starts, ends = programme.cover(on)
        return cls(
            programme=programme,
            scheme=scheme,
            starts=starts,
            ends=ends,
            premium=programme.premium(None, starts),
            youngest=add_months(starts, -12 * programme.minimum_age),
            largest_aid=programme.schemes[scheme].largest_aid,
            too_old=add_months(starts, -12 * programme.age_limit),
        )


class Judge:
    """Judges the rows of one file: each with all of its errors and warnings.

    `columns` has the index of each known column; `width` is the number of columns of the header. If
    a row has more filled cells than that, its cells are shifted or cannot be separated, and it gets
    no other finding. Cells that are missing at the end of a row are empty. `countries` are the
    calling codes of the phone numbers that get messages. `regencies` reads the regencies of the
    file.
    """

    def __init__(
        self,
        columns: Mapping[str, int],
        terms: Terms,
        *,
        width: int | None = None,
        countries: frozenset[str] = ONLY_HOME,
        regencies: RegencyCells | None = None,
    ) -> None:
        """Compute once the values that are the same for every row.

        Raises:
            KeyError: a required column is not among `columns`.
        """
        self._terms = terms
        self._starts, self._usual_premium = terms.starts, terms.premium
        self._youngest, self._too_old = terms.youngest, terms.too_old
        self._most = terms.largest_aid
        self._width = width
        self._countries = countries
        self._nik, self._name = columns[Column.NIK], columns[Column.NAME]
        self._amount = columns[Column.AMOUNT]
        self._phone = columns.get(Column.PHONE)
        self._birth_date = columns.get(Column.BIRTH_DATE, columns.get(Column.BIRTH))
        self._has_place = Column.BIRTH_DATE not in columns
        self._sex = columns.get(Column.SEX)
        self._regency = columns.get(Column.REGENCY)
        self._remark = columns.get(Column.REMARK)
        self._regency_name = columns.get(Column.REGENCY_NAME)
        self._regencies = regencies or RegencyCells(terms.programme.regions)
        self._income = columns.get(Column.INCOME)
        self._long = tuple(columns[each] for each in _LONG_NUMBERS if each in columns)
        self._full = max(columns.values()) + 1
        self._home = terms.programme.province
        self._regions = terms.programme.regions
        self._at_home = self._regions.regencies_of(self._home)

    def __call__(self, row: SourceRow) -> Judged[RecipientRow]:
        """Return the row with all of its findings."""
        cells = row.cells
        if len(cells) != self._width and (shape := self._shape(cells)):
            return self._misshapen(row, shape)
        if len(cells) < self._full:
            cells = (*cells, *("",) * (self._full - len(cells)))
        errors: list[Finding] = []
        warnings: list[Finding] = []
        # `isinstance` is fast if the value has that type, as nearly every cell does.
        nik = parse_nik(cells[self._nik])
        sex = self._read_sex(cells, warnings)
        is_at_home = isinstance(nik, Nik) and nik.value[:4] in self._at_home
        if not is_at_home:
            nik = self._of_a_province(nik, sex, cells[self._nik])
        number: str | None = None
        days: tuple[date, ...] = ()
        if isinstance(nik, Nik):
            number, days = nik.value, nik.birth_dates
        else:
            errors.append(or_unvalued(nik, cells[self._nik], Code.NIK_NOT_DIGITS))
        name = parse_name(cells[self._name])
        if not isinstance(name, str):
            self._refuse_name(name, cells, sex, errors)
        aid = parse_rupiah(cells[self._amount])
        if aid is None:
            errors.append(_no_amount(cells[self._amount]))
        born = self._read_birth_date(cells, days, errors)
        is_of_age = born is not None and self._too_old < born <= self._youngest
        # Fast path: nearly every row that states birth date and sex.
        if not (
            is_of_age and is_at_home and born in days and isinstance(nik, Nik) and sex is nik.sex
        ):
            self._check_person(nik, born, sex, errors, warnings)
        income = self._read_income(cells, warnings)
        remark = self._read_remark(cells, errors)
        phone = self._read_phone(cells, name, remark, warnings)
        premium = self._usual_premium if income is None else self._premium(income)
        if aid is not None and not premium.total <= aid <= self._most:
            errors += _out_of_bounds(aid, premium.total, self._most)
        if errors or number is None or aid is None or not isinstance(name, str):
            rejected = RecipientRow(row, (*errors, *warnings))
            return Judged(rejected, aid, False, number, ends_in_zero(cells, self._long))
        regency = self._read_regency(cells, number, row.line)
        recipient = Recipient(number, name, aid, phone, born, sex, regency, income)
        found = tuple(warnings)
        row_ = RecipientRow(row, found, recipient, premium.total, premium.rule, premium.income_used)
        return Judged(row_, aid, True, number, ends_in_zero(cells, self._long))

    def _misshapen(self, row: SourceRow, shape: Finding) -> Judged[RecipientRow]:
        """Return the row with the finding about its shape. Its NIK and amount still count."""
        nik = parse_nik(row.cells[self._nik])
        number = nik.value if isinstance(nik, Nik) else None
        aid = parse_rupiah(row.cells[self._amount])
        return Judged(RecipientRow(row, (shape,)), aid, False, number)

    def _shape(self, cells: tuple[str, ...]) -> Finding | None:
        return None if self._width is None else misshapen(cells, self._width)

    def _premium(self, income: int) -> Premium:
        return self._terms.programme.premium(income, self._starts)

    def _read_birth_date(
        self, cells: tuple[str, ...], by_nik: tuple[date, ...], errors: list[Finding]
    ) -> date | None:
        """Return the stated day. Where a cell may mean several, the one of the NIK is meant."""
        if self._birth_date is None or not (text := cells[self._birth_date]):
            return None
        born = parse_date(text)
        if born in by_nik and born <= self._starts:
            return born
        if meant := [day for day in other_days(text) if day in by_nik and day <= self._starts]:
            return meant[0]
        if born is not None and born <= self._starts:
            return born
        is_none = (
            is_blank(text)
            or says_none(text)
            or is_no_day(text)
            or (self._has_place and not _has_digit(text))
        )
        if born is not None or not is_none:
            errors.append(Finding(RecipientCode.BIRTH_DATE_INVALID))
        return None

    def _read_sex(self, cells: tuple[str, ...], warnings: list[Finding]) -> Sex | None:
        if self._sex is None or not (text := cells[self._sex]):
            return None
        sex = parse_sex(text)
        if sex is None and not is_empty(text):
            warnings.append(Finding(RecipientCode.SEX_INVALID))
        return sex

    def _check_person(
        self,
        nik: Nik | Finding,
        born: date | None,
        sex: Sex | None,
        errors: list[Finding],
        warnings: list[Finding],
    ) -> None:
        """Check the birth date and sex against the NIK, and the age against its limits."""
        if sex is _BUSINESS_ENTITY:
            # A company has no NIK or age: skip those checks.
            errors.append(Finding(RecipientCode.BUSINESS_ENTITY))
        elif isinstance(nik, Nik):
            by_nik = nik.birth_date(self._starts, born)
            if born and born != by_nik:
                warnings.append(Finding(RecipientCode.BIRTH_DATE_DIFFERS_FROM_NIK))
            if sex and sex is not nik.sex:
                warnings.append(Finding(RecipientCode.SEX_DIFFERS_FROM_NIK))
            if nik.region not in self._at_home:
                self._check_region(nik, warnings)
            self._check_age(born or by_nik, errors)
        elif born:
            self._check_age(born, errors)

    def _of_a_province(self, nik: Nik | Finding, sex: Sex | None, text: str) -> Nik | Finding:
        """Return the NIK, or a finding if no province gave it: then no person has it.

        The number of a company is not checked.
        """
        if sex is _BUSINESS_ENTITY:
            return nik
        if isinstance(nik, Finding):
            return Finding(RecipientCode.NIK_PROVISIONAL) if _is_provisional(nik, text) else nik
        if nik.province in self._regions.provinces:
            return nik
        if nik.value[0] == "0":
            return Finding(RecipientCode.NIK_PROVISIONAL)
        return Finding.of(RecipientCode.NIK_PROVINCE_UNKNOWN, province=nik.province)

    def _refuse_name(
        self,
        finding: Finding,
        cells: tuple[str, ...],
        sex: Sex | None,
        errors: list[Finding],
    ) -> None:
        """Add the error; a row that says to be about a firm needs none about the firm's name."""
        if finding.code is not Code.NAME_OF_FIRM or sex is not _BUSINESS_ENTITY:
            errors.append(or_unvalued(finding, cells[self._name], Code.NAME_INVALID))

    def _read_remark(self, cells: tuple[str, ...], errors: list[Finding]) -> str:
        if self._remark is None or not (remark := cells[self._remark]):
            return ""
        if is_marked_example(remark):
            errors.append(Finding(RecipientCode.MARKED_AS_EXAMPLE))
        return remark

    def _check_region(self, nik: Nik, warnings: list[Finding]) -> None:
        province = self._regions.provinces[nik.province]
        if nik.province == self._home and self._at_home:
            warnings.append(Finding.of(RecipientCode.NIK_REGION_UNKNOWN, region=nik.region))
        elif nik.province != self._home:
            warnings.append(Finding.of(RecipientCode.NIK_OUTSIDE_PROVINCE, region=province))

    def _check_age(self, born: date, errors: list[Finding]) -> None:
        terms = self._terms
        if terms.too_old < born <= terms.youngest:
            return
        age, programme = age_on(born, terms.starts), terms.programme
        if born > terms.youngest:
            minimum = programme.minimum_age
            errors.append(Finding.of(RecipientCode.AGE_BELOW_MINIMUM, age=age, minimum=minimum))
        else:
            maximum = programme.age_limit
            errors.append(Finding.of(RecipientCode.AGE_ABOVE_MAXIMUM, age=age, maximum=maximum))

    def _read_regency(self, cells: tuple[str, ...], nik: str, line: int) -> str | None:
        code = "" if self._regency is None else cells[self._regency]
        name = "" if self._regency_name is None else cells[self._regency_name]
        return self._regencies.read(code, name, nik, line) if code or name else None

    def _read_income(self, cells: tuple[str, ...], warnings: list[Finding]) -> int | None:
        if self._income is None or not (text := cells[self._income]):
            return None
        income = parse_rupiah(text)
        if income is None and not is_empty(text):
            warnings.append(Finding(RecipientCode.INCOME_INVALID))
        return income

    def _read_phone(
        self,
        cells: tuple[str, ...],
        name: str | Finding,
        remark: str,
        warnings: list[Finding],
    ) -> str | None:
        """Return the number for messages; None, too, if name or remark say that they died."""
        text = "" if self._phone is None else cells[self._phone]
        phone = parse_phone(text, self._countries)
        if phone is None:
            code = RecipientCode.PHONE_MISSING if is_empty(text) else RecipientCode.PHONE_INVALID
            warnings.append(Finding(code))
        if (isinstance(name, str) and is_deceased(name)) or (remark and says_deceased(remark)):
            warnings.append(Finding(RecipientCode.DECEASED))
            return None
        return phone


def _is_provisional(finding: Finding, text: str) -> bool:
    """Whether a number that is no NIK begins with 0, as those of villages do."""
    return (
        finding.code in {Code.NIK_IMPOSSIBLE_DATE, Code.NIK_SERIAL_ZERO}
        and next(filter(str.isdecimal, text), "") == "0"
    )


def _has_digit(text: str) -> bool:
    return any(map(str.isdecimal, text))


def _no_amount(text: str) -> Finding:
    # 0 is an amount here, but an invalid one.
    absent = is_empty(text) and text.strip() != "0"
    code = RecipientCode.AMOUNT_MISSING if absent else RecipientCode.AMOUNT_INVALID
    return Finding.of(code, **unvalued(text))


def _out_of_bounds(aid: int, premium: int, most: int) -> list[Finding]:
    shown = format_rupiah(aid)
    found = []
    if aid < premium:
        below = RecipientCode.AMOUNT_BELOW_PREMIUM
        found.append(Finding.of(below, aid=shown, premium=format_rupiah(premium)))
    if aid > most:
        above = RecipientCode.AMOUNT_ABOVE_MAXIMUM
        found.append(Finding.of(above, aid=shown, most=format_rupiah(most)))
    return found
