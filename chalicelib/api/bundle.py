"""Joins the page's modules into two scripts, when a process first needs them.

A browser far away waits for each request: 31 small files took five seconds on a slow line. The
page's source stays in modules, and nobody runs a build. So this module knows the forms of import
and export that the page uses, and refuses all others.
"""

import re
from collections.abc import Callable, Mapping

_FROM = re.compile(r'^import \{([^{}]*)\} from "\./([a-z-]+\.js)";\n', re.MULTILINE)
_LATER = re.compile(r'\bimport\("\./([a-z-]+\.js)"\)')
_EXPORT = re.compile(r"^export (?=(?:async function|function|const|class) (\w+))", re.MULTILINE)
_UNKNOWN = re.compile(r"^(?:import\b(?!\()|export\b)", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*(?:[^*]|\*(?!/))*\*/[ \t]*)\n", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


class NotJoinable(Exception):
    """A file has a form that this module does not know, or modules import each other in a ring."""


def scripts(files: Mapping[str, str], main: str, named: Callable[[str], str]) -> dict[str, str]:
    """Return the module `main` as a script, and each module that it imports later as another.

    `files` are the sources by name; `named` returns the name under which a script is served.
    Each module is a function that runs once, after those that it imports, as in a browser. Lines
    that are only comments are left out, and indentation: no template literal may span lines.

    Raises:
        NotJoinable: see there.
        KeyError: an imported file is not among the files.
    """
    first = _joined(main, files, {})
    later = {each for name in first for each in _LATER.findall(files[name])}
    shared = f"export {{{', '.join(map(_variable, first))}}};\n"
    made = {main: "".join(first.values()) + shared}
    known = ", ".join(map(_variable, first))
    for each in later:
        rest = _joined(each, files, first)
        own = f"export const {{{', '.join(_EXPORT.findall(files[each]))}}} = {_variable(each)};\n"
        start = f'import {{{known}}} from "./{named(main)}";\n'
        made[each] = start + "".join(rest.values()) + own
    return {
        name: _LATER.sub(lambda found: f'import("./{named(found[1])}")', source)
        for name, source in made.items()
    }


def _joined(main: str, files: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Return the functions of a module and of all that it imports, except those that are known."""
    made: dict[str, str] = {}

    def join(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise NotJoinable(" → ".join((*above, name)))
        if name in made or name in known:
            return
        imports = [(found[1], found[2]) for found in _FROM.finditer(files[name])]
        for _, each in imports:
            join(each, (*above, name))
        made[name] = _function(name, files[name], imports)

    join(main, ())
    return made


def _function(name: str, source: str, imports: list[tuple[str, str]]) -> str:
    taken = "".join(f"const {{{_names(names)}}} = {_variable(each)};\n" for names, each in imports)
    bare = _EXPORT.sub("", _FROM.sub("", source))
    body = _INDENT.sub("", _COMMENT.sub("", bare))
    if _UNKNOWN.search(body) or any(line.count("`") % 2 for line in body.splitlines()):
        raise NotJoinable(name)
    exported = ", ".join(_EXPORT.findall(source))
    return f"const {_variable(name)} = (() => {{\n{taken}{body}return {{{exported}}};\n}})();\n"


def _names(imported: str) -> str:
    return ", ".join(
        each.strip().replace(" as ", ": ") for each in imported.split(",") if each.strip()
    )


def _variable(module: str) -> str:
    return f"${module.removesuffix('.js').replace('-', '_')}"
