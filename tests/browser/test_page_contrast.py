"""The contrast of text and focus, computed from the style sheets (WCAG 2.2: 1.4.3 and 1.4.11)."""

import re

import pytest

from chalicelib.api.site import FOLDER

CSS = "\n".join((FOLDER / "assets" / name).read_text() for name in ("page.css", "parts.css"))
TEXT, SHAPE = 4.5, 3.0
GROUNDS = ("ground", "paper")
TEXT_ON = [
    *((ink, ground) for ink in ("ink", "soft", "link", "bad") for ground in GROUNDS),
    *((each, f"{each}-ground") for each in ("good", "bad", "warn", "calm")),
    ("on-brand", "brand"),
]
SHAPES_ON = [(shape, ground) for shape in ("focus", "field") for ground in GROUNDS]


def _variables(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{3,6});", block))


LIGHT = _variables(CSS[: CSS.index("@media (prefers-color-scheme: dark)")])
DARK = {
    **LIGHT,
    **_variables(CSS[CSS.index("@media (prefers-color-scheme: dark)") :].split("}")[0]),
}
SCHEMES = {"light": LIGHT, "dark": DARK}


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_the_known_one():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_can_be_read(scheme, ink, ground):
    colours = SCHEMES[scheme]
    assert contrast(colours[ink], colours[ground]) >= TEXT


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("shape", "ground"), SHAPES_ON)
def test_focus_and_fields_can_be_seen(scheme, shape, ground):
    colours = SCHEMES[scheme]
    assert contrast(colours[shape], colours[ground]) >= SHAPE


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_rule_for_the_focus_is_seen_on_its_ground(scheme):
    """A rule that names a colour names it for the header alone, on the header's own ground."""
    colours = SCHEMES[scheme]
    for selector, colour in re.findall(
        r"^([^{}\n]*:focus[^{}]*)\{[^}]*outline-color:\s*([^;]+);", CSS, re.MULTILINE
    ):
        assert all(part.strip().startswith(".top ") for part in selector.split(",")), selector
        assert contrast(colour, colours["brand"]) >= SHAPE


def test_forced_colours_keep_the_outline_of_the_focus():
    """With forced colours the browser chooses the outline's colour; a rule must not remove it."""
    for selector, rules in re.findall(r"([^{}]*:focus[^{}]*)\{([^}]*)\}", CSS):
        if "outline: none" in rules or "outline: 0" in rules:
            fields = [
                part
                for part in selector.split(",")
                if not re.search(r"(?:h[1-4]|main):focus", part)
            ]
            assert fields == []
