import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.cells.money import TOTAL_DIGITS, format_rupiah, parse_rupiah


@pytest.mark.parametrize(
    "text",
    [
        "1200000",
        " 1200000 ",
        "'1200000",
        "1200000.00",
        "1200000,00",
        "1200000.0",
        "1200000,-",
        "1.200.000",
        "1.200.000,00",
        "1.200.000,-",
        "1.200.000,--",
        "1,200,000",
        "1,200,000.00",
        "1,200,000.-",
        "1 200 000",
        "1\u00a0200\u00a0000",
        "1\u202f200\u202f000,00",
        "Rp1.200.000",
        "Rp1.200.000,-",
        "Rp 1.200.000,00",
        "Rp. 1.200.000",
        "rp.1200000",
        "RP1200000",
        "IDR 1,200,000.00",
    ],
)
def test_every_way_to_write_an_amount_is_read(text):
    assert parse_rupiah(text) == 1_200_000


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1", 1),
        ("999", 999),
        ("1.200", 1200),
        ("1,200", 1200),
        ("1.0", 1),
        ("12.00", 12),
        ("500.000.000", 500_000_000),
        ("999999999999", 999_999_999_999),
        ("999.999.999.999,00", 999_999_999_999),
    ],
)
def test_the_edges_of_what_is_an_amount(text, amount):
    assert parse_rupiah(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "0",
        "0,00",
        "Rp0",
        "-1200000",
        "(1200000)",
        "+1200000",
        "1.200.000,50",
        "1,200,000.50",
        "1200000.5",
        "1.2",
        "1,2",
        "1.20",
        "1.200,000",
        "1,200.000",
        "1.200.00",
        "1.2000.000",
        "12000.000",
        "1200.000",
        "1.200.000.",
        "1.200.000,000",
        ".200",
        "0.200",
        "0001200000",
        "081234567890",
        "1000000000000",
        "1.000.000.000.000",
        "1.2E+06",
        "1,2E+06",
        "1.2 juta",
        "1200000 orang",
        "Rp",
        "Rp Rp 1000",
        "USD 1200000",
        "1200000/2",
        "=1200000",
    ],
)
def test_an_ambiguous_amount_is_none(text):
    assert parse_rupiah(text) is None


@pytest.mark.parametrize("text", ["1200000000000", "Rp1.200.000.000.000,-", "1,200,000,000,000.00"])
def test_a_total_has_more_digits_than_an_amount(text):
    assert parse_rupiah(text) is None
    assert parse_rupiah(text, most_digits=TOTAL_DIGITS) == 1_200_000_000_000


def test_a_total_has_a_maximum_too():
    assert parse_rupiah("9" * 18, most_digits=TOTAL_DIGITS) == 10**18 - 1
    assert parse_rupiah("9" * 19, most_digits=TOTAL_DIGITS) is None


@pytest.mark.parametrize("text", ["١٢٠٠٠٠٠", "１２０００００"])
def test_digits_of_other_scripts_are_not_an_amount(text):
    assert parse_rupiah(text) is None


def test_amounts_are_written_with_dots():
    assert format_rupiah(1_149_600) == "1.149.600"
    assert format_rupiah(0) == "0"
    assert format_rupiah(999) == "999"


@given(st.integers(1, 999_999_999_999), st.sampled_from(["", "Rp", "Rp ", "Rp. ", "IDR "]))
def test_written_amounts_read_back(amount, prefix):
    dots = format_rupiah(amount)
    commas = f"{amount:,}"
    for text in (str(amount), dots, commas, dots + ",00", dots + ",-", commas + ".00"):
        assert parse_rupiah(prefix + text) == amount


@given(st.text() | st.text("0123456789.,- RpE+", max_size=20))
def test_an_amount_has_exactly_the_digits_of_the_text(text):
    amount = parse_rupiah(text)
    if amount is not None:
        assert 0 < amount < 10**12
        digits = "".join(each for each in text if each in "0123456789")
        assert digits.startswith(str(amount))
        assert set(digits[len(str(amount)) :]) <= {"0"}
