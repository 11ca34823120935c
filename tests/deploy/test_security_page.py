"""What docs/security.md says of tests is so: each that it names is there."""

import re

import pytest

from local.deploy import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([^`\n]*test[^`\n]*)`", PAGE)))
TESTS = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")}


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_the_page_names_is_there(name: str) -> None:
    if "/" in name:
        assert (ROOT / name).exists()
    elif name.endswith(".py"):
        assert any(path.name == name for path in TESTS)
    else:
        assert any(f"def {name}(" in text for text in TESTS.values())


def test_the_page_names_tests() -> None:
    assert len(NAMED) > 20
