"""No name makes a message say what a bank wants, and no message reaches more than it should."""

import itertools
import re
import unicodedata

import pytest

from tests.api.office import Office
from tests.attacks.containers import FORMATS
from tests.attacks.payloads import AS_FORMULAS, INVISIBLE, LINKS, MARKUP, NUMBERS, PATHS
from tests.support.builders import a_nik
from tests.support.septets import septets

pytestmark = pytest.mark.own_process

HEADER = ["NIK", "Nama", "Nilai Bantuan", "No HP"]
WORDS = ("klik", "buka", "hub", "wa", "transfer", "hadiah", "menang", "pin", "otp", "login", "cair")
ENDINGS = ("id", "com", "co.id", "my.id", "ly", "me", "link", "online", "go.id", "xyz")
DOTS = (".", "\u2024", "\uff0e", "\u3002", "\ufe52", " dot ", " titik ", "(.)", ",", " . ")
ADDRESSES = [
    f"bpum-cair{dot}{ending}" for dot, ending in itertools.product(DOTS, ENDINGS)
]  # each has an ending of a domain behind a kind of dot
INSTRUCTIONS = [
    f"{word.capitalize()} {rest}" for word in WORDS for rest in ("sekarang", "di Contoh")
]
SPELT_NUMBERS = [
    "nol delapan satu dua tiga empat lima",
    "Zero Eight One Two Three Four",
    "satu satu dua",
    "\u0660\u0661\u0662\u0663\u0664\u0665",
    "\uff10\uff18\uff11\uff12",
    "\u2460\u2461\u2462\u2463",
    "\U0001d7d8\U0001d7e0\U0001d7d9",
]
LOOK_ALIKES = [
    "\uff2d\uff41\uff52\uff49\uff41",
    "\U0001d40c\U0001d41a\U0001d42b\U0001d422\U0001d41a",
    "M\u0430ria",
    "\u24c2aria",
    "\u0391nna\u0455",
]
NAMES = [
    *LINKS,
    *ADDRESSES,
    *INSTRUCTIONS,
    *SPELT_NUMBERS,
    *LOOK_ALIKES,
    *MARKUP,
    *NUMBERS,
    *INVISIBLE,
    *(text for text in PATHS if len(text) < 100),
    *(text for text in AS_FORMULAS if len(text) < 100),
]
OPENING = "BPJS Ketenagakerjaan: "
"""What precedes the name in every message."""
_ADDRESS = re.compile(r"[a-z]{2,}\.[a-z]|://|www|[/@#?=%\\<>{}\[\]|_]|\bdot\b|\btitik\b")
_LONG_NUMBER = re.compile(r"[0-9](?:[ .-]?[0-9]){7,}")


def messages_to(names: list[str], form: str = "comma") -> list[str]:
    office = Office(chunk_rows=1_000)
    rows = [[a_nik(n), name, "1200000", f"0812{n:08d}"] for n, name in enumerate(names, 1)]
    office.run(FORMATS[form]([HEADER, *rows]))
    return [text for _, text in office.sms_sender.published]


@pytest.fixture(scope="module", params=["comma", "xlsx", "ods", "html"])
def messages(request: pytest.FixtureRequest) -> list[str]:
    return messages_to([name for name in NAMES if "\0" not in name], request.param)


def test_a_plain_name_is_repeated() -> None:
    """The tests below can fail: what a message repeats is in it."""
    (text,) = messages_to(["Maria Contoh"])
    assert "Maria Contoh" in text


def test_every_message_is_one_part_of_plain_letters(messages: list[str]) -> None:
    assert messages
    for text in messages:
        assert septets(text) <= 160
        assert all(" " <= each <= "~" for each in text), text


def test_no_message_has_an_address(messages: list[str]) -> None:
    for text in messages:
        assert not _ADDRESS.search(without_our_own(text).lower()), text


def test_no_message_has_a_number_to_call(messages: list[str]) -> None:
    for text in messages:
        assert not _LONG_NUMBER.search(without_our_own(text)), text


@pytest.mark.parametrize("words", [INSTRUCTIONS, SPELT_NUMBERS, LOOK_ALIKES])
def test_no_message_repeats_an_instruction_or_a_spelt_number(words: list[str]) -> None:
    for text in messages_to(words):
        assert text.startswith(f"{OPENING}Anda terdaftar. "), text


def test_no_message_begins_with_nothing(messages: list[str]) -> None:
    for text in messages:
        assert text.startswith(OPENING), text
        assert unicodedata.category(text.removeprefix(OPENING)[0])[0] == "L", text


def without_our_own(text: str) -> str:
    """Return a message without what is the programme's own: risks, days, amounts, reference."""
    own = r" bila celaka kerja/wafat\.|[0-9]{2}-[0-9]{2}-[0-9]{4}|Rp[0-9.]+|Ref [0-9A-Z]+-[0-9A-Z]+"
    return re.sub(own, "", text)
