import re

import pytest

from chalicelib.domain.codes import Code
from chalicelib.domain.outcome import Disposition, Outcome
from chalicelib.files.results import answer_of
from chalicelib.files.source import SCANNED_ROWS
from chalicelib.files.write import COLUMNS, SURPLUS
from local import guide
from local.__main__ import main

TEXT = guide.GUIDE.read_text("utf-8")


def test_the_guide_is_up_to_date():
    assert guide.renewed(TEXT) == TEXT, "run `make docs`"


def test_the_guide_explains_every_code_column_and_status():
    statuses = {answer_of(Outcome(2, each)).status for each in Disposition}
    for name in (*Code, *COLUMNS, SURPLUS, *statuses):
        assert f"| `{name}` |" in TEXT


def test_the_guide_says_how_far_down_the_header_may_stand():
    assert re.search(rf"dalam {SCANNED_ROWS} baris\s+pertama", TEXT)


def test_the_guide_leads_to_what_is_there():
    for place in re.findall(r"\]\((\.\./[^)#]+)\)", TEXT):
        assert (guide.GUIDE.parent / place).resolve().is_file()


def test_no_word_in_angle_brackets_is_lost_to_markdown():
    shown = re.sub(r"`[^`]*`|```.*?```|<!--.*?-->", "", TEXT, flags=re.DOTALL)
    assert "<" not in shown


def test_an_outdated_part_is_renewed_and_the_rest_is_kept(tmp_path, monkeypatch, capsys):
    page = tmp_path / "panduan.md"
    page.write_text(TEXT.replace("`nik_missing`", "`nik_hilang`"), "utf-8")
    monkeypatch.setattr(guide, "GUIDE", page)

    assert main(["guide"]) == 0

    assert page.read_text("utf-8") == TEXT


@pytest.mark.parametrize("wrong", [TEXT.replace("<!-- awal: batas -->", ""), TEXT + TEXT])
def test_a_guide_without_its_marks_is_not_written(wrong):
    with pytest.raises(guide.GuideError):
        guide.renewed(wrong)
