"""The rules for the page's files, without a browser."""

import re
from pathlib import Path

import pytest

from chalicelib.api import site
from chalicelib.api.permissions import Action, Role
from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.file.outcome import Disposition
from chalicelib.domain.findings.finding import Code
from chalicelib.domain.messages.sending import ClosedReason
from chalicelib.domain.money.standing import Cover
from chalicelib.domain.person.enrollment import Sms
from chalicelib.kinds.confirmations.codes import ConfirmCode
from chalicelib.kinds.recipients.codes import RecipientCode

PAGE = Path(__file__).parents[2] / "chalicelib" / "api" / "page"
INDEX = (PAGE / "index.html").read_text("utf-8")
ASSETS = {path.name: path.read_text("utf-8") for path in sorted((PAGE / "assets").iterdir())}
MODULES = {name: text for name, text in ASSETS.items() if name.endswith(".js")}
SMALL = 180_000


@pytest.mark.parametrize("name", MODULES)
def test_nothing_is_rendered_as_markup_kept_for_ever_or_printed_to_the_console(name):
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser"
        r"|localStorage|indexedDB|document\.cookie|console\.|setAttribute\(\"style\""
    )
    assert forbidden.findall(MODULES[name]) == []


def test_the_page_has_no_inline_code_and_no_outside_address():
    assert re.findall(r"<style|style=|\son\w+=|<script(?![^>]*\ssrc=)", INDEX) == []
    outside = re.compile(r"(?<!otpauth:)//(?!www\.w3\.org/)[a-z]")
    for name, text in {"index.html": INDEX, **ASSETS}.items():
        code = re.sub(r"^\s*(//|/?\*).*$", "", text, flags=re.MULTILINE)
        assert outside.findall(code) == [], name


def test_every_address_in_the_page_is_relative_so_that_it_works_below_a_stage():
    assert re.findall(r'(?:src|href)="/', INDEX) == []
    assert INDEX.count("{{base}}") == INDEX.count("{{config}}") == 1


def test_every_file_is_used_and_everything_that_is_used_is_there():
    forms = re.compile(r'(?:from |import\()"\./(.+?)"')
    imported = {each for text in MODULES.values() for each in forms.findall(text)}
    named = set(re.findall(r'"assets/(.+?)"', INDEX))
    assert imported | named | {"parts.css"} == set(ASSETS)


def test_the_page_is_small_enough_for_an_old_computer():
    own = [text for name, text in site.assets().items() if not name.endswith(".json")]
    assert sum(map(len, own)) < SMALL


@pytest.mark.parametrize(
    ("file", "codes"),
    [
        ("codes.js", [*Code, *RecipientCode, *ConfirmCode]),
        ("words.js", BatchStatus),
        ("words.js", Sms),
        ("words.js", Cover),
        ("words.js", Disposition),
        ("words.js", ClosedReason),
        ("words.js", Role),
    ],
)
def test_every_code_of_the_api_has_a_name_on_the_page(file, codes):
    named = set(re.findall(r"\b([a-z_]+): [\"\n]", ASSETS[file]))
    assert {each.value for each in codes} - named == set()


def test_the_page_asks_only_for_permissions_that_there_are():
    asked = {
        each
        for text in MODULES.values()
        for each in re.findall(r'(?:may\(|action: )"([a-z_]+)"', text)
    }
    assert asked <= {each.value for each in Action}
    assert len(asked) > 5
