"""Errors of a spreadsheet, and formulas without a result."""

import pytest

from chalicelib.domain.cells.unvalued import unvalued


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "#n/a", " #DIV/0! ", "'#VALUE!", "Err:502"])
def test_an_error_is_named(text):
    assert unvalued(text) == {"error": text.strip(" '")}


@pytest.mark.parametrize("text", ["=D2&E2", " =1+1", "'=D2", '=A1&"7171015708809001"'])
def test_a_formula_is_named_and_never_repeated(text):
    assert unvalued(text) == {"formula": "=…"}


@pytest.mark.parametrize(
    "text", ["", "=", "7171015708809001", '="7171015708809001"', "#1", "#BUDI", "Eka", "-", "n/a"]
)
def test_a_value_is_neither(text):
    assert not unvalued(text)
