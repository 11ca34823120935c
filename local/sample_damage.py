"""Puts the errors of real recipient files into made-up rows."""

import random
from collections.abc import Callable, Sequence

Row = dict[str, str]
"""A row's cells by their header."""

Damage = Callable[[Row, random.Random], None]

NIK, NAME, PHONE, BORN, AMOUNT = "NIK", "Nama Lengkap", "No. HP", "Tanggal Lahir", "Nilai Bantuan"


def damage(row: Row, earlier: Sequence[Row], rng: random.Random) -> Row:
    """Return the row with one error. Sometimes the error is a repeated earlier row."""
    if earlier and rng.random() < 0.2:  # noqa: PLR2004  # repeats are the most common error
        return dict(rng.choice(earlier))
    damaged = dict(row)
    rng.choice(DAMAGES)(damaged, rng)
    return damaged


def _nik_rounded(row: Row, _rng: random.Random) -> None:
    """Excel read the NIK as a number and shows it with an exponent."""
    mantissa = f"{int(row[NIK]) / 10**15:.5f}"
    row[NIK] = f"{mantissa.replace('.', ',')}E+15"


def _nik_cut(row: Row, rng: random.Random) -> None:
    """A digit is missing because of a typing error."""
    index = rng.randrange(16)
    row[NIK] = row[NIK][:index] + row[NIK][index + 1 :]


def _nik_letter(row: Row, _rng: random.Random) -> None:
    """The letter O is in the place of a zero."""
    row[NIK] = row[NIK].replace("0", "O", 1)


def _nik_placeholder(row: Row, _rng: random.Random) -> None:
    row[NIK] = "0"


def _nik_dotted(row: Row, _rng: random.Random) -> None:
    """Harmless: dots between the parts, and a leading quote that protects it from Excel."""
    nik = row[NIK]
    row[NIK] = f"'{nik[:2]}.{nik[2:6]}.{nik[6:12]}.{nik[12:]}"


def _name_missing(row: Row, _rng: random.Random) -> None:
    row[NAME] = " "


def _phone_odd(row: Row, rng: random.Random) -> None:
    row[PHONE] = rng.choice(
        ("-", "", "0431-851234", "8,12346E+11", f"{row[PHONE]}/{row[PHONE][:-1]}7", "tidak ada")
    )


def _phone_in_other_form(row: Row, rng: random.Random) -> None:
    """Harmless: one number can be written in many forms."""
    bare = row[PHONE][1:]
    spaced = f"{bare[:3]}-{bare[3:7]}-{bare[7:]}"
    row[PHONE] = rng.choice((bare, f"62{bare}", f"+62 {spaced}", f"+62(0){bare}", f"0{spaced}"))


def _amount_text(row: Row, rng: random.Random) -> None:
    row[AMOUNT] = rng.choice(("satu juta dua ratus ribu", "", "-", "0"))


def _born_impossible(row: Row, _rng: random.Random) -> None:
    row[BORN] = f"31/02/{row[BORN][-4:]}"


DAMAGES: tuple[Damage, ...] = (
    _nik_rounded,
    _nik_cut,
    _nik_letter,
    _nik_placeholder,
    _nik_dotted,
    _name_missing,
    _phone_odd,
    _phone_in_other_form,
    _amount_text,
    _born_impossible,
)
