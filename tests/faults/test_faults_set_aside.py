"""A dead letter that is set aside ends what it is about; `test_faults_every_call` disturbs this."""

from collections import Counter
from typing import Any

import pytest

from tests.faults.ended_letters import KEY
from tests.faults.fault_runs import RunResult, undisturbed
from tests.faults.harness import CHUNK_ROWS, Stage


@pytest.fixture
def ended(stage: Stage, request: pytest.FixtureRequest) -> RunResult:
    return undisturbed(stage, request.param)


def file_of(ended: RunResult) -> dict[str, Any]:
    (found,) = [each for each in ended.picture.batches if each["key"] == KEY]
    return found


def people_of(ended: RunResult) -> list[dict[str, Any]]:
    file = file_of(ended)["batch"]
    return [each for each in ended.picture.people.values() if each["batch"] == file]


@pytest.mark.parametrize("ended", ["upload set aside"], indirect=True)
def test_an_upload_is_refused_and_a_late_copy_changes_nothing(ended: RunResult) -> None:
    assert file_of(ended)["status"] == "refused"
    assert "file_set_aside" in str(file_of(ended)["errors"])
    assert people_of(ended) == []


@pytest.mark.parametrize("ended", ["chunk set aside"], indirect=True)
def test_a_chunk_keeps_what_it_has_applied_and_rejects_the_rest(ended: RunResult) -> None:
    file = file_of(ended)
    assert (file["status"], file["given_up"]) == ("completed", "set_aside")
    results = f"results/{file['bank']}/{file['batch']}"
    rows = ended.picture.objects[f"{results}/hasil.csv"].decode("utf-8-sig").splitlines()[1:]
    assert len(rows) == file["rows"]
    left = [place for place, row in enumerate(rows) if "not_processed" in row]
    assert left[0] in range(CHUNK_ROWS + 1, 2 * CHUNK_ROWS), "from the middle of the second chunk"
    assert not [each for each in rows[left[0] :] if ",diterima," in each]
    assert [each for each in rows[CHUNK_ROWS : left[0]] if ",diterima," in each]
    assert max(each["row"] for each in people_of(ended)) < left[0] + 2  # with the heading


@pytest.mark.parametrize("ended", ["messages set aside"], indirect=True)
def test_messages_are_held_and_those_of_other_chunks_go_out(ended: RunResult) -> None:
    states = Counter((each["chunk"], each["sms"]) for each in people_of(ended))
    assert {state for chunk, state in states if chunk == 1} == {"held", "not_possible"}
    assert {each.get("sms_reason") for each in people_of(ended) if each["sms"] == "held"} == {
        "set_aside"
    }
    assert {state for chunk, state in states if chunk == 2} == {"unconfirmed", "failed"}


@pytest.mark.parametrize("ended", ["report set aside"], indirect=True)
def test_a_report_that_is_needed_is_written_all_the_same(ended: RunResult) -> None:
    assert file_of(ended)["status"] == "completed"
    assert "given_up" not in file_of(ended)
    assert ended.seen == []
    assert not any(ended.picture.dead_letters.values())
