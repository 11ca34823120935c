"""NIKs and phone numbers in free text, in any spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.person.personal_numbers import holds_personal_number
from chalicelib.domain.person.reference import reference
from tests.support.builders import a_nik

NIK = "7171014107800001"
PHONE = "081234567890"
WORDS = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"]


def spelled(number: str) -> str:
    return " ".join(WORDS[int(each)] for each in number)


def whole(number: str) -> str:
    """Return a number in whole numbers below a hundred: `71` is `tujuh puluh satu`."""
    pairs = [number[at : at + 2] for at in range(0, len(number), 2)]
    return ", ".join(
        f"{WORDS[int(one)]} puluh {WORDS[int(other)]}" if one not in "01" else spelled(one + other)
        for one, other in pairs
    )


def full_width(number: str) -> str:
    return "".join(chr(0xFF10 + int(each)) for each in number)


@pytest.mark.parametrize("number", [NIK, PHONE, "+62 812-3456-7890", "081234567"])
@pytest.mark.parametrize(
    "separator",
    [
        "",
        " ",
        "  ",
        ".",
        "-",
        "/",
        "\\",
        ",",
        ", ",
        ":",
        ";",
        "_",
        "|",
        "*",
        " x ",
        "x",
        "\u200b",
        "\n",
        "\t",
        "\xa0",
        "‑",
        " titik ",
        " dan ",
        "·",
        "~",
        "'",
        "()",
        "…",
    ],
)
@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_number_is_found_with_any_separator(number, separator, size):
    digits = "".join(filter(str.isdigit, number))
    groups = [digits[at : at + size] for at in range(0, len(digits), size)]
    assert holds_personal_number(f"Diminta oleh {separator.join(groups)}, di loket")


@pytest.mark.parametrize("number", [NIK, PHONE])
@pytest.mark.parametrize(
    "rewrite",
    [
        lambda number: number.replace("0", "O"),
        lambda number: spelled(number).replace(" ", ""),
        whole,
        lambda number: "".join("〇一二三四五六七八九"[int(each)] for each in number),
        lambda number: "".join(f"{each}\ufe0f\u20e3" for each in number),
        lambda number: number.replace("0", "o").replace("1", "l"),
        lambda number: number.replace("1", "I").replace("8", "B"),
        full_width,
        spelled,
        lambda number: "".join(chr(0x0660 + int(each)) for each in number),
        lambda number: "".join(chr(0x0966 + int(each)) for each in number),
        lambda number: "".join(chr(0x1D7CE + int(each)) for each in number),
        lambda number: number.replace("1", "①"),
        lambda number: number.replace("1", "¹"),
        "\u0336".join,
    ],
)
def test_a_number_is_found_in_any_spelling(number, rewrite):
    assert holds_personal_number(f"No {rewrite(number)} salah")


@given(st.integers(1, 500), st.text(alphabet=" .-/,:;_|*\u200b\u00a0", max_size=3))
def test_any_nik_is_found_in_any_groups(number, separator):
    assert holds_personal_number(separator.join(a_nik(number)))


@pytest.mark.parametrize(
    "text",
    [
        "Datang 22-11-2026 pukul 14.05",
        "Datang 08/11/2026 08.10-08.45",
        "Rapat 2026-11-22 09:30:00, hadir 12 orang",
        "Surat 800/123/2026, iuran Rp240.000.000",
        "Iuran Rp 33.600,00 dari bantuan Rp1.200.000",
        "Berkas 7K3M9QX2, baris 151",
        "Baris 12, 15, 17 dan 40 salah",
        "Diminta dua orang pada hari satu, tiga, dan lima",
        "Solo dan Bitung: belum terdaftar",
        "Nomor salah ketik, diperbaiki di loket",
    ],
)
def test_days_times_amounts_letters_and_rows_are_no_personal_numbers(text):
    assert not holds_personal_number(text)


@given(st.text("0123456789ABCDEFGHJKMNPQRTVWXYZ", min_size=8, max_size=8), st.integers(1, 200_000))
def test_a_reference_is_no_personal_number(batch, row):
    if batch.isdigit():
        return  # an id of digits alone looks like a number
    assert not holds_personal_number(f"Ditanyakan tentang {reference(batch, row)} di loket")


def test_a_nik_in_two_parts_is_found():
    assert holds_personal_number(f"Depannya {NIK[:8]} sedangkan sisanya {NIK[8:]}")


def test_a_number_cannot_hide_behind_a_day():
    assert holds_personal_number("7171 01 01-01-1970 0002 dan 0812 3456 7890")
    assert holds_personal_number("22-11-2026-7171-0101")
