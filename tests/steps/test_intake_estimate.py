"""The estimate for a file's messages when it is read, and its first summary."""

import json

import pytest

from chalicelib.domain.file.batch import BatchStatus, SmsEstimate
from chalicelib.domain.jobs import ChunkJob
from tests.support.builders import replace


def summary_of(world, batch) -> dict:
    return json.loads(world.result(batch, "ringkasan.json"))


def budget(world, parts: int) -> None:
    world.sending = replace(world.sending, budget=parts * 45_000)


def test_the_estimate_has_one_message_for_each_fit_person_with_a_phone(world, line):
    rows = [line(1), line(1), line(2, phone=""), line(3, amount="x"), line(4)]
    batch = world.take(world.put(rows))
    assert batch.estimate == SmsEstimate(parts=2, cost=90_000)


def test_the_estimate_uses_the_price_of_each_country(world, line):
    prices = replace(world.sending.prices, listed={"62": 45_000, "65": 60_000})
    world.sending = replace(world.sending, prices=prices, countries=frozenset({"62", "65"}))
    batch = world.take(world.put([line(1), line(2, phone="+6581234567")]))
    assert batch.estimate == SmsEstimate(parts=2, cost=105_000)


def test_calling_codes_that_begin_alike_have_their_own_prices(world, line):
    prices = replace(world.sending.prices, listed={"62": 45_000, "670": 1_000, "673": 2_000})
    world.sending = replace(world.sending, prices=prices, countries=frozenset({"62", "670", "673"}))
    batch = world.take(world.put([line(1, phone="+67077212345"), line(2, phone="+6737123456")]))
    assert batch.estimate == SmsEstimate(parts=2, cost=3_000)


def test_the_bank_sees_the_estimate_before_anybody_is_enrolled(world, line):
    budget(world, 100)
    batch = world.take(world.put([line(1), line(2)]))

    assert not world.tables.people
    summary = summary_of(world, batch)
    assert (summary["status"], summary["rows"], summary["accepted"]) == ("enrolling", 2, 0)
    assert summary["sms_estimate"] == {"parts": 2}


def test_the_first_summary_is_there_before_a_chunk_is_queued(world, line, monkeypatch):
    monkeypatch.setattr(world.chunk_queue, "send", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        world.take(world.put([line(1)]))
    (batch,) = world.tables.files.values()
    assert summary_of(world, batch)["status"] == "enrolling"


def test_the_first_summary_never_replaces_a_later_one(world, line):
    upload = world.put([line(1)])
    batch = world.take(upload)
    world.drive()
    world.tables.files[batch.id] = batch  # as a late delivery read it earlier

    world.take(upload)

    assert summary_of(world, batch)["status"] == "completed"


def test_the_remaining_budget_excludes_the_messages_of_other_files(world, line):
    budget(world, 1000)
    world.run([line(n) for n in range(1, 4)])  # all sent: 3
    world.take(world.put([line(n) for n in range(11, 16)], "incoming/002/BPUM/b.csv"))  # to come: 5
    other = world.take(world.put([line(n) for n in range(21, 29)], "incoming/002/BPUM/c.csv"))
    while other.chunks_done < other.chunks:  # enrolled, messages pending: 8
        world.enroll(ChunkJob.model_validate_json(world.chunk_queue.bodies.pop()))
        other = world.tables.files[other.id]

    batch = world.take(world.put([line(31)], "incoming/002/BPUM/d.csv"))

    assert batch.estimate.left == (1000 - 3 - 5 - 8) * 45_000
    assert batch.warnings == ()


@pytest.mark.parametrize(
    ("parts", "words"),
    [(10, None), (4, "sekitar 100 persen sudah terpakai"), (3, "sekitar 1 penerima menunggu")],
)
def test_a_bank_is_warned_when_the_budget_is_nearly_spent(world, line, parts, words):
    budget(world, parts)
    batch = world.take(world.put([line(n) for n in range(1, 5)]))
    assert batch.status is BatchStatus.ENROLLING
    messages = [each["message"] for each in summary_of(world, batch)["file_warnings"]]
    assert [words in message for message in messages] == ([True] if words else [])


def test_a_refused_file_has_no_message_estimate(world):
    budget(world, 1)
    batch = world.run([])
    assert (batch.estimate, batch.warnings) == (None, ())
