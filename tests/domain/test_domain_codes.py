import json
import re

import msgspec
import pytest

from chalicelib.domain.findings.code import Code, Severity
from chalicelib.domain.findings.explanation import Explanation
from chalicelib.domain.findings.finding import Finding
from chalicelib.errors import ObjectMalformed
from chalicelib.kinds.confirmations.codes import ConfirmCode
from chalicelib.kinds.recipients.codes import RecipientCode
from chalicelib.kinds.registry import KINDS

CATALOGUE = KINDS.catalogue
CODES = [*Code, *RecipientCode, *ConfirmCode]
PLACEHOLDERS = {
    Code.NIK_LENGTH: {"digits"},
    RecipientCode.AMOUNT_BELOW_PREMIUM: {"aid", "premium"},
    RecipientCode.AGE_BELOW_MINIMUM: {"age", "minimum"},
    RecipientCode.AGE_ABOVE_MAXIMUM: {"age", "maximum"},
    RecipientCode.NIK_REGION_UNKNOWN: {"region"},
    RecipientCode.NIK_OUTSIDE_PROVINCE: {"region"},
    RecipientCode.DUPLICATE_IN_FILE: {"line"},
    RecipientCode.DUPLICATE_SAME_BANK: {"bank"},
    Code.FILE_NOT_A_LIST: {"what", "way"},
    Code.ARCHIVE_SEVERAL: {"count"},
    Code.SEPARATOR_UNKNOWN: {"separator"},
    Code.HEADER_MISSING: {"wanted"},
    Code.HEADER_FOUND: {"titles"},
    Code.HEADER_REPEATED: {"wanted"},
    Code.SECOND_TABLE: {"line"},
    Code.AMOUNT_UNIT: {"title"},
    RecipientCode.AMOUNT_ABOVE_MAXIMUM: {"aid", "most"},
    RecipientCode.NIK_PROVINCE_UNKNOWN: {"province"},
    ConfirmCode.STATUS_UNKNOWN: {"shown"},
    ConfirmCode.DATE_FUTURE: {"date"},
    ConfirmCode.DATE_BEFORE_FILE: {"date", "received"},
    ConfirmCode.CONFIRM_CHANGES_FINAL: {"known"},
    ConfirmCode.CONFIRM_NOT_REVERSED: {"why"},
    ConfirmCode.CONFIRM_SAME: {"known"},
    ConfirmCode.CONFIRM_TWICE_IN_FILE: {"line"},
    ConfirmCode.DEDUCTED_NOT_DUE: {"stated", "why"},
    Code.FILE_NIKS_ROUNDED: {"zeros", "niks"},
    Code.REGENCY_UNKNOWN: {"count", "line"},
    Code.REGENCY_CODES_DIFFER: {"count", "line", "beside"},
}
"""The required parameters of a message."""


def message(finding: Finding) -> str:
    return CATALOGUE.message(finding)


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained(code):
    explanation = CATALOGUE[code]
    for text in (explanation.message, explanation.cause, explanation.cure):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "  " not in text


@pytest.mark.parametrize("code", CODES)
def test_a_message_needs_exactly_the_parameters_that_are_always_given(code):
    assert ("?" in message(Finding(code))) is (code in PLACEHOLDERS)
    params = dict.fromkeys(PLACEHOLDERS.get(code, ()), "7")
    shown = message(Finding(code, params))
    assert not set(shown) & set("?{}[]")


@pytest.mark.parametrize("code", CODES)
def test_a_message_with_all_parameters_has_no_brackets(code):
    names = re.findall(r"\{(\w+)\}", CATALOGUE[code].message)
    shown = message(Finding(code, dict.fromkeys(names, "ISI")))
    assert shown.count("ISI") == len(names)
    assert not set(shown) & set("?{}[]")


def test_the_message_of_a_refused_file_says_that_nobody_was_enrolled():
    refused = [code for code in CATALOGUE if CATALOGUE[code].severity is Severity.FILE]
    for code in refused:
        sentence = CATALOGUE[code].message
        assert "tidak ada yang didaftarkan" in sentence or "tidak diproses lagi" in sentence, code


def test_the_message_of_an_enrolled_person_says_not_to_deduct():
    taken = [
        CATALOGUE[each]
        for each in RecipientCode
        if CATALOGUE[each].severity is Severity.DISPOSITION
    ]
    assert len(taken) == 5
    for explanation in taken:
        assert explanation.message.startswith("JANGAN potong iuran")


def test_the_message_of_a_warning_says_that_the_person_is_enrolled():
    for code in CATALOGUE:
        explanation = CATALOGUE[code]
        if explanation.severity is Severity.WARNING:
            assert "JANGAN" not in explanation.message, code


def test_parameters_become_text():
    finding = Finding.of(Code.NIK_LENGTH, digits=15)
    assert finding.params == {"digits": "15"}
    assert message(finding).startswith("NIK terdiri atas 15 angka")


def test_optional_parts_of_a_message_appear_with_their_parameter():
    short = Finding.of(RecipientCode.CONFLICT_IDENTITY)
    in_file = Finding.of(RecipientCode.CONFLICT_IDENTITY, line=12)
    elsewhere = Finding.of(RecipientCode.CONFLICT_IDENTITY, bank="BRI", date="7 September 2021")
    assert "berbeda. Cocokkan" in message(short)
    assert "berbeda di baris 12 berkas yang sama. Cocokkan" in message(in_file)
    assert "berbeda melalui BRI pada 7 September 2021. Cocokkan" in message(elsewhere)


def test_a_row_with_unreliable_cells_is_not_reported_as_wide():
    wide = message(Finding.of(Code.ROW_SHAPE, found=5, expected=4))
    unclear = message(Finding.of(Code.ROW_SHAPE, longest="10.000"))
    assert "ada 5 kolom, padahal judul kolom hanya 4. Periksa" in wide
    assert "kutip" not in wide
    assert "tanda kutip yang salah tempat, atau sel yang lebih dari 10.000 karakter." in unclear
    assert "padahal" not in unclear


def test_control_figures_differ_or_cannot_be_read():
    code = Code.CONTROL_TOTAL_MISMATCH
    differs = message(Finding.of(code, stated="3 baris", counted="2 baris"))
    unread = message(Finding.of(code, name="rows", figure="dua"))
    assert "(3 baris) berbeda dengan isi berkas (2 baris)." in differs
    assert "terbaca" not in differs
    assert "metadata rows (dua) tidak terbaca sebagai angka." in unread
    assert "berbeda" not in unread


def test_a_parameter_is_never_read_as_a_placeholder():
    finding = Finding.of(Code.HEADER_MISSING, wanted="NIK", nearest="{wanted} [x] {0.__class__}")
    assert "{wanted} [x] {0.__class__}" in message(finding)


def test_brackets_without_placeholder_are_kept_as_text_without_them():
    assert Explanation(Severity.ERROR, "a[ b] c", "", "").fill({}) == "a b c"


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        (Code.NIK_MISSING, Severity.ERROR),
        (RecipientCode.PHONE_MISSING, Severity.WARNING),
        (RecipientCode.SEX_INVALID, Severity.WARNING),
        (RecipientCode.BPUM_AND_KUR, Severity.WARNING),
        (RecipientCode.DUPLICATE_OTHER_BANK, Severity.DISPOSITION),
        (Code.FILE_EMPTY, Severity.FILE),
        (Code.SHEETS_IGNORED, Severity.FILE_WARNING),
    ],
)
def test_the_catalogue_knows_whether_a_finding_is_an_error(code, severity):
    assert CATALOGUE.severity(Finding(code)) is severity


@pytest.mark.parametrize(
    "finding", [Finding(Code.NIK_MISSING), Finding.of(Code.NIK_LENGTH, digits=15)]
)
def test_a_finding_survives_storing(finding):
    assert msgspec.json.decode(msgspec.json.encode(finding), type=Finding) == finding


def test_a_finding_is_stored_compactly():
    findings = [Finding(Code.NIK_MISSING), Finding.of(Code.NIK_LENGTH, digits=15)]
    stored = json.loads(msgspec.json.encode(findings))
    assert stored == [["nik_missing", {}], ["nik_length", {"digits": "15"}]]


@pytest.mark.parametrize("stored", [[], [1], ["nik_missing", "x"], ["nik_missing", {}, 1]])
def test_an_invalid_stored_finding_is_refused(stored):
    with pytest.raises(ValueError):
        msgspec.json.decode(json.dumps(stored), type=Finding)


def test_a_stored_code_without_an_explanation_is_refused():
    finding = msgspec.json.decode(b'["no_such_code"]', type=Finding)
    with pytest.raises(ObjectMalformed):
        CATALOGUE.message(finding)


def test_the_catalogue_has_every_code_once_and_no_other():
    assert sorted(CATALOGUE) == sorted(CODES)
