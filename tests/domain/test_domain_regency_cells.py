"""The regencies of a file's rows, in the codes of its bank."""

import pytest

from chalicelib.domain.agreements.programme import load_agreements
from chalicelib.domain.agreements.regency_cells import RegencyCells
from chalicelib.domain.agreements.regions import Regions

REGIONS = load_agreements().programmes["sulut-2021"].regions
BPS = {  # the name, BPS's code and Kemendagri's
    "Kab. Bolaang Mongondow Utara": ("7107", "7108"),
    "Kab. Kepulauan Siau Tagulandang Biaro": ("7108", "7109"),
    "Kab. Minahasa Tenggara": ("7109", "7107"),
    "Kab. Bolaang Mongondow Selatan": ("7110", "7111"),
    "Kab. Bolaang Mongondow Timur": ("7111", "7110"),
    "Kota Manado": ("7171", "7171"),
}


def nik(regency: str) -> str:
    return f"{regency}011708809001"


def read(cells: RegencyCells, *rows: tuple[str, str, str]) -> list[str | None]:
    return [
        cells.read(code, name, nik(issued), line)
        for line, (code, name, issued) in enumerate(rows, 2)
    ]


def said(cells: RegencyCells) -> list[tuple[str, dict]]:
    return [(str(each.code), dict(each.params)) for each in cells.warnings()]


@pytest.mark.parametrize(("name", "codes"), BPS.items())
def test_a_code_of_bps_is_the_regency_of_that_name(name, codes):
    assert REGIONS.regency(codes[0], "bps") == REGIONS.regency(name, "bps") == codes[1]
    assert REGIONS.regency(codes[1]) == codes[1]
    assert REGIONS.regency(f"{codes[0][:2]}.{codes[0][2:]}", "bps") == codes[1]


@pytest.mark.parametrize(
    "cell", ["7108 - Kab. Bolmut", "71.08 BOLMUT", "Bolmut (7107)", "7107/Bolmut"]
)
@pytest.mark.parametrize("system", ["bps", "kemendagri"])
def test_of_a_code_and_a_name_in_one_cell_the_name_counts(cell, system):
    assert REGIONS.regency(cell, system) == "7108"


def test_a_bank_of_bps_is_counted_right_and_not_warned():
    cells = RegencyCells(REGIONS, "bps")

    found = read(
        cells, *[("7107", "", "7108"), ("7108", "Sitaro", "7171"), ("7171", "", "7172")] * 9
    )

    assert found == ["7108", "7109", "7171"] * 9
    assert said(cells) == []


def test_people_who_moved_are_no_sign_of_other_codes():
    cells = RegencyCells(REGIONS)

    read(
        cells, *[("7107", "", "7107")] * 4, *[("7107", "", "7108")] * 3, *[("7107", "", "7171")] * 9
    )

    assert said(cells) == []


@pytest.mark.parametrize(("system", "other"), [("kemendagri", "BPS"), ("bps", "Kemendagri")])
def test_niks_that_fit_another_system_are_warned_of(system, other):
    cells = RegencyCells(REGIONS, system)
    issued = "7108" if system == "kemendagri" else "7107"

    read(cells, ("7171", "", "7171"), *[("7107", "", issued)] * 3, *[("7107", "", "7171")] * 9)

    params = {"count": "3", "line": "3", "beside": "awal NIK", "system": other}
    assert said(cells) == [("regency_codes_differ", params)]


def test_few_rows_whose_codes_and_names_differ_are_slips():
    cells = RegencyCells(REGIONS)

    found = read(cells, *[("7171", "Bitung", "7171")] * 2, *[("7171", "Manado", "7171")] * 3)

    assert found == ["7172", "7172", "7171", "7171", "7171"]
    assert said(cells) == []


def test_many_rows_whose_codes_and_names_differ_are_warned_of():
    cells = RegencyCells(REGIONS)

    read(cells, *[("7171", "Manado", "7171")] * 20, *[("7171", "Bitung", "7171")] * 3)

    params = {"count": "3", "line": "22", "beside": "nama kabupaten/kota"}
    assert said(cells) == [("regency_codes_differ", params)]


@pytest.mark.parametrize(
    ("code", "name", "shown"),
    [
        ("6291", "", {"shown": "6291"}),
        ("62.91", "", {"shown": "62.91"}),
        ("", "Sulawesi", {}),
        ("Maria Contoh", "", {}),
    ],
)
def test_an_unknown_regency_is_warned_of_and_only_a_code_is_repeated(code, name, shown):
    cells = RegencyCells(REGIONS)

    assert read(cells, ("7171", "", "7171"), (code, name, "7171"), (code, name, "7171")) == [
        "7171",
        None,
        None,
    ]
    assert said(cells) == [("regency_unknown", {"count": "2", "line": "3", **shown})]


@pytest.mark.parametrize(("code", "name"), [("", ""), ("-", " "), ("0", ""), ("6291", "Manado")])
def test_an_empty_cell_or_a_known_name_is_not_unknown(code, name):
    cells = RegencyCells(REGIONS)
    read(cells, (code, name, "7171"))

    assert said(cells) == []


def test_every_row_counts_also_when_many_texts_differ(monkeypatch):
    monkeypatch.setattr("chalicelib.domain.agreements.regency_cells._CACHED", 2)
    cells = RegencyCells(REGIONS)

    read(cells, *[(f"62{number:02}", "", "7171") for number in range(50)])

    assert said(cells) == [
        ("regency_unknown", {"count": "50", "line": "2", "shown": "6200, 6201, 6202, 6203, 6204"})
    ]


@pytest.mark.parametrize(
    "systems",
    [
        {"kemendagri": {"7107": "7108"}},
        {"bps": {"7107": "9999"}},
        {"bps": {"9999": "7107"}},
        {"bps": {"7107": "7108", "7108": "7108"}},
    ],
)
def test_a_system_of_codes_that_makes_no_sense_is_refused(systems):
    described = REGIONS.model_dump() | {"systems": systems}

    with pytest.raises(ValueError, match="codes"):
        Regions.model_validate(described)
