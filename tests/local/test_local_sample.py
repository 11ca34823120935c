import csv
import io
from collections import Counter

import pytest
from openpyxl import load_workbook

from local import sample, samples
from local.__main__ import main
from local.made_up_people import REGENCIES
from local.sample_damage import AMOUNT, BORN, NIK, PHONE


def make(path, **options):
    arguments = {"rows": 50, "seed": 3} | options
    words = [word for name, value in arguments.items() for word in (f"--{name}", str(value))]
    assert main(["sample", "--out", str(path), *words]) == 0
    return path.read_bytes()


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("faults", [0, 30])
def test_the_same_seed_gives_the_same_bytes(tmp_path, suffix, faults):
    first, second = (
        make(tmp_path / f"{name}{suffix}", faults=faults) for name in ("first", "second")
    )
    other = make(tmp_path / f"other{suffix}", faults=faults, seed=4)
    assert first == second != other


def test_a_clean_file_has_people_of_the_right_form(tmp_path):
    rows = list(csv.DictReader(io.StringIO(make(tmp_path / "a.csv", rows=500).decode())))
    assert len({row[NIK] for row in rows}) == len(rows) == 500
    for row in rows:
        nik, (day, month, year) = row[NIK], row[BORN].split("/")
        woman = 40 if row["Jenis Kelamin"] == "P" else 0
        assert nik[:4] == row["Kode Kab/Kota"] in REGENCIES
        assert nik[6:12] == f"{int(day) + woman:02d}{month}{year[2:]}"
        assert nik[12:] != "0000"
        assert len(nik) == 16
        assert row[PHONE].startswith("08")
        assert row[AMOUNT] == "1200000"


def test_faults_damage_about_their_share_and_keep_the_others():
    clean = list(sample.rows(1000, seed=5))
    damaged = list(sample.rows(1000, seed=5, faults=20))
    seen = {row[NIK] for row in clean}
    assert 100 < sum(row not in clean for row in damaged) < 300
    assert any(times > 1 for times in Counter(row[NIK] for row in damaged).values())
    assert sum(row[NIK] in seen for row in damaged) > 10


def test_a_workbook_keeps_niks_as_text_and_has_a_total(tmp_path):
    path = tmp_path / "a.xlsx"
    sample.write(path, sample.rows(5), sample.Sheet(title=("JUDUL",), total=True))
    page = load_workbook(path).active
    lines = list(page.iter_rows(values_only=True))
    assert lines[0][0] == "JUDUL"
    assert lines[2] == sample.HEADER
    assert all(isinstance(line[1], str) for line in lines[3:8])
    assert lines[8][0] == "TOTAL"
    assert lines[8][-1] == sum(line[-1] for line in lines[3:8]) == 6_000_000


def test_another_suffix_is_refused(tmp_path, capsys):
    assert main(["sample", "--rows", "1", "--out", str(tmp_path / "a.pdf")]) == 1
    assert ".csv or .xlsx" in capsys.readouterr().err


def test_the_files_of_samples_are_those_that_the_command_makes(tmp_path):
    made = samples.make(tmp_path)
    assert len(made) == 8
    for path in made:
        assert path.read_bytes() == (samples.FOLDER / path.name).read_bytes(), path.name
