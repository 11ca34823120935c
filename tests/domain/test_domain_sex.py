import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.cells.sex import Sex, parse_sex


@pytest.mark.parametrize(
    ("sex", "texts"),
    [
        (Sex.MALE, ["L", "l", "Laki-laki", "LAKI - LAKI", "Laki", "Lk.", "Pria", "1", "1.0", "M"]),
        (Sex.FEMALE, ["P", "p", " P ", "Perempuan", "Pr", "WANITA", "W", "2", "'2", "2.0", "F"]),
        (Sex.BUSINESS_ENTITY, ["9", "9.0", "Badan Usaha"]),
    ],
)
def test_every_spelling_is_read(sex, texts):
    assert {text: parse_sex(text) for text in texts} == dict.fromkeys(texts, sex)


@pytest.mark.parametrize("text", ["", "-", "0", "3", "10", "L/P", "LP", "x", "11", "٢"])
def test_any_other_spelling_of_sex_is_none(text):
    assert parse_sex(text) is None


@given(st.text())
def test_any_text_gives_a_sex_or_none(text):
    assert parse_sex(text) in {None, *Sex}
