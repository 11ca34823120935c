"""The page's own small rules: the kind of a query, figures and times, the picture of a key."""

import json
from typing import Any

import pytest
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from chalicelib.api import site

SOURCE = site.FOLDER / "assets"
MASK = 2  # the page always uses this one
LONGEST = [14, 26, 42, 62, 84, 106, 122, 152, 180, 213]
"""The most bytes of versions 1 to 10 at level M (ISO/IEC 18004, table 7)."""


@pytest.fixture(scope="module")
def module(browser, stage):
    page = browser.new_page()
    # The page loads these modules joined; here each is loaded by itself.
    page.route(
        "**/source/*.js",
        lambda route: route.fulfill(
            body=(SOURCE / route.request.url.rpartition("/")[2]).read_text("utf-8"),
            content_type="text/javascript",
        ),
    )
    page.goto(stage.url)

    def call(name: str, function: str, *arguments: Any) -> Any:
        encoded = json.dumps(arguments)
        return page.evaluate(
            f"import('{stage.url}source/{name}').then(it => it.{function}(...{encoded}))"
        )

    yield call
    page.close()


def test_a_nik_is_distinguished_from_a_reference_in_any_spelling(module):
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


def expected(text: str) -> list[list[bool]]:
    """Return the modules of another implementation, with the page's level and mask."""
    code = QRCode(error_correction=ERROR_CORRECT_M, mask_pattern=MASK, border=0)
    code.add_data(text.encode(), optimize=0)
    code.make()
    return code.get_matrix()


@pytest.mark.parametrize(("repeated", "side"), [(1, 33), (4, 37), (7, 45), (20, 57)])
def test_the_picture_of_a_key_is_the_one_that_another_implementation_draws(module, repeated, side):
    address = f"otpauth://totp/Payung%3Adinas?secret={'ABCD2345' * repeated}&issuer=Payung"
    rows = module("qr.js", "modules", address)
    assert [len(rows), *{len(row) for row in rows}] == [side, side]
    assert rows == expected(address)


@pytest.mark.parametrize(("version", "longest"), list(enumerate(LONGEST, start=1)))
def test_pictures_of_every_size_are_those_that_another_implementation_draws(
    module, version, longest
):
    shortest = LONGEST[version - 2] + 1 if version > 1 else 1
    for length in (shortest, (shortest + longest) // 2, longest):
        text = "".join(chr(33 + place * 7 % 94) for place in range(length))
        rows = module("qr.js", "modules", text)
        assert len(rows) == 17 + 4 * version
        assert rows == expected(text)


def test_a_picture_holds_utf_8(module):
    text = "Kotamobagu – Sulawesi Utara é"
    assert module("qr.js", "modules", text) == expected(text)


def test_a_key_too_long_for_a_picture_is_left_to_be_typed(module):
    assert module("qr.js", "modules", "x" * 214) is None
