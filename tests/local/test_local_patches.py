"""The register of patched functions: its guard, its switches, and a run without each topic."""

import csv
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from moto.sqs.models import Queue

from local.__main__ import main
from local.cloud import build, embedded, read_template
from local.moto_patches import PATCHES, TOPICS, Kind, Patch, PatchError, applied, patch
from local.moto_patches.__main__ import main as list_patches
from local.samples import FOLDER

ROOT = Path(__file__).parents[2]
OFF = "PAYUNG_MOTO_PATCHES_OFF"
PLAIN = "PAYUNG_PLAIN_MOTO"
RECORDED = json.loads(patch.FINGERPRINTS.read_text())
DELETION = "moto.sqs.models.Queue.delete_message"


def test_the_register_says_what_is_replaced_and_why():
    assert len({(each.topic, each.target) for each in PATCHES}) == len(PATCHES)
    for each in PATCHES:
        assert each.why.endswith(".")
        assert each.upstream
        assert isinstance(each.kind, Kind)
        assert (ROOT / "local" / "moto_patches" / f"{each.topic}.py").is_file()


def test_the_recorded_fingerprints_are_those_of_the_register():
    assert set(RECORDED["sources"]) == {path for each in PATCHES for path in each.guarded}
    assert all(each.fingerprint == RECORDED["sources"][each.target] for each in PATCHES)


def test_a_patch_is_applied_in_its_context_and_removed_after_it():
    before = Queue.delete_message
    with applied(["queues"], off=()):
        assert Queue.delete_message is not before
    assert Queue.delete_message is before


# The guard.


@pytest.fixture
def changed(monkeypatch, tmp_path):
    """Simulate that a patch was written for another source of one function."""

    def change(path):
        recorded = {"versions": {"moto": "5.0.0"}, "sources": RECORDED["sources"] | {path: "0"}}
        file = tmp_path / "fingerprints.json"
        file.write_text(json.dumps(recorded))
        monkeypatch.setattr(patch, "FINGERPRINTS", file)

    return change


def test_a_changed_function_is_named_with_what_to_do(changed):
    changed(DELETION)
    before = Queue.attributes
    with pytest.raises(PatchError) as failed, applied(off=()):
        pytest.fail("the patches were applied")
    text = str(failed.value)
    assert text.startswith(f"{DELETION} has changed: moto is ")
    assert 'the patch "queues" (local/moto_patches/queues.py) was written for 5.0.0' in text
    assert "tests/local/test_local_moto.py" in text
    assert "`python -m local.moto_patches --renew`" in text
    assert Queue.attributes is before


def test_the_functions_that_a_patch_reimplements_are_guarded_too(changed):
    changed("moto.dynamodb.parsing.executors.AddExecutor")
    with (
        pytest.raises(PatchError, match=r"AddExecutor has changed.*expressions\.py"),
        applied(off=()),
    ):
        pytest.fail("the patches were applied")


def test_a_removed_function_is_named():
    gone = Patch("queues", "moto.sqs.models.Queue.gone", "It was.", Kind.SPEED, "moto", lambda f: f)
    with pytest.raises(PatchError, match=r"Queue\.gone is gone"):
        gone.check()


def test_a_patch_that_is_switched_off_is_not_guarded(changed):
    changed(DELETION)
    with applied(["queues"], off=["queues"]):
        pass


def test_the_fingerprint_is_that_of_the_source(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(tmp_path)
    found = []
    for number, body in enumerate(("return 1", "return 1", "return 2")):
        (tmp_path / f"payung_guarded_{number}.py").write_text(f"def f():\n    {body}\n")
        importlib.invalidate_caches()
        found.append(patch.fingerprint(f"payung_guarded_{number}.f"))
    assert found[0] == found[1] != found[2]


def test_the_command_line_reports_it_in_one_sentence(changed, capsys, tmp_path):
    changed(DELETION)
    words = ["run", str(FOLDER / "bpum-bersih.csv"), "--bank", "bri", "--scheme", "BPUM"]
    assert main([*words, "--out", str(tmp_path)]) == 1
    errors = capsys.readouterr().err
    assert f"python -m local: {DELETION} has changed" in errors
    assert "Traceback" not in errors


def test_the_register_can_be_listed(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["moto_patches"])
    assert list_patches() == 0
    assert DELETION in capsys.readouterr().out


def test_an_unknown_topic_is_refused(monkeypatch):
    monkeypatch.setenv(OFF, "queues,kiues")
    with pytest.raises(PatchError, match="there are no patches kiues"), applied():
        pytest.fail("the patches were applied")


# A run without each of them.


@pytest.fixture
def enter(tmp_path, capsys):
    """Process twelve rows to the end, one of them of a person who opted out."""
    with (FOLDER / "bpum-bersih.csv").open(newline="") as sample:
        rows = list(csv.reader(sample))[:13]
    rows[1][rows[0].index("No. HP")] = "081234567899"
    path = tmp_path / "penerima.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)

    def run():
        words = ["run", str(path), "--bank", "bri", "--scheme", "BPUM", "--carrier", "--json"]
        status = main([*words, "--today", "2026-11-02", "--out", str(tmp_path / "out")])
        report = json.loads(capsys.readouterr().out)
        (batch,) = report.pop("batches")
        del report["seconds"]
        return status, report | {name: batch[name] for name in batch.keys() - {"batch", "results"}}

    return run


UNSEEN = {"status": "missing", "rows": 0, "accepted": 0, "premium_total": 0}
"""Without its version the upload is processed, but its batch cannot be found."""


@pytest.mark.parametrize("topic", ["", *TOPICS])
def test_each_topic_can_be_off_alone(enter, monkeypatch, topic):
    monkeypatch.setenv(OFF, topic)
    status, report = enter()
    sms = report.pop("sms")
    expected = {"status": "completed", "rows": 12, "accepted": 12, "premium_total": 12 * 33_600}
    expected |= {"sms_published": 11, "dead_letters": 0}
    failed = 1
    if topic == "events":
        expected |= UNSEEN
    elif topic == "opt_outs":  # moto accepts the message to the number that opted out
        expected["sms_published"] = 12
        failed = 0
    assert report | expected == report
    assert status == (1 if topic == "events" else 0)
    if topic != "events":
        assert sms["failed"] == failed
        assert sms["failed"] + sms["delivered"] == 12


def test_without_the_mappings_lambda_does_not_know_the_templates(monkeypatch):
    monkeypatch.setenv(OFF, "mappings")
    with embedded() as session:
        source = build(session, read_template()).sources[0]
        with pytest.raises(ClientError, match="ResourceNotFound"):
            session.client("lambda").get_event_source_mapping(UUID=source.mapping)


def by_command(tmp_path, **switches):
    path = tmp_path / "penerima.csv"
    lines = (FOLDER / "bpum-bersih.csv").read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:31]))
    words = ["run", str(path), "--bank", "bri", "--scheme", "BPUM", "--json"]
    answer = subprocess.run(
        [sys.executable, "-m", "local", *words, "--out", str(tmp_path / "out")],
        cwd=ROOT,
        env=os.environ | switches,
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.returncode, json.loads(answer.stdout), answer.stderr


def test_moto_without_any_patch_enrolls_all_but_does_not_say_which_batch(tmp_path):
    status, report, errors = by_command(tmp_path, **{PLAIN: "1"})
    (batch,) = report["batches"]
    assert "Traceback" not in errors
    assert (status, batch["status"]) == (1, "missing")  # the version is missing in S3's event
    assert (report["sms_published"], report["dead_letters"]) == (30, 0)


def test_moto_with_s3s_events_alone_patched_ends_right(tmp_path):
    off = ",".join(topic for topic in TOPICS if topic != "events")
    status, report, errors = by_command(tmp_path, **{OFF: off})
    (batch,) = report["batches"]
    assert (status, batch["status"], batch["accepted"]) == (0, "completed", 30), errors
    assert batch["sms"]["sent"] == report["sms_published"] == 30
    assert batch["premium_total"] == 30 * 33_600
