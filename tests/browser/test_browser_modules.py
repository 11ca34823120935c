"""The page's own small rules: what was asked, how figures and times read, the picture of a key."""

import hashlib
import json
from typing import Any

import pytest


@pytest.fixture(scope="module")
def module(browser, stage):
    page = browser.new_page()
    page.goto(stage.url)

    def call(name: str, function: str, *arguments: Any) -> Any:
        told = json.dumps(arguments)
        return page.evaluate(
            f"import('{stage.url}assets/{name}').then(it => it.{function}(...{told}))"
        )

    yield call
    page.close()


def test_a_nik_is_told_from_a_reference_however_it_is_typed(module):
    nik, reference = {"nik": "7171015708800001"}, "7K3M9QX2-151A"
    for text in (
        "7171015708800001",
        " 71.7101.570880.0001 ",
        "7171 0157 0880 0001",
        f"'{nik['nik']}",
    ):
        assert module("lookup.js", "asked", text) == nik
    for text in (reference, reference.lower(), reference.replace("-", ""), "12345678-1519"):
        assert module("lookup.js", "asked", text) == {"reference": text}
    assert module("lookup.js", "asked", "71710157-08800001") == nik
    assert module("lookup.js", "asked", "71710157088") == {"nik": "71710157088"}


@pytest.mark.parametrize(
    ("function", "given", "shown"),
    [
        ("number", 1234567, "1.234.567"),
        ("number", None, "–"),
        ("rupiah", 0, "Rp0"),
        ("usd", "1234.50", "US$1.234,50"),
        ("percent", 0.9999, "99,9%"),
        ("percent", 0.00001, "0,1%"),
        ("percent", 1, "100%"),
        ("day", "2026-11-22", "22 November 2026"),
        ("day", "2026-11-21T16:30:00Z", "22 November 2026"),
        ("moment", "2026-11-21T16:05:00Z", "22 November 2026 00.05 WITA"),
        ("moment", "2026-11-21T16:05:00+00:00", "22 November 2026 00.05 WITA"),
        ("clock", "2026-11-21T16:05:00.123456Z", "00.05 WITA"),
        ("size", 200 * 1024**2, "200 MB"),
        ("size", 1536, "1,5 KB"),
        ("fileName", "20261122T030405Z-0a1b2c3d-penerima.csv", "penerima.csv"),
    ],
)
def test_figures_read_as_in_indonesian_offices(module, function, given, shown):
    assert module("format.js", function, given) == shown


@pytest.mark.parametrize(
    ("repeated", "side", "digest"),
    [
        (1, 33, "ee21bbff0d4dde39"),
        (4, 37, "f153e0729bedc47d"),
        (7, 45, "f4d9a745db30ca6b"),
        (20, 57, "a37cbfc1cc860578"),
    ],
)
def test_the_picture_of_a_key_is_one_that_was_read_back(module, repeated, side, digest):
    """An independent decoder read these pictures; what they are must not change unnoticed."""
    address = f"otpauth://totp/Payung%3Adinas?secret={'ABCD2345' * repeated}&issuer=Payung"
    rows = module("qr.js", "modules", address)
    assert [len(rows), *{len(row) for row in rows}] == [side, side]
    dark = "".join(str(int(each)) for row in rows for each in row)
    assert hashlib.sha256(dark.encode()).hexdigest()[:16] == digest


def test_a_key_too_long_for_a_picture_is_left_to_be_typed(module):
    assert module("qr.js", "modules", "x" * 214) is None
