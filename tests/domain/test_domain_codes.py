import json
import re

import msgspec
import pytest

from chalicelib.domain.codes import EXPLANATIONS, Code, Explanation, Finding, Severity

PLACEHOLDERS = {
    Code.NIK_LENGTH: {"digits"},
    Code.AMOUNT_BELOW_PREMIUM: {"aid", "premium"},
    Code.AGE_BELOW_MINIMUM: {"age", "minimum"},
    Code.AGE_ABOVE_MAXIMUM: {"age", "maximum"},
    Code.NIK_REGION_UNKNOWN: {"region"},
    Code.NIK_OUTSIDE_PROVINCE: {"region"},
    Code.DUPLICATE_IN_FILE: {"line"},
    Code.DUPLICATE_SAME_BANK: {"bank"},
    Code.DUPLICATE_OTHER_BANK: {"bank"},
    Code.HEADER_MISSING: {"wanted"},
    Code.HEADER_REPEATED: {"wanted"},
    Code.FILE_NIKS_ROUNDED: {"zeros", "niks"},
}
"""What a message cannot do without."""


@pytest.mark.parametrize("code", Code)
def test_every_code_is_explained(code):
    explanation = EXPLANATIONS[code]
    for text in (explanation.message, explanation.cause, explanation.cure):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "  " not in text


@pytest.mark.parametrize("code", Code)
def test_a_message_needs_exactly_the_parameters_that_are_always_given(code):
    assert ("?" in Finding(code).message) is (code in PLACEHOLDERS)
    params = dict.fromkeys(PLACEHOLDERS.get(code, ()), "7")
    message = Finding(code, params).message
    assert not set(message) & set("?{}[]")


@pytest.mark.parametrize("code", Code)
def test_a_message_with_everything_known_has_no_bracket_left(code):
    names = re.findall(r"\{(\w+)\}", EXPLANATIONS[code].message)
    message = Finding(code, dict.fromkeys(names, "ISI")).message
    assert message.count("ISI") == len(names)
    assert not set(message) & set("?{}[]")


def test_a_file_that_is_refused_says_that_nobody_was_enrolled():
    refused = [code for code, text in EXPLANATIONS.items() if text.severity is Severity.FILE]
    for code in refused:
        said = EXPLANATIONS[code].message
        assert "tidak ada yang didaftarkan" in said or "tidak diproses lagi" in said, code


def test_whoever_is_enrolled_already_is_not_to_be_deducted_from():
    taken = [each for each in EXPLANATIONS.values() if each.severity is Severity.DISPOSITION]
    assert len(taken) == 4
    for explanation in taken:
        assert explanation.message.startswith("JANGAN potong iuran")


def test_a_warning_says_that_the_person_counts_all_the_same():
    for code, explanation in EXPLANATIONS.items():
        if explanation.severity is Severity.WARNING:
            assert "JANGAN" not in explanation.message, code


def test_parameters_become_text():
    finding = Finding.of(Code.NIK_LENGTH, digits=15)
    assert finding.params == {"digits": "15"}
    assert finding.message.startswith("NIK terdiri atas 15 angka")


def test_optional_parts_of_a_message_appear_with_their_parameter():
    short = Finding.of(Code.CONFLICT_IDENTITY)
    in_file = Finding.of(Code.CONFLICT_IDENTITY, line=12)
    elsewhere = Finding.of(Code.CONFLICT_IDENTITY, bank="BRI", date="7 September 2021")
    assert "berbeda. Cocokkan" in short.message
    assert "berbeda di baris 12 berkas yang sama. Cocokkan" in in_file.message
    assert "berbeda melalui BRI pada 7 September 2021. Cocokkan" in elsewhere.message


def test_a_row_whose_cells_cannot_be_told_apart_is_not_said_to_be_wide():
    wide = Finding.of(Code.ROW_SHAPE, found=5, expected=4).message
    unclear = Finding.of(Code.ROW_SHAPE, longest="10.000").message
    assert "ada 5 kolom, padahal judul kolom hanya 4. Periksa" in wide
    assert "kutip" not in wide
    assert "tanda kutip yang salah tempat, atau sel yang lebih dari 10.000 karakter." in unclear
    assert "padahal" not in unclear


def test_control_figures_differ_or_cannot_be_read():
    code = Code.CONTROL_TOTAL_MISMATCH
    differs = Finding.of(code, stated="3 baris", counted="2 baris").message
    unread = Finding.of(code, name="rows", figure="dua").message
    assert "(3 baris) berbeda dengan isi berkas (2 baris)." in differs
    assert "terbaca" not in differs
    assert "metadata rows (dua) tidak terbaca sebagai angka." in unread
    assert "berbeda" not in unread


def test_a_parameter_is_never_read_as_a_placeholder():
    finding = Finding.of(Code.HEADER_MISSING, wanted="NIK", nearest="{wanted} [x] {0.__class__}")
    assert "{wanted} [x] {0.__class__}" in finding.message


def test_brackets_without_placeholder_are_kept_as_text_without_them():
    assert Explanation(Severity.ERROR, "a[ b] c", "", "").fill({}) == "a b c"


@pytest.mark.parametrize(
    ("code", "severity", "is_error"),
    [
        (Code.NIK_MISSING, Severity.ERROR, True),
        (Code.PHONE_MISSING, Severity.WARNING, False),
        (Code.SEX_INVALID, Severity.WARNING, False),
        (Code.BPUM_AND_KUR, Severity.WARNING, False),
        (Code.DUPLICATE_OTHER_BANK, Severity.DISPOSITION, False),
        (Code.FILE_EMPTY, Severity.FILE, False),
        (Code.SHEETS_IGNORED, Severity.FILE_WARNING, False),
    ],
)
def test_a_finding_knows_what_it_does(code, severity, is_error):
    finding = Finding(code)
    assert (finding.severity, finding.is_error) == (severity, is_error)


@pytest.mark.parametrize(
    "finding", [Finding(Code.NIK_MISSING), Finding.of(Code.NIK_LENGTH, digits=15)]
)
def test_a_finding_survives_storing(finding):
    assert msgspec.json.decode(msgspec.json.encode(finding), type=Finding) == finding


def test_a_finding_is_stored_compactly():
    findings = [Finding(Code.NIK_MISSING), Finding.of(Code.NIK_LENGTH, digits=15)]
    stored = json.loads(msgspec.json.encode(findings))
    assert stored == [["nik_missing", {}], ["nik_length", {"digits": "15"}]]


@pytest.mark.parametrize(
    "stored", [[], ["no_such_code"], [1], ["nik_missing", "x"], ["nik_missing", {}, 1]]
)
def test_what_was_never_stored_is_refused(stored):
    with pytest.raises(ValueError):
        msgspec.json.decode(json.dumps(stored), type=Finding)
