import csv
import io
import json
from pathlib import Path

import pytest

from local.__main__ import main
from local.run import Report
from local.samples import FOLDER

TODAY = ["--today", "2026-11-02"]


@pytest.fixture
def payung(tmp_path, capsys):
    """Run the command with `--json`; give its status and its one JSON object."""

    def run(*arguments, bank="bri", scheme="BPUM"):
        words = ["run", *map(str, arguments), "--bank", bank, "--scheme", scheme]
        status = main([*words, *TODAY, "--json", "--out", str(tmp_path / "out")])
        out = capsys.readouterr().out
        return status, json.loads(out) if out else None

    return run


def first_rows(tmp_path, many):
    lines = (FOLDER / "bpum-bersih.csv").read_text().splitlines(keepends=True)
    path = tmp_path / "penerima.csv"
    path.write_text("".join(lines[: many + 1]))
    return path


def test_a_clean_file_is_completed(payung, tmp_path):
    status, told = payung(first_rows(tmp_path, 12))
    (batch,) = told["batches"]
    assert status == 0
    assert (batch["status"], batch["file"]) == ("completed", "penerima.csv")
    assert (batch["rows"], batch["accepted"], batch["warnings"]) == (12, 12, 0)
    assert batch["premium_total"] == 12 * 33_600
    assert batch["sms"] == dict.fromkeys(batch["sms"], 0) | {"sent": 12}
    assert set(batch["sms"]) == {
        "sent", "failed", "not_possible", "unknown", "delivered", "unconfirmed", "held", "pending",
    }  # fmt: skip
    assert (told["sms_published"], batch["errors"]) == (12, [])


def test_the_result_files_are_fetched(payung, tmp_path):
    _, told = payung(first_rows(tmp_path, 3))
    (batch,) = told["batches"]
    folder = tmp_path / "out" / "002" / batch["batch"]
    assert batch["results"] == {
        "hasil": str(folder / "hasil.csv"),
        "ditolak": str(folder / "ditolak.csv"),
        "ringkasan": str(folder / "ringkasan.json"),
    }
    text = (folder / "hasil.csv").read_text(encoding="utf-8-sig")
    assert [row["payung_status"] for row in csv.DictReader(io.StringIO(text))] == ["diterima"] * 3


def test_several_files_are_one_after_the_other(payung, tmp_path):
    path = first_rows(tmp_path, 3)
    again = tmp_path / "lagi.csv"
    again.write_text(path.read_text().replace("Kue basah", "Kue kering"))
    status, told = payung(path, again)
    first, second = told["batches"]
    assert status == 0
    assert (first["accepted"], second["accepted"], second["duplicate"]) == (3, 0, 3)
    assert told["sms_published"] == 3


def with_phones(tmp_path, *phones):
    with (FOLDER / "bpum-bersih.csv").open() as file:
        rows = list(csv.DictReader(file))[: len(phones)]
    for row, phone in zip(rows, phones, strict=True):
        row["No. HP"] = phone
    path = tmp_path / "penerima.csv"
    with path.open("w") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_the_carriers_are_waited_for_where_they_are_asked_for(payung, tmp_path):
    endings = ("11", "93", "94", "95", "96", "97", "98", "99")
    path = with_phones(tmp_path, *(f"0812000000{ending}" for ending in endings))
    status, told = payung(path, "--carrier")
    (batch,) = told["batches"]
    assert (status, told["dead_letters"]) == (0, 0)
    assert batch["sms"] == dict.fromkeys(batch["sms"], 0) | {
        "delivered": 2,
        "failed": 5,
        "unconfirmed": 1,
    }
    assert told["sms_published"] == 7
    summary = json.loads(Path(batch["results"]["ringkasan"]).read_text())
    assert summary["sms"] == batch["sms"]


def test_a_person_is_told_what_the_carriers_report(tmp_path, capsys):
    path = with_phones(tmp_path, "081200000011", "081200000097")
    words = ["run", str(path), "--bank", "bri", "--scheme", "BPUM", *TODAY, "--carrier"]
    assert main([*words, "--out", str(tmp_path)]) == 0
    assert "Menurut operator: 1 SMS sampai, 1 gagal." in capsys.readouterr().out


def test_a_refused_file_is_status_2(payung, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Nama,Alamat\nBudi,Manado\n")
    status, told = payung(path)
    (batch,) = told["batches"]
    assert status == 2
    assert batch["status"] == "refused"
    assert {"code", "message"} == set(batch["errors"][0])
    assert batch["results"]["hasil"] is None
    assert batch["results"]["ringkasan"] is not None


def test_a_missing_file_is_status_1(payung):
    assert payung("nowhere.csv") == (1, None)


def test_a_programme_of_another_year_can_be_tried(tmp_path, capsys):
    path = first_rows(tmp_path, 2)
    words = ["run", str(path), "--bank", "002", "--scheme", "bpum", "--json", "--today"]
    assert main([*words, "2021-09-07", "--out", str(tmp_path)]) == 0
    (batch,) = json.loads(capsys.readouterr().out)["batches"]
    assert batch["premium_total"] == 2 * 50_400


def test_a_person_is_shown_a_table_and_a_message(tmp_path, capsys):
    path = first_rows(tmp_path, 2)
    words = ["run", str(path), "--bank", "bri", "--scheme", "BPUM", *TODAY]
    assert main([*words, "--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "selesai" in out
    assert "67.200" in out
    assert "BPJS Ketenagakerjaan" in out


def test_no_number_is_cut_off_in_a_narrow_window(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    path = first_rows(tmp_path, 2)
    words = ["run", str(path), "--bank", "bri", "--scheme", "BPUM", *TODAY]
    assert main([*words, "--out", str(tmp_path)]) == 0
    told = capsys.readouterr().out.partition("Hasil pemeriksaan")[2].partition("SMS terkirim")[0]
    headings, row, *_ = (line.split() for line in told.splitlines() if line.strip(" ─"))
    assert "…" not in "".join([*headings, *row[1:]])
    assert (headings[-1], row[-1], len(row)) == ("SMS", "2", 9)


@pytest.mark.parametrize(
    ("statuses", "dead_letters", "status"),
    [
        (["completed"], 0, 0),
        (["completed", "refused"], 0, 2),
        (["completed"], 1, 1),
        (["enrolling"], 0, 1),
        (["missing", "refused"], 0, 1),
        (["stuck"], 0, 1),
    ],
)
def test_the_exit_status_says_how_it_went(statuses, dead_letters, status):
    report = Report([{"status": each} for each in statuses], dead_letters=dead_letters)
    assert report.exit_status == status
