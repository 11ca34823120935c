"""Every pattern that meets the text of a file takes time in proportion to the text.

The patterns are found in the source, so a new one is tried without a change here. One that may take
longer is in `SHORT`, with the most characters that its module gives it.
"""

import ast
import importlib
import inspect
import pkgutil
import re
import time
from functools import partial
from pathlib import Path

import pytest

import chalicelib

ROOT = Path(chalicelib.__file__).parent
READERS = ("files", "domain/cells", "domain/file", "domain/person", "domain/agreements", "kinds")
"""The folders whose modules read text of a file."""

SHORT = {
    # parse_date reads no cell of more characters.
    **dict.fromkeys(
        (
            "domain.cells.dates._DAY_FIRST",
            "domain.cells.dates._YEAR_FIRST",
            "domain.cells.dates._NAMED",
            "domain.cells.dates._SHORT",
            "domain.cells.dates._SHORT_NAMED",
            "domain.cells.dates._MONTH_NAME_FIRST",
            "domain.cells.dates._SPACED_MARK",
            "domain.cells.dates._NO_DAY",
            "domain.cells.dates._BEHIND",
            "domain.cells.dates._COMPACT",
            "domain.cells.dates._PLACE_ALONE",
            "domain.cells.dates._PLACE_WITH_DIGITS",
        ),
        80,
    ),
    # A reason of staff, or the key of an object.
    "domain.person.personal_numbers._LOOKS_LIKE_DIGITS": 1_024,
    # The beginning of a file.
    "files.formats.foreign._DECLARATIONS": 4_096,
    # A cell that may be a total, and a row's first cell beside it.
    "files.footer._BEGINS_AS_TOTAL": 100,
    "files.footer._ENDS_AS_TOTAL": 100,
}
TOKENS = (
    *"([{<\"'=+-.,;:/_|#*0 1aA\t\n\u00a0\u0301",
    *("1 ", "1.", "1,", "a ", "(a", "[a", "()", "(]", "<!", "<x:", "\r\n", "00", "0.0", "rp", "x "),
    *("total ", "jumlah", "baris 1", "s/d", "7171 ", "a1", "1a", '"a', "'=", " '", "e+1"),
)
_SIZES = (250, 1_000)  # characters; twice as many are compared
_MOST_TIMES = 2.5
_FLOOR = 0.004  # seconds of the processor, below which a comparison says nothing


def _modules():
    names = [each.name for each in pkgutil.walk_packages([str(ROOT)], "chalicelib.")]
    folders = tuple(f"chalicelib.{each.replace('/', '.')}" for each in READERS)
    return [name for name in names if name.startswith(folders)]


def _inline(name):
    """Return the patterns that a module hands to a function of `re`."""
    path = ROOT.joinpath(*name.split(".")[1:])
    source = path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"
    for node in ast.walk(ast.parse(source.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and getattr(node.func.value, "id", "") == "re"
            and node.func.attr != "compile"
            and isinstance(node.args[0], ast.Constant)
        ):
            yield f"line {node.lineno}", re.compile(node.args[0].value), {node.func.attr}


def _named(name):
    """Return the patterns of a module, with the methods that it calls."""
    module = importlib.import_module(name)
    source = inspect.getsource(module)
    for key, pattern in vars(module).items():
        if isinstance(pattern, re.Pattern):
            yield key, pattern, set(re.findall(rf"\b{key}\.([a-z]+)\b", source))


def _patterns():
    for name in _modules():
        for key, pattern, methods in [*_named(name), *_inline(name)]:
            yield (
                f"{name.removeprefix('chalicelib.')}.{key}",
                (
                    pattern,
                    # Patterns in a tuple are called by another name.
                    methods & _CALLS.keys() or {"search", "split"},
                ),
            )


def _replaced(pattern, text):
    return pattern.sub("" if isinstance(text, str) else b"", text)


_CALLS = {
    "match": re.Pattern.match,
    "fullmatch": re.Pattern.fullmatch,
    "search": re.Pattern.search,
    "split": re.Pattern.split,
    "findall": re.Pattern.findall,
    "finditer": re.Pattern.findall,
    "sub": _replaced,
}
PATTERNS = dict(_patterns())


def _texts(token, length):
    run = token * (length // len(token))
    return run, f"1{run}", f"a{run}", f"{run}!", f"a{run[: length // 2]}{' ' * (length // 2)}!"


def _seconds(name, text):
    pattern, methods = PATTERNS[name]
    text = text if isinstance(pattern.pattern, str) else text.encode()
    begun = time.process_time()
    for method in methods:
        _CALLS[method](pattern, text)
    return time.process_time() - begun


def _is_even(seconds, token, lengths):
    """Whether twice the text takes at most so many times as long, in one of three tries."""
    for length in lengths:
        pairs = list(zip(_texts(token, length), _texts(token, 2 * length), strict=True))
        for _ in range(3):
            pairs = [
                (half, whole)
                for half, whole in pairs
                if (taken := seconds(whole)) > _FLOOR and taken > _MOST_TIMES * seconds(half)
            ]
        if pairs:
            return False
    return True


def test_the_patterns_are_found():
    assert len(PATTERNS) > 70
    assert set(PATTERNS) > set(SHORT)
    assert "files.headers._REMARK" in PATTERNS


@pytest.mark.parametrize("name", sorted(PATTERNS.keys() - SHORT.keys()))
def test_twice_the_text_takes_twice_the_time(name):
    seconds = partial(_seconds, name)

    assert [token for token in TOKENS if not _is_even(seconds, token, _SIZES)] == []


@pytest.mark.parametrize("name", sorted(SHORT))
def test_a_pattern_for_short_text_takes_little_time(name):
    length = SHORT[name]

    most = max(_seconds(name, text[:length]) for token in TOKENS for text in _texts(token, length))

    assert most < 0.05


@pytest.mark.parametrize(("pattern", "token"), [(r"\(.*?\)", "("), (r"(\d[\d.,]*)\s*orang", "1.")])
def test_a_quadratic_pattern_would_be_found(pattern, token):
    compiled = re.compile(pattern)

    def seconds(text):
        begun = time.process_time()
        compiled.sub("", text)
        return time.process_time() - begun

    assert not _is_even(seconds, token, _SIZES)
