import pytest

from chalicelib.domain.file.guard import Guarded, compare, file_mark, guard_of, marked_file

NIK = "7171015708809008"


@pytest.mark.parametrize(
    ("cell", "guard"),
    [
        (NIK, f"NIK {NIK}"),
        ("7171 0157 0880 9008", f"NIK {NIK}"),
        (f"'{NIK}", f"NIK {NIK}"),
        (" O171  01", "NIK O171 01"),
        ("", ""),
        ("x" * 41, ""),
    ],
)
def test_a_guard_has_the_digits_or_else_the_text(cell, guard):
    assert guard_of(cell) == guard


@pytest.mark.parametrize(
    ("nik", "guard", "found"),
    [
        (NIK, f"NIK {NIK}", Guarded.SAME),
        (NIK, f" nik {NIK} ", Guarded.SAME),
        (NIK, NIK, Guarded.SAME),
        ("7171015708809010", "NIK 7171015708809010", Guarded.SAME),
        ("7171015708809000", f"NIK {NIK}", Guarded.ROUNDED),  # Excel
        ("7171015708809010", f"NIK {NIK}", Guarded.ROUNDED),  # LibreOffice
        ("7171015708810000", "NIK 7171015708809998", Guarded.ROUNDED),
        ("7171015708809020", f"NIK {NIK}", Guarded.OTHER),
        ("7171015708809018", f"NIK {NIK}", Guarded.OTHER),
        ("7171025708809000", f"NIK {NIK}", Guarded.ROUNDED),  # corrected, and then rounded
        ("7171015708809010", "NIK 71710157O8809008", Guarded.ROUNDED),
        ("7171015708809000", "NIK 717101570880908", Guarded.ROUNDED),  # a digit was missing
        ("7106012412759000", f"NIK {NIK}", Guarded.OTHER),
        ("7171025708809010", "NIK 7171015708809010", Guarded.OTHER),
        (NIK, "", Guarded.NOTHING),
        (NIK, "NIK", Guarded.NOTHING),
        (NIK, None, Guarded.NOTHING),
    ],
)
def test_a_nik_is_held_against_its_guard(nik, guard, found):
    assert compare(nik, guard) is found


def test_a_file_is_known_by_its_mark():
    assert marked_file(file_mark("1E234567")) == "1E234567"


@pytest.mark.parametrize("cell", ["", "Berkas", "Berkas 12", "1,2E+10", "Berkas 1E234567 dan lain"])
def test_another_text_is_no_mark(cell):
    assert marked_file(cell) is None
