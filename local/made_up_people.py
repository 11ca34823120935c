"""Makes up people: names, NIKs and phone numbers in the correct form, but not of real people.

All random choices come from the generator that the caller passes. So the same seed always gives the
same people.
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
    """A made-up person. `phone` has the national form, `0812…`."""

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


def people(rng: random.Random) -> Iterator[Person]:
    """Iterate over people without end. No two have the same NIK."""
    serials: dict[str, int] = {}
    span = (_YOUNGEST - _OLDEST).days
    while True:
        woman = rng.random() < 0.55  # noqa: PLR2004  # the share among small businesses
        born = _OLDEST + timedelta(days=rng.randrange(span))
        regency = rng.choice(REGENCIES)
        place = f"{regency}{rng.randint(1, 12):02d}"
        head = f"{place}{born.day + 40 * woman:02d}{born:%m%y}"
        serials[head] = serials.get(head, 0) + 1
        yield Person(
            nik=f"{head}{serials[head]:04d}",
            family_card=f"{place}{_digits(rng, 10)}",
            name=_name(rng, woman=woman),
            birth_date=born,
            woman=woman,
            regency=regency,
            address=f"{rng.choice(_VILLAGES)}, Lingk. {rng.randint(1, 9)}",
            business=rng.choice(_BUSINESSES),
            phone=f"0{rng.choice(_PHONE_STARTS)}{_digits(rng, rng.randint(7, 8))}",
            account=_digits(rng, 15),
        )


def _name(rng: random.Random, *, woman: bool) -> str:
    first = Names.first_names_female if woman else Names.first_names_male
    last = Names.last_names_female if woman else Names.last_names_male
    names = [rng.choice(first), rng.choice(last)]
    if rng.random() < 0.3:  # noqa: PLR2004  # a second given name is common
        names.insert(1, rng.choice(first))
    return " ".join(names)


def _digits(rng: random.Random, length: int) -> str:
    return f"{rng.randrange(10**length):0{length}d}"
