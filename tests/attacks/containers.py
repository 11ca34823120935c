"""Each format of a file that a bank may send, made of a table of texts."""

import html
import re
from collections.abc import Callable, Sequence

from tests.files.made_files import (
    gzip_of,
    html_of,
    mhtml_of,
    ods_of,
    text_of,
    xls_of,
    xlsx_of,
    xml_of,
    zip_of,
)

Rows = Sequence[Sequence[str]]
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _escaped(rows: Rows) -> list[list[str]]:
    return [[html.escape(_without_controls(cell)) for cell in row] for row in rows]


def _plain(rows: Rows) -> list[list[str]]:
    return [[_without_controls(cell) for cell in row] for row in rows]


def _without_controls(cell: str) -> str:
    """Return a text without what no XML can hold."""
    return _NOT_IN_XML.sub("", cell)


FORMATS: dict[str, Callable[[Rows], bytes]] = {
    "comma": text_of,
    "semicolon": lambda rows: text_of(rows, delimiter=";"),
    "tab": lambda rows: text_of(rows, delimiter="\t"),
    "pipe": lambda rows: text_of(rows, delimiter="|"),
    "utf-16": lambda rows: text_of(rows, encoding="utf-16"),
    "gzip": lambda rows: gzip_of(text_of(rows)),
    "zip": lambda rows: zip_of(a=text_of(rows)),
    "xlsx": lambda rows: xlsx_of(_plain(rows)),
    "xlsx in zip": lambda rows: zip_of(a=xlsx_of(_plain(rows))),
    "xls": lambda rows: xls_of(_plain(rows)),
    "ods": lambda rows: ods_of(_plain(rows)),
    "html": lambda rows: html_of(_escaped(rows)),
    "xml": lambda rows: xml_of(_escaped(rows)),
    "mhtml": lambda rows: mhtml_of(html_of(_escaped(rows))),
}
TEXTUAL = ("comma", "semicolon", "tab", "pipe", "utf-16", "gzip", "zip")
