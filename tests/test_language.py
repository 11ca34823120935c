"""The words of comments, docstrings and documents: plain English, and paths that exist."""

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HARD_WORDS = re.compile(
    r"\b(?:whoever|whomever|anew|of\s+whom|told|heard|mend(?:s|ed|ing)?|stands?|stood)\b",
    re.IGNORECASE,
)
"""Words of an older style, which are hard for a reader whose second language is English."""
HARD_NAMES = re.compile(
    r"(?:^|_)(?:whoever|whomever|anew|of_whom|told|heard?|mend(?:s|ed|ing)?|stands|stood)(?:_|$)",
    re.IGNORECASE,
)
"""The same words as parts of names: of tests, functions, parameters and variables."""

SOURCES = [
    ROOT / "app.py",
    *(
        path
        for folder in ("chalicelib", "local", "bench", "tests")
        for path in sorted((ROOT / folder).rglob("*.py"))
    ),
]
SETTINGS = [
    ROOT / "Makefile",
    ROOT / "pyproject.toml",
    ROOT / ".ci" / "run",
    *sorted((ROOT / ".chalice").rglob("*.yaml")),
    *sorted((ROOT / ".chalice").rglob("*.toml")),
    *sorted((ROOT / "chalicelib").rglob("*.toml")),
    *sorted((ROOT / "chalicelib" / "api" / "page" / "assets").glob("*.*s")),
]
"""Settings with their descriptions, and the scripts and styles of the page."""
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *(path for path in sorted((ROOT / "docs").rglob("*.md")) if "panduan" not in path.name),
]


def place_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts_of(source: str) -> Iterator[tuple[int, str]]:
    """Iterate over the comments and the docstrings of a module, each with its first line.

    A docstring is any string that is a statement: it may also describe a constant.
    """
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield node.lineno, text


def hard_words(texts: Iterator[tuple[int, str]]) -> Iterator[str]:
    """Iterate over the hard words as `line: word`."""
    for first, text in texts:
        for match in HARD_WORDS.finditer(text):
            yield f"{first + text.count(chr(10), 0, match.start())}: {match[0]}"


def sentences_of(source: str) -> Iterator[tuple[int, str]]:
    """Iterate over the strings of a module: messages, complaints, names of states."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=str(text)):
                yield node.lineno, text


def found_in(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    texts = texts_of(text) if path.suffix == ".py" else iter([(1, text)])
    return [f"{place_of(path)}:{each}" for each in hard_words(texts)]


def hard_names(source: str) -> Iterator[str]:
    """Iterate over the names with a hard word, as `line: name`."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and HARD_NAMES.search(token.string):
            yield f"{token.start[0]}: {token.string}"


def test_comments_docstrings_and_documents_are_in_plain_english() -> None:
    assert [each for path in (*SOURCES, *PAGES) for each in found_in(path)] == []


def test_strings_are_in_plain_english() -> None:
    found = [
        f"{place_of(path)}:{each}"
        for path in SOURCES
        if path != Path(__file__)  # it has the words themselves
        for each in hard_words(sentences_of(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize("path", SETTINGS, ids=place_of)
def test_settings_and_scripts_are_in_plain_english(path: Path) -> None:
    assert found_in(path) == []


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.toml")), ids=place_of)
def test_comments_of_the_corpus_are_in_plain_english(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    texts = ((number, line.partition("#")[2]) for number, line in enumerate(lines, 1))
    assert list(hard_words(texts)) == []


def test_reasons_of_the_corpus_are_in_plain_english() -> None:
    found = [
        f"{place_of(path)}: {each}"
        for path in sorted((ROOT / "tests" / "corpus").rglob("*.toml"))
        for each in hard_words(iter([(1, tomllib.loads(path.read_text(encoding="utf-8"))["why"])]))
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["chalicelib", "local", "bench", "tests"])
def test_names_are_in_plain_english(folder: str) -> None:
    found = [
        f"{place_of(path)}:{each}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for each in hard_names(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("# Whoever was first stays.\n", ["1: Whoever"]),
        ("def f():\n    '''Return it.\n\n    Nobody is told.\n    '''\n", ["4: told"]),
        ("LIMIT = 1\n'''Set anew.'''\n", ["2: anew"]),
        ("x = 1  # It stands in the row.\n", ["1: stands"]),
        ("x = 1  # those of\n", []),
        ("told = 'whoever'\n", []),
        ("# recommended, amended, understands, standard\n", []),
    ],
)
def test_only_comments_and_docstrings_count(source: str, lines: list[str]) -> None:
    assert list(hard_words(texts_of(source))) == lines


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("told = 1\n", ["1: told"]),
        ("\ndef test_whoever_comes(heard): ...\n", ["2: test_whoever_comes", "2: heard"]),
        ("x.is_mended = 'told'\n", ["1: is_mended"]),
        ("heart = amended = understands = 1\n", []),
    ],
)
def test_only_whole_words_of_names_count(source: str, names: list[str]) -> None:
    assert list(hard_names(source)) == names


def test_paths_in_the_glossary_exist() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:chalicelib|local)/[^`]*)`", text))
    assert len(named) > 20
    assert [each for each in sorted(named) if not (ROOT / each).exists()] == []


def test_names_in_the_glossary_are_in_their_module() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    named = re.findall(r"`(\w+)(?:\.\w+)?` in `([^`]+)`", text)
    assert named
    for name, path in named:
        assert re.search(rf"^(?:class )?{name}\b", (ROOT / path).read_text(), re.MULTILINE), name


FOLDERS = "adapters|api|domain|files|kinds|lambdas|programmes|steps"
NAMED = re.compile(
    rf"(?<![\w./*<-])(?:(?:chalicelib|local|bench|tests|docs)/|(?:{FOLDERS})/(?=[a-z_/]+\.\w))"
    rf"[\w./-]*\w(?![\w*<{{…-])"
    rf"|(?<![\w./])(?:(?:chalicelib|local|bench)\.(?!\w+/)|(?:{FOLDERS})\.(?=[a-z_]+\.))[\w.]*\w"
)
"""A path, or a dotted module with or without a name in it; also from inside `chalicelib`."""


def is_there(named: str) -> bool:
    """Say whether a path exists, or a dotted module: the last parts may be names in it."""
    for root in (ROOT, ROOT / "chalicelib"):
        if (root / named).exists():
            return True
        folder, _, last = named.rpartition("/")
        parts = last.split(".")
        path = root / folder
        while parts and (path / parts[0]).is_dir():
            path /= parts.pop(0)
        module = path / "__init__.py" if not parts else path / f"{parts.pop(0)}.py"
        if not module.exists():
            module = path / "__init__.py"
            parts = last.split(".")[-1:]
        if module.exists() and path != root:
            text = module.read_text(encoding="utf-8")
            if not parts or re.search(rf"\b{parts[0]}\b", text):
                return True
    return False


def missing_in(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    texts = texts_of(text) if path.suffix == ".py" else iter([(1, text)])
    return [
        f"{place_of(path)}:{first + each.count(chr(10), 0, match.start())}: {match[0]}"
        for first, each in texts
        for match in NAMED.finditer(each)
        if not is_there(match[0])
    ]


def test_paths_and_modules_in_documents_and_comments_exist() -> None:
    others = [
        ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "pyproject.toml", "Makefile")
    ]
    assert [each for path in (*SOURCES, *PAGES, *others) for each in missing_in(path)] == []


@pytest.mark.parametrize(
    ("named", "there"),
    [
        ("chalicelib/settings.py", True),
        ("adapters/queues.py", True),
        ("adapters/ports.Outbox", True),
        ("chalicelib.lambdas.telemetry", True),
        ("lambdas/enroll.run", True),
        ("chalicelib/handlers.py", False),
        ("adapters/protocols.py", False),
        ("adapters/ports.Queue5", False),
        ("chalicelib.functions.run", False),
        ("local.texter", False),
    ],
)
def test_a_name_is_there_or_not(named: str, there: bool) -> None:  # a case
    assert [match[0] for match in NAMED.finditer(f"see `{named}`.")] == [named]
    assert is_there(named) == there
