from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.agreements.programme import load_agreements
from chalicelib.domain.file.row import MISSHAPEN, SourceRow
from chalicelib.domain.findings.code import Severity
from chalicelib.domain.findings.finding import Code
from chalicelib.domain.person.recipient import Recipient
from chalicelib.kinds.recipients.codes import RecipientCode
from chalicelib.kinds.recipients.columns import Column
from chalicelib.kinds.recipients.judgement import Judge, Terms
from chalicelib.kinds.recipients.rows import RecipientRow
from chalicelib.kinds.registry import KINDS
from tests.support.builders import replace

AGREEMENTS = load_agreements()
TERMS = Terms.of(AGREEMENTS.programmes["sulut-2021"], "BPUM", date(2021, 9, 7))
NIK = "7171011708800001"
COLUMNS = {column: index for index, column in enumerate(Column)}
WIDTH = len(COLUMNS)


def a_row(line: int = 2, **cells: str) -> SourceRow:
    """Return a valid row with every known column; `cells` replace single cells."""
    values = {
        "nik": NIK,
        "name": "Maria Contoh",
        "amount": "1.200.000",
        "phone": "0812-3456-7890",
    }
    values |= cells
    return SourceRow(line, tuple(values.get(column.value, "") for column in Column))


def judge(row: SourceRow, columns: dict, terms: Terms, **kwargs) -> RecipientRow:
    return Judge(columns, terms, **kwargs)(row).row


def judged(**cells: str) -> RecipientRow:
    return judge(a_row(**cells), COLUMNS, TERMS, width=WIDTH)


def codes(judgement) -> list[Code]:
    return [finding.code for finding in judgement.findings]


def test_a_clean_row_is_a_recipient_with_a_premium():
    row = a_row(birth_date="17-08-1980", sex="L", regency="Kota Manado", income="3.000.000")
    result = Judge(COLUMNS, TERMS, width=WIDTH)(row)
    judgement = result.row
    assert judgement.source is row
    assert (result.nik, result.amount, result.fit) == (NIK, 1_200_000, True)
    assert judgement.findings == ()
    assert judgement.recipient == Recipient(
        nik=NIK,
        name="Maria Contoh",
        aid=1_200_000,
        phone="+6281234567890",
        birth_date=date(1980, 8, 17),
        sex="L",
        regency="7171",
        declared_income=3_000_000,
    )
    assert judgement.premium == 3 * (29_500 + 6_800)


def test_the_programme_decides_what_a_row_does_not_state():
    judgement = judged()
    who = judgement.recipient
    assert (who.birth_date, who.sex, who.regency, who.declared_income) == (None, None, None, None)
    assert judgement.rule == TERMS.premium.rule
    assert judgement.income_used == TERMS.premium.income_used
    assert judgement.premium == 50_400


def test_the_terms_are_the_programmes():
    assert (TERMS.starts, TERMS.ends) == (date(2021, 9, 7), date(2021, 12, 6))


def test_three_columns_are_enough():
    columns = {Column.AMOUNT: 0, Column.NIK: 1, Column.NAME: 2}
    judgement = judge(SourceRow(2, ("1200000", NIK, "Maria")), columns, TERMS, width=3)
    assert judgement.recipient == Recipient(NIK, "Maria", 1_200_000)
    assert codes(judgement) == [RecipientCode.PHONE_MISSING]


def test_every_error_and_warning_comes_at_once():
    row = a_row(
        nik="123", name="", amount="x", birth_date="31-02-1980", sex="9", phone="123", income="x"
    )
    result = Judge(COLUMNS, TERMS, width=WIDTH)(row)
    judgement = result.row
    assert codes(judgement) == [
        Code.NIK_LENGTH,
        Code.NAME_MISSING,
        RecipientCode.AMOUNT_INVALID,
        RecipientCode.BIRTH_DATE_INVALID,
        RecipientCode.BUSINESS_ENTITY,
        RecipientCode.INCOME_INVALID,
        RecipientCode.PHONE_INVALID,
    ]
    assert (result.nik, result.amount, result.fit) == (None, None, False)
    assert (judgement.recipient, judgement.premium) == (None, 0)


ERRORS = [
    ({"nik": ""}, Code.NIK_MISSING),
    ({"nik": "0"}, Code.NIK_PLACEHOLDER),
    ({"nik": "7,17101E+15"}, Code.NIK_EXCEL_ROUNDED),
    ({"name": "   "}, Code.NAME_MISSING),
    ({"name": "-"}, Code.NAME_MISSING),
    ({"nik": "9901011708800001"}, RecipientCode.NIK_PROVINCE_UNKNOWN),
    ({"nik": "0701011708800001"}, RecipientCode.NIK_PROVISIONAL),
    ({"name": "N/A"}, Code.NAME_MISSING),
    ({"name": "?"}, Code.NAME_INVALID),
    ({"name": "xxx"}, Code.NAME_PLACEHOLDER),
    ({"name": "CV Maju Rekaan"}, Code.NAME_OF_FIRM),
    ({"nik": "0071019901809001"}, RecipientCode.NIK_PROVISIONAL),
    ({"name": "7171011708800001"}, Code.NAME_INVALID),
    ({"amount": ""}, RecipientCode.AMOUNT_MISSING),
    ({"amount": " - "}, RecipientCode.AMOUNT_MISSING),
    ({"amount": "0"}, RecipientCode.AMOUNT_INVALID),
    ({"amount": "1,2"}, RecipientCode.AMOUNT_INVALID),
    ({"amount": "50.399"}, RecipientCode.AMOUNT_BELOW_PREMIUM),
    ({"amount": "50.400", "income": "1.100.000"}, RecipientCode.AMOUNT_BELOW_PREMIUM),
    ({"birth_date": "08/18/1980"}, RecipientCode.BIRTH_DATE_INVALID),
    ({"birth_date": "17-08-81"}, RecipientCode.BIRTH_DATE_INVALID),
    ({"birth_date": "08-09-2021"}, RecipientCode.BIRTH_DATE_INVALID),
    ({"sex": "9"}, RecipientCode.BUSINESS_ENTITY),
]


def test_a_company_gets_no_finding_about_age_or_region():
    company = {"sex": "9", "birth_date": "01-01-2015", "nik": "9971011708800001"}
    assert codes(judged(**company)) == [RecipientCode.BUSINESS_ENTITY]


@pytest.mark.parametrize(("cells", "code"), ERRORS)
def test_an_error_rejects_the_row(cells, code):
    result = Judge(COLUMNS, TERMS, width=WIDTH)(a_row(**cells))
    judgement = result.row
    assert codes(judgement) == [code]
    assert judgement.recipient is None
    assert judgement.premium == 0
    assert result.nik == (None if "nik" in cells else NIK)


WARNINGS = [
    ({"phone": ""}, RecipientCode.PHONE_MISSING),
    ({"phone": "0"}, RecipientCode.PHONE_MISSING),
    ({"phone": " - "}, RecipientCode.PHONE_MISSING),
    ({"phone": "0431-123456"}, RecipientCode.PHONE_INVALID),
    ({"phone": "8,12346E+11"}, RecipientCode.PHONE_INVALID),
    ({"sex": "P"}, RecipientCode.SEX_DIFFERS_FROM_NIK),
    ({"sex": "X"}, RecipientCode.SEX_INVALID),
    ({"income": "banyak"}, RecipientCode.INCOME_INVALID),
    ({"birth_date": "18-08-1980"}, RecipientCode.BIRTH_DATE_DIFFERS_FROM_NIK),
    ({"nik": "7175011708800001"}, RecipientCode.NIK_REGION_UNKNOWN),
    ({"nik": "7371011708800001"}, RecipientCode.NIK_OUTSIDE_PROVINCE),
]


@pytest.mark.parametrize(("cells", "code"), WARNINGS)
def test_a_warning_leaves_the_person_protected(cells, code):
    judgement = judged(**cells)
    assert codes(judgement) == [code]
    assert judgement.recipient is not None
    assert judgement.premium > 0


@pytest.mark.parametrize("text", ["-", "n/a", "NULL", " ", "0", "'"])
def test_optional_cells_may_hold_a_placeholder(text):
    judgement = judged(birth_date=text, sex=text, income=text, regency=text)
    assert judgement.findings == ()


def test_an_unreadable_income_becomes_the_programmes_base_income():
    assert judged(income="banyak").premium == 50_400


def test_an_unknown_regency_is_none():
    judgement = judged(regency="Antah Berantah")
    assert judgement.recipient.regency is None
    assert judgement.findings == ()


def test_the_whole_aid_may_go_into_the_premium():
    assert judged(amount="50.400").recipient is not None


def test_the_finding_shows_both_amounts():
    (finding,) = judged(amount="50.399").findings
    assert finding.params == {"aid": "50.399", "premium": "50.400"}


@pytest.mark.parametrize(
    ("born", "code"),
    [
        ("07-09-2004", None),
        ("08-09-2004", RecipientCode.AGE_BELOW_MINIMUM),
        ("08-09-1956", None),
        ("07-09-1956", RecipientCode.AGE_ABOVE_MAXIMUM),
    ],
)
def test_age_is_counted_on_the_first_day_of_cover(born, code):
    day, month, year = born.split("-")
    nik = f"717101{day}{month}{year[2:]}0001"
    for judgement in (judged(nik=nik), judged(nik=nik, birth_date=born)):
        assert codes(judgement) == ([code] if code else [])


def test_the_stated_birth_date_has_priority_over_the_nik():
    judgement = judged(nik="7171011708100001", birth_date="17-08-1980")
    assert codes(judgement) == [RecipientCode.BIRTH_DATE_DIFFERS_FROM_NIK]
    judgement = judged(birth_date="17-08-2010")
    assert codes(judgement) == [
        RecipientCode.AGE_BELOW_MINIMUM,
        RecipientCode.BIRTH_DATE_DIFFERS_FROM_NIK,
    ]


def test_a_birth_date_decides_the_century_of_the_nik():
    judgement = judged(nik="7171011708200001", birth_date="17-08-1920")
    assert codes(judgement) == [RecipientCode.AGE_ABOVE_MAXIMUM]


def test_the_age_is_judged_by_a_stated_birth_date_where_the_nik_is_unreadable():
    assert codes(judged(nik="", birth_date="17-08-2010")) == [
        Code.NIK_MISSING,
        RecipientCode.AGE_BELOW_MINIMUM,
    ]


def test_a_misshapen_row_is_not_counted_as_wide():
    row = a_row()
    judgement = judge(replace(row, cells=(*row.cells, MISSHAPEN)), COLUMNS, TERMS, width=WIDTH)
    assert codes(judgement) == [Code.ROW_SHAPE]
    assert judgement.findings[0].params == {"longest": "10.000"}


def test_a_row_with_more_cells_than_the_header_is_rejected():
    row = a_row()
    slipped = replace(row, cells=(*row.cells, "", "1200000"))
    result = Judge(COLUMNS, TERMS, width=WIDTH)(slipped)
    judgement = result.row
    assert codes(judgement) == [Code.ROW_SHAPE]
    assert judgement.findings[0].params == {"found": str(WIDTH + 2), "expected": str(WIDTH)}
    assert (result.nik, judgement.recipient) == (NIK, None)


def test_empty_cells_beyond_the_header_are_ignored():
    row = a_row()
    longer = replace(row, cells=(*row.cells, "", " "))
    assert judge(longer, COLUMNS, TERMS, width=WIDTH).recipient is not None


def test_cells_that_are_missing_at_the_end_are_empty():
    row = a_row()
    shorter = replace(row, cells=row.cells[:3])
    judgement = judge(shorter, COLUMNS, TERMS, width=WIDTH)
    assert codes(judgement) == [RecipientCode.PHONE_MISSING]
    nothing = judge(replace(row, cells=()), COLUMNS, TERMS, width=WIDTH)
    assert codes(nothing)[:3] == [Code.NIK_MISSING, Code.NAME_MISSING, RecipientCode.AMOUNT_MISSING]


def test_a_province_without_known_regencies_gives_no_region_warnings():
    programme = TERMS.programme.model_copy(update={"province": "73"})
    terms = Terms.of(programme, "BPUM", date(2021, 9, 7))
    for nik, code in ((NIK, RecipientCode.NIK_OUTSIDE_PROVINCE), ("73" + NIK[2:], None)):
        judgement = judge(a_row(nik=nik), COLUMNS, terms, width=WIDTH)
        assert codes(judgement) == ([code] if code else [])


def test_without_a_width_no_row_is_too_wide():
    row = a_row()
    longer = replace(row, cells=(*row.cells, "x"))
    assert judge(longer, COLUMNS, TERMS).recipient is not None


def test_a_missing_required_column_is_an_error():
    with pytest.raises(KeyError):
        Judge({Column.NIK: 0, Column.NAME: 1}, TERMS)


@pytest.mark.parametrize("cells", [cells for cells, _ in ERRORS + WARNINGS])
def test_findings_never_repeat_the_cells_of_the_row(cells):
    for finding in judged(**cells).findings:
        for secret in (NIK, "Maria", "81234567890"):
            assert secret not in KINDS.catalogue.message(finding)


@given(st.lists(st.text(max_size=20), max_size=14).map(tuple))
def test_any_row_is_either_a_recipient_or_has_an_error(cells):
    judgement = judge(SourceRow(2, cells), COLUMNS, TERMS, width=WIDTH)
    has_error = any(
        KINDS.catalogue.severity(finding) is Severity.ERROR for finding in judgement.findings
    )
    assert (judgement.recipient is None) is has_error
    assert (judgement.premium == 0) is has_error


@pytest.mark.parametrize(
    ("countries", "phone", "found"),
    [
        (frozenset({"62"}), None, [RecipientCode.PHONE_INVALID]),
        (frozenset({"62", "60"}), "+60123456789", []),
    ],
)
def test_a_foreign_number_of_a_served_country_is_kept(countries, phone, found):
    row = a_row(phone="+60 12-345 6789")
    judgement = judge(row, COLUMNS, TERMS, width=WIDTH, countries=countries)
    assert judgement.recipient.phone == phone
    assert codes(judgement) == found
