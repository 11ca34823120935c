"""Small files of every format that would make a reader work, wait or allocate without end.

Each is read to its end, or refused, within a bound of the processor's time: several times what a
busy machine needs for the dearest of them.
"""

import resource
import time

import pytest

from chalicelib.files.refusal import FileRefused
from tests.files.made_files import (
    HEADER,
    MARIA,
    gzip_of,
    html_of,
    inline,
    mhtml_of,
    read,
    row_of,
    text_of,
    with_sheet_xml,
    xml_of,
    zip_of,
)

pytestmark = pytest.mark.own_process

_MOST = 20.0  # seconds of the processor, with the child process
_MOST_ROWS = 5_001
_MANY = 60_000
_ROWS = [HEADER, MARIA]
_TEXT = text_of(_ROWS)
_HTML = html_of(_ROWS)
_XML = xml_of(_ROWS)
_HEAD = ",".join(HEADER)
_PERSON = ",".join(MARIA)


def _line(line: str, many: int = 1) -> bytes:
    return f"{_HEAD}\n{(line + chr(10)) * many}{_PERSON}\n".encode()


def _above(line: str) -> bytes:
    return f"{line}\n".encode() + _TEXT


def _html(before: str = "", inside: str = "", after: str = "") -> bytes:
    text = _HTML.decode()
    return (before + text.replace("</table>", inside + "</table>" + after)).encode()


def _xml(piece: str) -> bytes:
    text = _XML.decode()
    place = text.rindex("</Table>")
    return (text[:place] + piece + text[place:]).encode()


def _sheet(cells: str) -> bytes:
    return with_sheet_xml(row_of(1, HEADER) + row_of(2, MARIA) + cells)


def _mail(fields: str) -> bytes:
    return mhtml_of(_HTML).replace(b"MIME-Version: 1.0", b"MIME-Version: 1.0\r\n" + fields.encode())


ATTACKS = {
    # One line that a pattern might try again from each of its characters.
    "title of opening brackets": _above(",".join(["(" * 400] * 40)),
    "title of remarks in remarks": _above("(a" * _MANY),
    "title of marks over one letter": _above("N" + "\u0301" * _MANY),
    "titles that are all NIK": _above(",".join(["NIK"] * 19_000)),
    "titles that nearly are known": _above(",".join(["Nilai Bantuam"] * 5_000)),
    "units in a title": _above("dalam rupiah " * 5_000),
    "cell of a total without its end": _line("," + "total " * 1_600 + ","),
    "lines of totals": _line(",TOTAL,1000000", 5_000),
    "lines that begin as an example": _line("contoh" + " (" * 40 + ",,", 5_000),
    "lines that are nearly a header": _line("NIK,Nama,Saldo", 5_000),
    "lines of rules": _line("===,===,===", 5_000),
    "name of one letter without end": _line(f"7171015708809001,{'x' * 9_900},1200000"),
    "name of placeholders": _line(f"7171015708809001,{'nama ' * 1_900},1200000"),
    "name of marks": _line(f"7171015708809001,M{chr(0x301) * 9_900},1200000"),
    "amount of groups": _line(f"7171015708809001,Maria,1{'.000' * 2_400}"),
    "amount of spaces": _line(f"7171015708809001,Maria,Rp{' ' * 9_900}1"),
    "NIK of separators": _line("7" + " .-" * 3_000 + ",Maria,1200000"),
    "quotes that never close": _TEXT + b'"' * _MANY,
    "a quote in each cell": _line('a"b,"c"d,e""f', 5_000),
    "separators without rows": _line("," * 15_000, 200),
    "carriage returns": _TEXT.replace(b"\n", b"\r") + b"\r" * _MANY,
    "an address without end": b"https://" + b"a" * (1 << 20),
    "a mail's fields without end": b"From: a\nTo: b\n" * 30_000,
    "declarations without end": b"<?xml ?>" * _MANY,
    # Documents.
    "tables in tables": ("<table><tr><td>" * 5_000).encode() + _HTML,
    "cells that span millions": _html(inside='<tr><td colspan="999999999" rowspan="999999999">x'),
    "many that span": _html(inside='<tr><td colspan="1000">x' * 2_000),
    "attributes without end": _html(before="<p " + "a=1 " * _MANY),
    "an attribute that is no end": _html(before='<p a="' + "x" * _MANY),
    "comments that are no end": _html(before="<!--" * _MANY),
    "entities without end": _html(inside="<tr><td>" + "&amp" * _MANY),
    "numbers of characters": _html(inside="<tr><td>" + "&#99999999999;" * 5_000),
    "style that is no end": _html(before="<style>" + "<" * _MANY),
    "a row far below": _xml('<Row ss:Index="50000"><Cell/></Row>'),
    "a row of XML beyond the sheet": _xml('<Row ss:Index="1048577"><Cell/></Row>'),
    "a cell beyond the sheet": _xml('<Row><Cell ss:Index="999999999"/></Row>'),
    "cells in cells": _xml("<Row>" + "<Cell>" * 5_000),
    "merged without end": _xml('<Row><Cell ss:MergeAcross="999999999"/></Row>'),
    "a boundary without end": _mail("X: " + "boundary=" * 10_000),
    "fields folded without end": _mail("X: a" + "\r\n b" * 5_000),
    # Workbooks and archives.
    "a row beyond the sheet": _sheet('<row r="99999999"><c r="A99999999"/></row>'),
    "a column beyond the sheet": _sheet(f'<row r="3">{inline("ZZZZZZ3", "x")}</row>'),
    "the last cell of a sheet": _sheet(f'<row r="1048576">{inline("XFD1048576", "x")}</row>'),
    "rows backwards": _sheet("".join(row_of(number, MARIA) for number in range(3_000, 2, -1))),
    "one cell many times": _sheet(f'<row r="3">{inline("A3", "x") * 20_000}</row>'),
    "archive in archive": gzip_of(gzip_of(gzip_of(_TEXT))),
    "a list and its twin": zip_of(a=_TEXT, A=_TEXT),
    "a web page in an archive": zip_of(a=_html(before="<div>" * _MANY)),
}


def _rows_of(content: bytes) -> int:
    """Return the number of rows of a file, 0 if it is refused."""
    try:
        return len(read(content).rows)
    except FileRefused:
        return 0


def _busy() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@pytest.mark.parametrize("name", ATTACKS)
def test_a_small_file_costs_little_whatever_is_in_it(name: str) -> None:
    begun = _busy()
    many = _rows_of(ATTACKS[name])
    assert many <= _MOST_ROWS
    assert _busy() - begun <= _MOST
