from datetime import date

import pytest
from builders import replace
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.codes import Code, Severity
from chalicelib.domain.columns import Column
from chalicelib.domain.judgement import Judge, Terms, judge
from chalicelib.domain.programme import load_agreements
from chalicelib.domain.recipient import MISSHAPEN, Recipient, SourceRow

AGREEMENTS = load_agreements()
TERMS = Terms.of(AGREEMENTS.programmes["sulut-2021"], "BPUM", date(2021, 9, 7))
NIK = "7171011708800001"
COLUMNS = {column: index for index, column in enumerate(Column)}
WIDTH = len(COLUMNS)


def a_row(line: int = 2, **cells: str) -> SourceRow:
    """Return a row of every known column that nothing is wrong with, but for what is named."""
    values = {
        "nik": NIK,
        "name": "Maria Contoh",
        "amount": "1.200.000",
        "phone": "0812-3456-7890",
    }
    values |= cells
    return SourceRow(line, tuple(values.get(column.value, "") for column in Column))


def judged(**cells: str):
    return judge(a_row(**cells), COLUMNS, TERMS, width=WIDTH)


def codes(judgement) -> list[Code]:
    return [finding.code for finding in judgement.findings]


def test_a_clean_row_is_a_recipient_with_a_premium():
    row = a_row(birth_date="17-08-1980", sex="L", regency="Kota Manado", income="3.000.000")
    judgement = judge(row, COLUMNS, TERMS, width=WIDTH)
    assert judgement.row is row
    assert judgement.nik == NIK
    assert judgement.findings == ()
    assert judgement.recipient == Recipient(
        nik=NIK,
        name="Maria Contoh",
        aid=1_200_000,
        phone="+6281234567890",
        birth_date=date(1980, 8, 17),
        sex="L",
        regency="7171",
        income=3_000_000,
    )
    assert judgement.premium.total == 3 * (29_500 + 6_800)


def test_what_a_row_does_not_state_stays_open_and_the_programme_decides():
    judgement = judged()
    who = judgement.recipient
    assert (who.birth_date, who.sex, who.regency, who.income) == (None, None, None, None)
    assert judgement.premium is TERMS.premium
    assert judgement.premium.total == 50_400


def test_the_terms_are_the_programmes():
    assert (TERMS.starts, TERMS.ends) == (date(2021, 9, 7), date(2021, 12, 6))


def test_three_columns_are_enough():
    columns = {Column.AMOUNT: 0, Column.NIK: 1, Column.NAME: 2}
    judgement = judge(SourceRow(2, ("1200000", NIK, "Maria")), columns, TERMS, width=3)
    assert judgement.recipient == Recipient(NIK, "Maria", 1_200_000)
    assert codes(judgement) == [Code.PHONE_MISSING]


def test_every_error_and_warning_comes_at_once():
    judgement = judged(
        nik="123", name="", amount="x", birth_date="31-02-1980", sex="9", phone="123", income="x"
    )
    assert codes(judgement) == [
        Code.NIK_LENGTH,
        Code.NAME_MISSING,
        Code.AMOUNT_INVALID,
        Code.BIRTH_DATE_INVALID,
        Code.BUSINESS_ENTITY,
        Code.INCOME_INVALID,
        Code.PHONE_INVALID,
    ]
    assert (judgement.nik, judgement.recipient, judgement.premium) == (None, None, None)


ERRORS = [
    ({"nik": ""}, Code.NIK_MISSING),
    ({"nik": "0"}, Code.NIK_PLACEHOLDER),
    ({"nik": "7,17101E+15"}, Code.NIK_EXCEL_ROUNDED),
    ({"name": "   "}, Code.NAME_MISSING),
    ({"name": "-"}, Code.NAME_MISSING),
    ({"name": "N/A"}, Code.NAME_MISSING),
    ({"name": "A"}, Code.NAME_INVALID),
    ({"name": "7171011708800001"}, Code.NAME_INVALID),
    ({"amount": ""}, Code.AMOUNT_MISSING),
    ({"amount": " - "}, Code.AMOUNT_MISSING),
    ({"amount": "0"}, Code.AMOUNT_INVALID),
    ({"amount": "1,2"}, Code.AMOUNT_INVALID),
    ({"amount": "50.399"}, Code.AMOUNT_BELOW_PREMIUM),
    ({"amount": "50.400", "income": "1.100.000"}, Code.AMOUNT_BELOW_PREMIUM),
    ({"birth_date": "08/17/1980"}, Code.BIRTH_DATE_INVALID),
    ({"birth_date": "17-08-80"}, Code.BIRTH_DATE_INVALID),
    ({"birth_date": "08-09-2021"}, Code.BIRTH_DATE_INVALID),
    ({"sex": "9"}, Code.BUSINESS_ENTITY),
]


def test_of_a_company_no_age_and_no_region_is_told():
    company = {"sex": "9", "birth_date": "01-01-2015", "nik": "9971011708800001"}
    assert codes(judged(**company)) == [Code.BUSINESS_ENTITY]


@pytest.mark.parametrize(("cells", "code"), ERRORS)
def test_an_error_rejects_the_row(cells, code):
    judgement = judged(**cells)
    assert codes(judgement) == [code]
    assert judgement.recipient is None
    assert judgement.premium is None
    assert judgement.nik == (None if "nik" in cells else NIK)


WARNINGS = [
    ({"phone": ""}, Code.PHONE_MISSING),
    ({"phone": "0"}, Code.PHONE_MISSING),
    ({"phone": " - "}, Code.PHONE_MISSING),
    ({"phone": "0431-123456"}, Code.PHONE_INVALID),
    ({"phone": "8,12346E+11"}, Code.PHONE_INVALID),
    ({"sex": "P"}, Code.SEX_DIFFERS_FROM_NIK),
    ({"sex": "X"}, Code.SEX_INVALID),
    ({"income": "banyak"}, Code.INCOME_INVALID),
    ({"birth_date": "18-08-1980"}, Code.BIRTH_DATE_DIFFERS_FROM_NIK),
    ({"nik": "7175011708800001"}, Code.NIK_REGION_UNKNOWN),
    ({"nik": "9901011708800001"}, Code.NIK_REGION_UNKNOWN),
    ({"nik": "7371011708800001"}, Code.NIK_OUTSIDE_PROVINCE),
]


@pytest.mark.parametrize(("cells", "code"), WARNINGS)
def test_a_warning_leaves_the_person_protected(cells, code):
    judgement = judged(**cells)
    assert codes(judgement) == [code]
    assert judgement.recipient is not None
    assert judgement.premium is not None


@pytest.mark.parametrize("text", ["-", "n/a", "NULL", " ", "0", "'"])
def test_optional_cells_may_hold_a_sign_for_nothing(text):
    judgement = judged(birth_date=text, sex=text, income=text, regency=text)
    assert judgement.findings == ()


def test_an_income_that_cannot_be_read_is_the_programmes():
    assert judged(income="banyak").premium.total == 50_400


def test_a_regency_that_is_not_known_is_left_open():
    judgement = judged(regency="Antah Berantah")
    assert judgement.recipient.regency is None
    assert judgement.findings == ()


def test_the_whole_aid_may_go_into_the_premium():
    assert judged(amount="50.400").recipient is not None


def test_the_amounts_are_told():
    (finding,) = judged(amount="50.399").findings
    assert finding.params == {"aid": "50.399", "premium": "50.400"}


@pytest.mark.parametrize(
    ("born", "code"),
    [
        ("07-09-2004", None),
        ("08-09-2004", Code.AGE_BELOW_MINIMUM),
        ("08-09-1956", None),
        ("07-09-1956", Code.AGE_ABOVE_MAXIMUM),
    ],
)
def test_age_is_that_of_the_first_day_of_cover(born, code):
    day, month, year = born.split("-")
    nik = f"717101{day}{month}{year[2:]}0001"
    for judgement in (judged(nik=nik), judged(nik=nik, birth_date=born)):
        assert codes(judgement) == ([code] if code else [])


def test_the_stated_birth_date_outranks_the_niks():
    judgement = judged(nik="7171011708100001", birth_date="17-08-1980")
    assert codes(judgement) == [Code.BIRTH_DATE_DIFFERS_FROM_NIK]
    judgement = judged(birth_date="17-08-2010")
    assert codes(judgement) == [Code.AGE_BELOW_MINIMUM, Code.BIRTH_DATE_DIFFERS_FROM_NIK]


def test_a_birth_date_settles_the_century_of_the_nik():
    judgement = judged(nik="7171011708200001", birth_date="17-08-1920")
    assert codes(judgement) == [Code.AGE_ABOVE_MAXIMUM]


def test_the_age_is_judged_by_a_stated_birth_date_where_the_nik_is_unreadable():
    assert codes(judged(nik="", birth_date="17-08-2010")) == [
        Code.NIK_MISSING,
        Code.AGE_BELOW_MINIMUM,
    ]


def test_a_row_whose_cells_cannot_be_told_apart_is_not_counted_as_wide():
    row = a_row()
    judgement = judge(replace(row, cells=(*row.cells, MISSHAPEN)), COLUMNS, TERMS, width=WIDTH)
    assert codes(judgement) == [Code.ROW_SHAPE]
    assert judgement.findings[0].params == {"longest": "10.000"}


def test_a_row_with_more_cells_than_the_header_has_slipped():
    row = a_row()
    slipped = replace(row, cells=(*row.cells, "", "1200000"))
    judgement = judge(slipped, COLUMNS, TERMS, width=WIDTH)
    assert codes(judgement) == [Code.ROW_SHAPE]
    assert judgement.findings[0].params == {"found": str(WIDTH + 2), "expected": str(WIDTH)}
    assert (judgement.nik, judgement.recipient) == (NIK, None)


def test_empty_cells_beyond_the_header_are_nothing():
    row = a_row()
    longer = replace(row, cells=(*row.cells, "", " "))
    assert judge(longer, COLUMNS, TERMS, width=WIDTH).recipient is not None


def test_cells_that_are_missing_at_the_end_are_empty():
    row = a_row()
    shorter = replace(row, cells=row.cells[:3])
    judgement = judge(shorter, COLUMNS, TERMS, width=WIDTH)
    assert codes(judgement) == [Code.PHONE_MISSING]
    nothing = judge(replace(row, cells=()), COLUMNS, TERMS, width=WIDTH)
    assert codes(nothing)[:3] == [Code.NIK_MISSING, Code.NAME_MISSING, Code.AMOUNT_MISSING]


def test_a_province_whose_regencies_are_not_known_leaves_its_niks_in_peace():
    programme = TERMS.programme.model_copy(update={"province": "73"})
    terms = Terms.of(programme, "BPUM", date(2021, 9, 7))
    for nik, code in ((NIK, Code.NIK_OUTSIDE_PROVINCE), ("73" + NIK[2:], None)):
        judgement = judge(a_row(nik=nik), COLUMNS, terms, width=WIDTH)
        assert codes(judgement) == ([code] if code else [])


def test_without_a_width_no_row_has_slipped():
    row = a_row()
    longer = replace(row, cells=(*row.cells, "x"))
    assert judge(longer, COLUMNS, TERMS).recipient is not None


def test_no_column_that_is_required_may_be_missing():
    with pytest.raises(KeyError):
        Judge({Column.NIK: 0, Column.NAME: 1}, TERMS)


@pytest.mark.parametrize("cells", [cells for cells, _ in ERRORS + WARNINGS])
def test_findings_never_hold_what_stands_in_the_row(cells):
    for finding in judged(**cells).findings:
        for secret in (NIK, "Maria", "81234567890"):
            assert secret not in finding.message


@given(st.lists(st.text(max_size=20), max_size=14).map(tuple))
def test_any_row_is_either_a_recipient_or_has_an_error(cells):
    judgement = judge(SourceRow(2, cells), COLUMNS, TERMS, width=WIDTH)
    has_error = any(finding.severity is Severity.ERROR for finding in judgement.findings)
    assert (judgement.recipient is None) is has_error
    assert (judgement.premium is None) is has_error


@pytest.mark.parametrize(
    ("countries", "phone", "found"),
    [
        (frozenset({"62"}), None, [Code.PHONE_INVALID]),
        (frozenset({"62", "60"}), "+60123456789", []),
    ],
)
def test_a_foreign_number_is_kept_where_its_country_is_served(countries, phone, found):
    row = a_row(phone="+60 12-345 6789")
    judgement = judge(row, COLUMNS, TERMS, width=WIDTH, countries=countries)
    assert judgement.recipient.phone == phone
    assert codes(judgement) == found
