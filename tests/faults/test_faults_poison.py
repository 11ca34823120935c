"""A job that can never succeed ends in its dead-letter queue and harms nothing else."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.faults.fault_runs import undisturbed
from tests.faults.fork_runner import in_a_copy
from tests.faults.harness import CHUNK_ROWS, Stage
from tests.faults.scenarios import OUR_LINES, OURS
from tests.faults.snapshot import Picture
from tests.faults.snapshot_diff import differences
from tests.support.builders import a_nik, replace

QUEUES = ("Intake", "Chunk", "Sms", "SingleSms", "Report", "Resend")
PERSONAL = (a_nik(1), a_nik(2), "Siti", "Johannes", "81200000001", "81200000002")
PERSON = {"nik": a_nik(1), "niks": [a_nik(2)], "name": "Siti", "phone": "+6281200000001"}
MALFORMED = {
    "no JSON": f"Siti {a_nik(1)}",
    "no object": json.dumps([a_nik(1)]),
    "other fields": json.dumps({"batch": "7K3M9QX2", **PERSON}),
    "fields of another kind": json.dumps({"v": "1", "batch": PERSON, "chunk": "Siti", **PERSON}),
}
A_NEWER = json.dumps({"v": 2, "batch": "7K3M9QX2", "what": "siti", **PERSON})


@dataclass(frozen=True)
class End:
    picture: Picture
    logged: str
    errors: list[str]

    @property
    def dead(self) -> dict[str, int]:
        return {name: n for name, n in self.picture.dead_letters.items() if n}

    @property
    def personal(self) -> list[str]:
        """The personal data in the log."""
        return [each for each in PERSONAL if each in self.logged]


@pytest.fixture
def ended(stage: Stage) -> Callable[[Callable[[Stage], None]], End]:
    """Run something in a copy of the stage; return the end."""

    def play(do: Callable[[Stage], None]) -> End:
        def in_it(_: object) -> End:
            do(stage)
            return End(stage.picture(), stage.log.everything, stage.log.errors)

        return in_a_copy(in_it)

    return play


@pytest.fixture(scope="module")
def unharmed(stage: Stage) -> Picture:
    return undisturbed(stage, "an ordinary way").picture


def harm(unharmed: Picture, end: End) -> list[str]:
    """Return the differences from a run without the poison, except the dead letters."""
    quiet = dict.fromkeys(end.picture.dead_letters, 0)
    return list(differences(unharmed, replace(end.picture, dead_letters=quiet), unknowns=0))


@pytest.mark.parametrize("queue", QUEUES)
def test_malformed_messages_become_dead_letters_and_the_file_completes(ended, unharmed, queue):
    def play(stage):
        stage.upload(OURS, OUR_LINES)
        stage.put(queue, *MALFORMED.values())
        stage.finish()

    end = ended(play)

    assert end.dead == {f"{queue}DeadLetters": len(MALFORMED)}
    assert (harm(unharmed, end), end.personal) == ([], [])
    assert all("MessageMalformed" in error for error in end.errors)


@pytest.mark.parametrize("queue", QUEUES[1:])
def test_a_message_of_a_newer_version_becomes_a_dead_letter_unchanged(ended, unharmed, queue):
    def play(stage):
        stage.upload(OURS, OUR_LINES)
        stage.put(queue, A_NEWER)
        stage.finish()

    end = ended(play)

    assert end.dead == {f"{queue}DeadLetters": 1}
    assert (harm(unharmed, end), end.personal, end.errors) == ([], [], [])


def test_a_missing_upload_becomes_a_dead_letter_and_its_file_is_stuck(ended):
    def play(stage):
        stage.upload(OURS, OUR_LINES)
        (version,) = stage.s3.list_object_versions(Bucket=stage.cloud.bucket, Prefix=OURS)[
            "Versions"
        ]
        stage.s3.delete_object(Bucket=stage.cloud.bucket, Key=OURS, VersionId=version["VersionId"])
        stage.finish()

    end = ended(play)

    (batch,) = [each for each in end.picture.batches if each["bank"] == "002"]
    assert (batch["status"], batch["stuck"]) == ("splitting", "intake")
    assert set(end.dead) == {"IntakeDeadLetters"}
    assert not [each for each in end.picture.people.values() if each["bank"] == "002"]
    assert end.personal == []


def test_an_unreadable_chunk_becomes_a_dead_letter_and_the_other_chunks_complete(ended, unharmed):
    def play(stage):
        stage.upload(OURS, OUR_LINES)
        stage.serve("intake")
        (key,) = [
            key
            for key in stage.picture().objects
            if key.startswith("work/") and key.endswith("rows/00003.jsonl.gz")
        ]
        stage.s3.put_object(Bucket=stage.cloud.bucket, Key=key, Body=MALFORMED["no JSON"].encode())
        stage.finish()

    end = ended(play)

    (batch,) = [each for each in end.picture.batches if each["bank"] == "002"]
    lines = range(2 * CHUNK_ROWS + 2, 3 * CHUNK_ROWS + 2)
    others = {
        nik: each
        for nik, each in unharmed.people.items()
        if each["bank"] != "002" or each["row"] not in lines
    }
    assert set(end.picture.people) == set(others)
    assert (batch["status"], batch["chunks_done"], batch["chunks"]) == ("enrolling", 3, 4)
    assert batch["stuck"] == "chunks: 1"
    assert set(end.dead) == {"ChunkDeadLetters"}
    assert end.personal == []
    assert {each["sms"] for each in end.picture.people.values()} <= {
        "sent",
        "failed",
        "not_possible",
    }
