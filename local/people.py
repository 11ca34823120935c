"""Makes people up: names, NIKs and phone numbers of the right form, nobody's on purpose.

Everything comes from the generator of random numbers that is handed in, so that the same seed
gives the same people.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from faker.providers.person.id_ID import Provider as Names

REGENCIES = (
    "7101", "7102", "7103", "7104", "7105", "7106", "7107", "7108", "7109", "7110", "7111",
    "7171", "7172", "7173", "7174",
)  # fmt: skip
"""North Sulawesi's regencies and cities."""

_VILLAGES = (
    "Airmadidi", "Amurang", "Bahu", "Bitung Barat", "Kakaskasen", "Kawangkoan", "Kotabunan",
    "Langowan", "Likupang", "Lolak", "Malalayang", "Melonguane", "Mopuya", "Paal Dua", "Ratahan",
    "Siau Timur", "Sonder", "Tahuna", "Tikala", "Tomohon Utara", "Tondano", "Tuminting", "Wanea",
)  # fmt: skip
_BUSINESSES = (
    "Warung makan", "Kios sembako", "Penjahit", "Bengkel motor", "Nelayan", "Pedagang sayur",
    "Kue basah", "Ternak babi", "Ternak ayam", "Kebun kelapa", "Ojek", "Salon",
    "Pedagang ikan", "Mebel kayu", "Anyaman", "Tukang kayu", "Laundry", "Pulsa dan data",
)  # fmt: skip
_PHONE_STARTS = ("811", "812", "813", "821", "822", "823", "851", "852", "853", "856", "857",
                 "858", "877", "878", "895", "896", "898")  # fmt: skip
# Working age from the first programme (September 2021) to the end of 2026.
_OLDEST = date(1963, 1, 1)
_YOUNGEST = date(2003, 9, 1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist; `phone` is as people write it, `0812…`."""

    nik: str
    family_card: str
    name: str
    birth_date: date
    woman: bool
    regency: str
    address: str
    business: str
    phone: str
    account: str


def people(chance: random.Random) -> Iterator[Person]:
    """Iterate over people without end, no two with the same NIK."""
    serials: dict[str, int] = {}
    span = (_YOUNGEST - _OLDEST).days
    while True:
        woman = chance.random() < 0.55  # noqa: PLR2004  # of those with a small business
        born = _OLDEST + timedelta(days=chance.randrange(span))
        regency = chance.choice(REGENCIES)
        place = f"{regency}{chance.randint(1, 12):02d}"
        head = f"{place}{born.day + 40 * woman:02d}{born:%m%y}"
        serials[head] = serials.get(head, 0) + 1
        yield Person(
            nik=f"{head}{serials[head]:04d}",
            family_card=f"{place}{_digits(chance, 10)}",
            name=_name(chance, woman=woman),
            birth_date=born,
            woman=woman,
            regency=regency,
            address=f"{chance.choice(_VILLAGES)}, Lingk. {chance.randint(1, 9)}",
            business=chance.choice(_BUSINESSES),
            phone=f"0{chance.choice(_PHONE_STARTS)}{_digits(chance, chance.randint(7, 8))}",
            account=_digits(chance, 15),
        )


def _name(chance: random.Random, *, woman: bool) -> str:
    first = Names.first_names_female if woman else Names.first_names_male
    last = Names.last_names_female if woman else Names.last_names_male
    names = [chance.choice(first), chance.choice(last)]
    if chance.random() < 0.3:  # noqa: PLR2004  # a second given name is common
        names.insert(1, chance.choice(first))
    return " ".join(names)


def _digits(chance: random.Random, many: int) -> str:
    return f"{chance.randrange(10**many):0{many}d}"
