"""Lines of a ledger as stored texts."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb.money.ledger_items import line_of, line_text
from chalicelib.domain.money import standing as at
from chalicelib.domain.money.ledger import Line, Source
from chalicelib.domain.money.standing import STANDINGS

PREMIUM = 33_600
TEXTS = st.text(max_size=20)
NOW = datetime(2026, 11, 29, 1, 2, 3, tzinfo=UTC)


@given(
    st.builds(
        Line,
        at=st.just(NOW),
        before=st.sampled_from(sorted(STANDINGS, key=str)),
        after=st.sampled_from(sorted(STANDINGS, key=str)),
        amount=st.integers(0, 10**9),
        source=st.one_of(st.none(), st.builds(Source, TEXTS, st.integers(1, 10**6))),
        by=st.just(()),
        reason=TEXTS,
        words=TEXTS,
        day=st.one_of(st.none(), st.dates()),
        evidence=TEXTS,
    )
)
def test_a_stored_line_comes_back_as_it_was(line):
    assert line_of(line_text(line)) == line


def test_a_line_of_two_users_comes_back_with_both():
    line = Line(NOW, at.DEDUCTED, at.BEGINNING, PREMIUM, by=("bank-1", "bank-2"))
    assert line_of(line_text(line)) == line
