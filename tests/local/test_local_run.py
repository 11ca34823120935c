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
    """Run the command with `--json`; return its status and its JSON object."""

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
    status, report = payung(first_rows(tmp_path, 12))
    (batch,) = report["batches"]
    assert status == 0
    assert (batch["status"], batch["file"]) == ("completed", "penerima.csv")
    assert (batch["rows"], batch["accepted"], batch["warnings"]) == (12, 12, 0)
    assert batch["premium_total"] == 12 * 33_600
    assert batch["sms"] == dict.fromkeys(batch["sms"], 0) | {"sent": 12}
    assert set(batch["sms"]) == {
        "sent", "failed", "not_possible", "unknown", "delivered", "unconfirmed", "held", "pending",
    }  # fmt: skip
    assert (report["sms_published"], batch["errors"]) == (12, [])


def test_the_result_files_are_fetched(payung, tmp_path):
    _, report = payung(first_rows(tmp_path, 3))
    (batch,) = report["batches"]
    folder = tmp_path / "out" / "002" / batch["batch"]
    assert batch["results"] == {
        "hasil": str(folder / "hasil.csv"),
        "ditolak": str(folder / "ditolak.csv"),
        "hasil_xlsx": str(folder / "hasil.xlsx"),
        "ditolak_xlsx": str(folder / "ditolak.xlsx"),
        "ringkasan": str(folder / "ringkasan.json"),
    }
    text = (folder / "hasil.csv").read_text(encoding="utf-8-sig")
    assert [row["payung_status"] for row in csv.DictReader(io.StringIO(text))] == ["diterima"] * 3


def test_several_files_are_one_after_the_other(payung, tmp_path):
    path = first_rows(tmp_path, 3)
    again = tmp_path / "lagi.csv"
    again.write_text(path.read_text().replace("Kue basah", "Kue kering"))
    status, report = payung(path, again)
    first, second = report["batches"]
    assert status == 0
    assert (first["accepted"], second["accepted"], second["duplicate"]) == (3, 0, 3)
    assert report["sms_published"] == 3


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
    status, report = payung(path, "--carrier")
    (batch,) = report["batches"]
    assert (status, report["dead_letters"]) == (0, 0)
    assert batch["sms"] == dict.fromkeys(batch["sms"], 0) | {
        "delivered": 2,
        "failed": 5,
        "unconfirmed": 1,
    }
    assert report["sms_published"] == 7
    summary = json.loads(Path(batch["results"]["ringkasan"]).read_text())
    assert summary["sms"] == batch["sms"]


def test_the_carriers_reports_are_printed_for_people(tmp_path, capsys):
    path = with_phones(tmp_path, "081200000011", "081200000097")
    words = ["run", str(path), "--bank", "bri", "--scheme", "BPUM", *TODAY, "--carrier"]
    assert main([*words, "--out", str(tmp_path)]) == 0
    assert "Menurut operator: 1 SMS sampai, 1 gagal." in capsys.readouterr().out


def test_a_refused_file_is_status_2(payung, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Nama,Alamat\nBudi,Manado\n")
    status, report = payung(path)
    (batch,) = report["batches"]
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
    table = capsys.readouterr().out.partition("Hasil pemeriksaan")[2].partition("SMS terkirim")[0]
    headings, row, *_ = (line.split() for line in table.splitlines() if line.strip(" ─"))
    assert "…" not in "".join([*headings, *row[1:]])
    assert (headings[-1], row[-1], len(row)) == ("SMS", "2", 9)


def test_a_very_narrow_window_lists_what_a_table_would_lose(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("COLUMNS", "38")
    path = first_rows(tmp_path, 2)
    words = ["run", str(path), "--bank", "bri", "--scheme", "BPUM", *TODAY]
    assert main([*words, "--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    for line in ("  Status: selesai", "  Tolak: 0", "  Iuran (Rp): 67.200", "  SMS: 2"):
        assert line in out.splitlines()


def test_results_name_their_file_and_the_most_frequent_codes_their_cause(tmp_path, capsys):
    words = ["run", str(FOLDER / "bpum-excel-berantakan.csv"), "--bank", "bri", "--scheme", "BPUM"]
    assert main([*words, *TODAY, "--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert f"bpum-excel-berantakan.csv → {tmp_path}/002/" in out
    causes = [line for line in out.splitlines() if " baris: " in line]
    assert len(causes) == 3


def test_the_mail_to_the_bank_is_written_to_a_folder(payung, tmp_path):
    _, report = payung(first_rows(tmp_path, 2))
    (mail,) = (tmp_path / "out" / "mail").iterdir()
    assert mail.name == "01-002.txt"
    number = report["batches"][0]["batch"]
    assert mail.read_text("utf-8").startswith(f"Berkas {number} selesai: 2 diterima, 0 ditolak")


def test_an_unknown_bank_is_answered_with_the_banks(tmp_path, capsys):
    words = ["run", str(first_rows(tmp_path, 1)), "--bank", "bxx", "--scheme", "BPUM", *TODAY]
    assert main([*words, "--out", str(tmp_path)]) == 2
    assert "Bank yang dikenal: " in (out := capsys.readouterr().out)
    assert "bri (002)" in out


def test_a_folder_and_a_bad_date_get_their_own_words(tmp_path, capsys):
    words = ["--bank", "bri", "--scheme", "BPUM"]
    assert main(["run", str(tmp_path), *words]) == 1
    assert "a folder, not a file" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["run", "x.csv", *words, "--today", "22-11-2026"])
    assert "is no date such as 2026-11-22" in capsys.readouterr().err


def test_an_interrupted_run_says_what_became_of_it(monkeypatch, tmp_path, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("local.run.run", interrupted)
    words = ["run", str(first_rows(tmp_path, 1)), "--bank", "bri", "--scheme", "BPUM"]
    assert main(words) == 130
    assert "Dihentikan. Belum ada hasil" in capsys.readouterr().err


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


SAMPLE_RUN = (
    f"bri/BPUM:{FOLDER / 'bpum-bersih.csv'}",
    f"bri/KONFIRMASI:{FOLDER / 'konfirmasi-bri.csv'}",
    f"002/konfirmasi:{FOLDER / 'konfirmasi-bri-susulan.csv'}",
)
ONE_FILE_BREAKS = {
    "amount_differs": 2, "confirm_twice_in_file": 3, "date_before_file": 1, "date_future": 1,
    "deducted_not_due": 1, "person_unknown": 1, "reason_missing": 1, "reference_mistyped": 1,
    "reference_nik_differs": 1, "reference_unknown": 1, "status_unknown": 2,
}  # fmt: skip


def test_the_samples_are_confirmed_with_the_same_references_each_time(tmp_path, capsys):
    words = ["run", *SAMPLE_RUN, *TODAY, "--json", "--out", str(tmp_path / "out")]
    assert main(words) == 0
    report = json.loads(capsys.readouterr().out)
    people, first, second = report["batches"]

    assert [each["kind"] for each in report["batches"]] == [
        "recipients", "confirmations", "confirmations",
    ]  # fmt: skip
    assert "matched" not in people
    assert first["matched"] == {
        "deducted": 162, "failed": 12, "returned": 4, "deferred": 6, "blank": 3,
    }  # fmt: skip
    assert first["breaks"] == ONE_FILE_BREAKS
    assert second["breaks"] == {"confirm_changes_final": 1, "confirm_same": 1}
    states = {name: count for name, count in report["people"].items() if count}
    assert states == {"enrolled": 16, "deducted": 168, "not_deducted": 11, "returned": 5}
    money = report["money"]
    assert money["expected"] == people["premium_total"] == 200 * 33_600
    assert (money["deducted"], money["to_remit"]) == (168 * 33_600, 168 * 33_600)
    assert report["cash"] == {"overpaid": 0, "short": 0, "not_due": 33_600, "rate_difference": 0}
    assert Path(people["forms"]["konfirmasi"]).read_text("utf-8-sig").count("\n") == 201


def test_a_file_without_a_place_is_refused_with_what_to_write(tmp_path, capsys):
    assert main(["run", str(first_rows(tmp_path, 1))]) == 1
    assert "BANK/SCHEME:" in capsys.readouterr().err
