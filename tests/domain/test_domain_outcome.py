from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.file.outcome import Disposition, Tally
from chalicelib.domain.findings.finding import Code, Finding
from chalicelib.kinds.recipients.codes import RecipientCode
from chalicelib.kinds.recipients.rows import RecipientOutcome

WARNING = Finding(RecipientCode.PHONE_MISSING)
ERROR = Finding(Code.NIK_MISSING)


def an_outcome(disposition=Disposition.ACCEPTED, **changes) -> RecipientOutcome:
    values = {"line": 2, "disposition": disposition}
    if disposition is Disposition.ACCEPTED:
        values |= {"premium": 50_400, "aid": 1_200_000, "sms_possible": True}
    return RecipientOutcome(**(values | changes))


outcomes = st.lists(
    st.builds(
        an_outcome,
        st.sampled_from(Disposition),
        findings=st.lists(st.sampled_from([WARNING, ERROR])).map(tuple),
        sms_possible=st.booleans(),
    )
)


def test_an_accepted_row_counts_with_its_money():
    tally = Tally.of([an_outcome(), an_outcome(premium=33_600, aid=50_000_000)])
    assert (tally.rows, tally.accepted, tally.premium_total, tally.aid_total) == (
        2,
        2,
        84_000,
        51_200_000,
    )
    assert (tally.warnings, tally.not_possible, tally.codes) == (0, 0, {})


def test_money_of_a_row_that_is_not_accepted_never_counts():
    for disposition in (Disposition.DUPLICATE, Disposition.CONFLICT, Disposition.REJECTED):
        tally = Tally.of([an_outcome(disposition, premium=50_400, aid=1_200_000)])
        assert (tally.rows, getattr(tally, disposition.value)) == (1, 1)
        assert (tally.accepted, tally.premium_total, tally.aid_total) == (0, 0, 0)
        assert tally.not_possible == 0


def test_a_row_with_two_warnings_is_one_row_with_warnings():
    tally = Tally.of([an_outcome(findings=(WARNING, WARNING), sms_possible=False)])
    assert (tally.warnings, tally.not_possible, tally.codes) == (1, 1, {"phone_missing": 2})


def test_codes_count_in_every_disposition():
    tally = Tally.of([an_outcome(Disposition.REJECTED, findings=(ERROR, WARNING)), an_outcome()])
    assert tally.codes == {"nik_missing": 1, "phone_missing": 1}
    assert tally.warnings == 0


@given(outcomes)
def test_rows_in_are_rows_out(rows):
    tally = Tally.of(rows)
    assert tally.rows == len(rows)
    assert tally.premium_total == sum(
        row.premium for row in rows if row.disposition is Disposition.ACCEPTED
    )


@given(outcomes, outcomes)
def test_a_files_tally_is_the_sum_of_its_chunks(first, second):
    both = Tally.of(first)
    both.add(Tally.of(second))
    assert asdict(both) == asdict(Tally.of(first + second))
