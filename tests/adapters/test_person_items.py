"""A person's item holds that very person's enrollment, whoever is written beside them."""

from datetime import date, timedelta

from builders import NOW, an_enrollment, replace
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.person_items import enrollment_items, enrollment_of
from chalicelib.domain.enrollment import Enrollment

OPTIONAL = {"phone", "birth_date", "sex", "regency", "income"}
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
            "income": st.sampled_from([0, 2_500_000]),
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


def test_what_is_not_known_is_absent() -> None:
    known = an_enrollment()
    nothing = dict.fromkeys(OPTIONAL)
    (item,) = enrollment_items([replace(known, recipient=replace(known.recipient, **nothing))])
    assert not item.keys() & (OPTIONAL - {"income"} | {"declared_income", "expires_at"})
