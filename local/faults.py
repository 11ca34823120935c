"""The damage that real recipient files have, done on purpose to made-up rows."""

import random
from collections.abc import Callable, Sequence

Row = dict[str, str]
"""A row's cells by their header."""

Fault = Callable[[Row, random.Random], None]

NIK, NAME, PHONE, BORN, AMOUNT = "NIK", "Nama Lengkap", "No. HP", "Tanggal Lahir", "Nilai Bantuan"


def damage(row: Row, earlier: Sequence[Row], chance: random.Random) -> Row:
    """Return the row with one fault: now and then an earlier row instead, once more."""
    if earlier and chance.random() < 0.2:  # noqa: PLR2004  # repeats are the commonest fault
        return dict(chance.choice(earlier))
    damaged = dict(row)
    chance.choice(FAULTS)(damaged, chance)
    return damaged


def _nik_rounded(row: Row, _chance: random.Random) -> None:
    """Excel took the NIK for a number and showed it in short."""
    mantissa = f"{int(row[NIK]) / 10**15:.5f}"
    row[NIK] = f"{mantissa.replace('.', ',')}E+15"


def _nik_cut(row: Row, chance: random.Random) -> None:
    """A digit was lost in typing."""
    place = chance.randrange(16)
    row[NIK] = row[NIK][:place] + row[NIK][place + 1 :]


def _nik_letter(row: Row, _chance: random.Random) -> None:
    """The letter O stands for a zero."""
    row[NIK] = row[NIK].replace("0", "O", 1)


def _nik_placeholder(row: Row, _chance: random.Random) -> None:
    row[NIK] = "0"


def _nik_dotted(row: Row, _chance: random.Random) -> None:
    """Harmless: dots between the parts, and a leading quote against Excel."""
    nik = row[NIK]
    row[NIK] = f"'{nik[:2]}.{nik[2:6]}.{nik[6:12]}.{nik[12:]}"


def _name_missing(row: Row, _chance: random.Random) -> None:
    row[NAME] = " "


def _phone_odd(row: Row, chance: random.Random) -> None:
    row[PHONE] = chance.choice(
        ("-", "", "0431-851234", "8,12346E+11", f"{row[PHONE]}/{row[PHONE][:-1]}7", "tidak ada")
    )


def _phone_written_otherwise(row: Row, chance: random.Random) -> None:
    """Harmless: people write one number in many ways."""
    bare = row[PHONE][1:]
    spaced = f"{bare[:3]}-{bare[3:7]}-{bare[7:]}"
    row[PHONE] = chance.choice((bare, f"62{bare}", f"+62 {spaced}", f"+62(0){bare}", f"0{spaced}"))


def _amount_text(row: Row, chance: random.Random) -> None:
    row[AMOUNT] = chance.choice(("satu juta dua ratus ribu", "", "-", "0"))


def _born_impossible(row: Row, _chance: random.Random) -> None:
    row[BORN] = f"31/02/{row[BORN][-4:]}"


FAULTS: tuple[Fault, ...] = (
    _nik_rounded,
    _nik_cut,
    _nik_letter,
    _nik_placeholder,
    _nik_dotted,
    _name_missing,
    _phone_odd,
    _phone_written_otherwise,
    _amount_text,
    _born_impossible,
)
