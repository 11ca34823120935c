"""A person's item has the enrollment of exactly that person, also in a group."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb.person_items import enrollment_items, enrollment_of
from chalicelib.domain.person.enrollment import Enrollment
from tests.support.builders import NOW, an_enrollment, replace

OPTIONAL = {"phone", "birth_date", "sex", "regency", "declared_income"}
days = st.dates(date(2021, 9, 7), date(2027, 12, 31))
moments = st.integers(0, 3).map(lambda minutes: NOW + timedelta(minutes=minutes))
people = st.builds(
    lambda number, who, **changes: replace(
        an_enrollment(number),
        recipient=replace(an_enrollment(number).recipient, **who),
        **changes,
    ),
    st.integers(1, 5),
    who=st.fixed_dictionaries(
        {},
        optional={
            "phone": st.none(),
            "birth_date": days,
            "sex": st.sampled_from("LP"),
            "regency": st.just("7171"),
            "declared_income": st.sampled_from([0, 2_500_000]),
        },
    ),
    programme=st.sampled_from(["sulut-2021", "sulut-2026"]),
    batch=st.sampled_from(["7K3M9QX2", "1A2B3C4D"]),
    chunk=st.integers(1, 2),
    starts=days,
    ends=days,
    day=days,
    enrolled_at=moments,
)


@given(st.lists(people, max_size=5))
def test_everybodys_item_holds_their_own_enrollment(group: list[Enrollment]) -> None:
    assert [enrollment_of(item) for item in enrollment_items(group)] == group


@given(st.lists(people, max_size=5))
def test_an_item_does_not_depend_on_its_neighbours(group: list[Enrollment]) -> None:
    alone = [item for each in group for item in enrollment_items([each], keep_days=30)]
    assert list(enrollment_items(group, keep_days=30)) == alone


def test_an_unknown_value_is_absent() -> None:
    known = an_enrollment()
    nothing = dict.fromkeys(OPTIONAL)
    (item,) = enrollment_items([replace(known, recipient=replace(known.recipient, **nothing))])
    assert not item.keys() & (OPTIONAL | {"expires_at"})
