import re

import pytest

from chalicelib.domain.file.outcome import Disposition
from chalicelib.domain.findings.finding import Code
from chalicelib.files.formats.source import SCANNED_ROWS
from chalicelib.files.write import COLUMNS, SURPLUS
from chalicelib.kinds.recipients.codes import RecipientCode
from chalicelib.kinds.recipients.kind import RECIPIENTS
from chalicelib.kinds.recipients.reporting import answer_of
from chalicelib.kinds.recipients.rows import RecipientOutcome
from chalicelib.kinds.registry import KINDS
from local import guide
from local.__main__ import main

PAGE_LINES = 50
TEXT = guide.GUIDE.read_text("utf-8")


def test_the_guide_is_up_to_date():
    assert guide.renewed(TEXT) == TEXT, "run `make docs`"


def test_the_guide_explains_every_code_column_and_status():
    statuses = {
        answer_of(RecipientOutcome(2, each), KINDS.catalogue).status for each in Disposition
    }
    for name in (*Code, *RecipientCode, *COLUMNS, *RECIPIENTS.result_columns, SURPLUS, *statuses):
        assert f"| `{name}` |" in TEXT


def test_the_guide_begins_with_one_page_for_a_clerk():
    page, rest = TEXT.split("## Satu halaman\n")[1].split("\n## ", 1)

    assert len(page.splitlines()) <= PAGE_LINES
    assert "aws " not in page
    assert rest.startswith("Mengunggah")
    for status in Disposition:
        said = answer_of(RecipientOutcome(2, status), KINDS.catalogue).status
        assert (f"| `{said}` | **Jangan potong**" in page) is (status is not Disposition.ACCEPTED)


def test_the_lists_of_headings_and_codes_are_at_the_end():
    sections = re.findall(r"^## (.+)$", TEXT, flags=re.MULTILINE)

    assert sections[-2:] == ["Judul kolom yang dikenal", "Daftar kode"]


def test_the_guide_says_how_far_down_the_header_may_be():
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
