"""The people's table: the same contract for the fake, moto and the real engine."""

from datetime import date, timedelta

from chalicelib.adapters.ports import AlreadyEnrolled, Checkpoint, Committed, Superseded
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.person.enrollment import Erasure, Sms
from tests.support.builders import (
    NOW,
    PROGRAMME,
    a_batch,
    a_recipient,
    an_account,
    an_enrollment,
    confirmation_of,
    replace,
)
from tests.support.counting import count_now

BATCH = "7K3M9QX2"


def step(start: int, end: int, **tally: object) -> Checkpoint:
    return Checkpoint(
        BATCH, 1, start, end, Tally(**({"accepted": end - start} | tally)), an_account()
    )


def test_a_group_is_inserted_whole(stores):
    people = [an_enrollment(n) for n in range(1, 99)]

    assert stores.enrollments.commit(people, step(0, 98)) == Committed()

    niks = [each.recipient.nik for each in people]
    assert stores.enrollments.owners(PROGRAMME, niks) == dict(zip(niks, people, strict=True))


def test_every_field_comes_back_as_it_was(stores):
    who = a_recipient(
        1, birth_date=date(1980, 2, 17), sex="P", regency="7171", declared_income=2_500_000
    )
    enrollment = an_enrollment(recipient=who)

    stores.enrollments.commit([enrollment], step(0, 1))

    assert stores.enrollments.find(PROGRAMME, who.nik) == enrollment
    assert stores.enrollments.of_person(who.nik) == [enrollment]


def test_someone_without_phone_comes_back_without(stores):
    enrollment = an_enrollment(recipient=a_recipient(1, phone=None))

    stores.enrollments.commit([enrollment], step(0, 1))

    assert stores.enrollments.find(PROGRAMME, enrollment.recipient.nik) == enrollment


def test_one_taken_person_keeps_the_whole_group_out_and_names_the_owner(stores):
    owner = an_enrollment(2, batch="AAAAAAAA", bank="127")
    stores.enrollments.commit(
        [owner], Checkpoint("AAAAAAAA", 1, 0, 1, Tally(accepted=1), an_account(owner))
    )

    result = stores.enrollments.commit([an_enrollment(n) for n in (1, 2, 3)], step(0, 3))

    assert result == AlreadyEnrolled({owner.recipient.nik: owner})
    assert stores.enrollments.find(PROGRAMME, an_enrollment(1).recipient.nik) is None
    assert stores.batches.chunk(BATCH, 1).next == 0


def test_a_group_without_people_only_moves_the_chunk(stores):
    assert stores.enrollments.commit([], step(0, 5, accepted=0, rejected=5)) == Committed()

    progress = stores.batches.chunk(BATCH, 1)
    assert (progress.next, progress.tally.rejected) == (5, 5)


def test_counts_and_sums_add_up_over_the_steps_of_a_chunk(stores):
    first = Tally(accepted=1, premium_total=33_600, aid_total=1_200_000, codes={"phone_missing": 1})
    second = Tally(
        accepted=1, rejected=2, premium_total=50_400, aid_total=2, codes={"nik_length": 2}
    )
    stores.enrollments.commit([an_enrollment(1)], Checkpoint(BATCH, 1, 0, 1, first, an_account()))
    stores.enrollments.commit([an_enrollment(2)], Checkpoint(BATCH, 1, 1, 4, second, an_account()))

    tally = stores.batches.chunk(BATCH, 1).tally

    assert (tally.accepted, tally.rejected, tally.rows) == (2, 2, 4)
    assert (tally.premium_total, tally.aid_total) == (84_000, 1_200_002)
    assert tally.codes == {"phone_missing": 1, "nik_length": 2}


def test_a_commit_from_an_old_checkpoint_writes_nothing(stores):
    stores.enrollments.commit([an_enrollment(1)], step(0, 1))

    late = stores.enrollments.commit([an_enrollment(2)], step(0, 1))
    early = stores.enrollments.commit([an_enrollment(3)], step(7, 8))

    assert late == early == Superseded()
    assert stores.batches.chunk(BATCH, 1).tally.accepted == 1
    assert stores.enrollments.owners(PROGRAMME, [an_enrollment(2).recipient.nik]) == {}


def test_the_same_person_may_have_another_programme(stores):
    one = an_enrollment(1)
    other = replace(one, programme="sulut-2027", batch="BBBBBBBB")
    stores.enrollments.commit([one], step(0, 1))

    result = stores.enrollments.commit(
        [other], Checkpoint("BBBBBBBB", 1, 0, 1, Tally(accepted=1), an_account(other))
    )

    assert result == Committed()
    assert stores.enrollments.of_person(one.recipient.nik) == [one, other]


def test_owners_of_more_people_than_one_call_takes(stores):
    people = [an_enrollment(n) for n in range(1, 151)]
    stores.enrollments.commit(people[:98], step(0, 98))
    stores.enrollments.commit(people[98:], step(98, 150))

    owners = stores.enrollments.owners(PROGRAMME, [each.recipient.nik for each in people])

    assert len(owners) == 150


def test_a_message_is_claimed_once(stores):
    enrollment = an_enrollment()
    nik = enrollment.recipient.nik
    stores.enrollments.commit([enrollment], step(0, 1))

    claimed = stores.enrollments.claim_sms(PROGRAMME, nik, claim="one", now=NOW)

    assert (claimed.sms, confirmation_of(claimed).claim, claimed.sms_at) == (
        Sms.SENDING,
        "one",
        NOW,
    )
    assert stores.enrollments.claim_sms(PROGRAMME, nik, claim="two", now=NOW) is None


def test_nobody_claims_for_someone_without_enrollment(stores):
    nik = an_enrollment().recipient.nik
    assert stores.enrollments.claim_sms(PROGRAMME, nik, claim="one", now=NOW) is None


def test_someone_without_phone_is_never_claimed(stores):
    enrollment = an_enrollment(recipient=a_recipient(1, phone=None))
    stores.enrollments.commit([enrollment], step(0, 1))
    nik = enrollment.recipient.nik
    assert stores.enrollments.claim_sms(PROGRAMME, nik, claim="one", now=NOW) is None


def test_a_recorded_message_is_counted_at_the_end_of_the_job(stores):
    enrollment = an_enrollment()
    stores.enrollments.commit([enrollment], step(0, 1))
    claimed = stores.enrollments.claim_sms(PROGRAMME, enrollment.recipient.nik, claim="a", now=NOW)

    later = NOW + timedelta(seconds=2)
    done = stores.enrollments.record_sms(claimed, Sms.SENT, now=later, message_id="m-1")
    assert stores.batches.chunk(BATCH, 1).sms_pending == 1
    assert count_now(stores.enrollments, claimed) == 1
    assert count_now(stores.enrollments, claimed) == 0

    found = stores.enrollments.find(PROGRAMME, enrollment.recipient.nik)
    assert done
    assert (found.sms, confirmation_of(found).id, found.sms_at) == (Sms.SENT, "m-1", later)
    progress = stores.batches.chunk(BATCH, 1)
    assert (progress.sms.sent, progress.sms_pending) == (1, 0)


def test_a_message_is_recorded_once_and_only_under_its_own_claim(stores):
    enrollment = an_enrollment()
    stores.enrollments.commit([enrollment], step(0, 1))
    claimed = stores.enrollments.claim_sms(PROGRAMME, enrollment.recipient.nik, claim="a", now=NOW)

    foreign = replace(claimed, sms_claim="b")
    assert not stores.enrollments.record_sms(foreign, Sms.SENT, now=NOW)
    assert stores.enrollments.record_sms(claimed, Sms.FAILED, now=NOW, reason="opted_out")
    assert not stores.enrollments.record_sms(claimed, Sms.SENT, now=NOW)

    count_now(stores.enrollments, claimed)
    sms = stores.batches.chunk(BATCH, 1).sms
    assert (sms.failed, sms.sent) == (1, 0)


def test_an_erased_person_is_gone_and_the_file_counts_it(stores):
    batch = stores.batches.claim(a_batch())
    enrollment = an_enrollment(1, batch=batch.id, sms=Sms.SENT)
    stores.enrollments.commit(
        [enrollment], Checkpoint(batch.id, 1, 0, 1, Tally(accepted=1), an_account())
    )
    erasure = Erasure(NOW, "petugas", "permintaan")

    assert stores.enrollments.erase(enrollment, erasure)
    assert not stores.enrollments.erase(enrollment, erasure)

    assert stores.enrollments.of_person(enrollment.recipient.nik) == []
    assert stores.batches.get(batch.id).erased == 1
    assert [chunk.tally.accepted for chunk in stores.batches.chunks(batch.id)] == [1]


def test_someone_whose_state_has_changed_is_not_erased(stores):
    batch = stores.batches.claim(a_batch())
    enrollment = an_enrollment(1, batch=batch.id)
    stores.enrollments.commit(
        [enrollment], Checkpoint(batch.id, 1, 0, 1, Tally(accepted=1), an_account())
    )

    changed = replace(enrollment, sms=Sms.SENT)

    assert not stores.enrollments.erase(changed, Erasure(NOW, "petugas", "permintaan"))
    assert stores.enrollments.find(PROGRAMME, enrollment.recipient.nik) == enrollment


def test_a_postponed_message_can_be_claimed_again(stores):
    enrollment = an_enrollment()
    nik = enrollment.recipient.nik
    stores.enrollments.commit([enrollment], step(0, 1))
    claimed = stores.enrollments.claim_sms(PROGRAMME, nik, claim="a", now=NOW)

    stores.enrollments.record_sms(claimed, Sms.PENDING, now=NOW)

    assert stores.batches.chunk(BATCH, 1).sms.settled == 0
    assert stores.enrollments.claim_sms(PROGRAMME, nik, claim="b", now=NOW) is not None
