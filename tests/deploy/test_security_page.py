"""Every test that docs/security.md names exists."""

import re

import pytest

from local.deploy import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(?!make )([^`\n]*test[^`\n]*)`", PAGE)))
TESTS = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")}


@pytest.mark.parametrize("name", NAMED)
def test_every_test_that_the_page_names_exists(name: str) -> None:
    if "/" in name:
        assert (ROOT / name).exists()
    elif name.endswith(".py"):
        assert any(path.name == name for path in TESTS)
    else:
        assert any(f"def {name}(" in text for text in TESTS.values())


MODEL = PAGE.partition("\n## Threats")[2].partition("\n## ")[0]
BOUNDARIES = dict(re.findall(r"^### (.+)\n((?:(?!###).*\n)+)", MODEL, re.MULTILINE))
LINES = [
    (boundary, [cell.strip() for cell in line.strip("|").split(" | ")])
    for boundary, text in BOUNDARIES.items()
    for line in text.splitlines()
    if re.match(r"\| [A-Z] \|", line)
]


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_a_boundary_has_every_kind_of_threat(boundary: str) -> None:
    kinds = {cells[0] for where, cells in LINES if where == boundary}
    assert kinds == set("STRIDE")


@pytest.mark.parametrize(("boundary", "cells"), LINES)
def test_every_line_of_the_model_names_its_tests(boundary: str, cells: list[str]) -> None:
    _, threat, defence, held_by = cells
    assert threat, boundary
    assert defence, boundary
    names = re.findall(r"`([^`]+)`", held_by)
    assert names, boundary
    assert re.sub(r"`[^`]+`,? ?", "", held_by) == "", "only tests hold a defence"
    assert set(names) <= set(NAMED)


def test_the_model_has_boundaries_and_lines() -> None:
    assert len(BOUNDARIES) == 7
    assert len(LINES) > 50


def test_the_page_names_tests() -> None:
    assert len(NAMED) > 20
