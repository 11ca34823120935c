import base64

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from chalicelib.api.cursor import Cursors
from chalicelib.api.operations.listing import Cursor
from chalicelib.api.refusals import BadRequest

KEY = b"k" * 32
CURSORS = Cursors(KEY)
QUESTION = {"of": "batches", "bank": "002"}
PLACES = st.lists(st.one_of(st.text(max_size=40), st.integers()), max_size=4)
# Mostly what separates parts: of JSON, of URLs and of the library's own texts.
TEXTS = st.one_of(st.text(max_size=8), st.text('",:{}.\\/=& \x00', max_size=8))
QUESTIONS = st.dictionaries(TEXTS, st.one_of(st.none(), st.integers(), TEXTS), max_size=4)


def is_refused(cursor: str, question=QUESTION, cursors=CURSORS) -> bool:
    with pytest.raises(BadRequest) as refused:
        cursors.opened(cursor, question)
    return refused.value.code == "cursor_invalid"


@given(PLACES, QUESTIONS)
def test_a_cursor_leads_back_to_its_place(place, question):
    assert CURSORS.opened(CURSORS.sealed(place, question), question) == place


@given(QUESTIONS)
def test_the_order_of_filters_is_no_part_of_a_question(question):
    turned = dict(reversed(question.items()))
    assert CURSORS.opened(CURSORS.sealed([1], turned), question) == [1]


@pytest.mark.parametrize(
    "question",
    [{"of": "batches", "bank": "008"}, {"of": "rows", "bank": "002"}, {"of": "batches"}, {}],
)
def test_a_cursor_belongs_to_its_question(question):
    assert is_refused(CURSORS.sealed([1], QUESTION), question)


@given(PLACES, QUESTIONS, QUESTIONS)
@example([1], {"a": "b", "c": "d"}, {"a": 'b","c":"d'})
@example([1], {"a": "1"}, {"a": 1})
@example([1], {"a": None}, {})
@example([1], {"a": "\u00e9"}, {"a": "\\u00e9"})
def test_no_cursor_opens_another_question(place, question, other):
    assume(question != other)
    assert is_refused(CURSORS.sealed(place, question), other)


@given(PLACES, QUESTIONS, st.binary(min_size=32, max_size=32))
def test_no_cursor_opens_with_another_key(place, question, key):
    assume(key != KEY)
    assert is_refused(Cursors(key).sealed(place, question), question)


def test_no_bit_of_a_cursor_can_be_changed():
    cursor = CURSORS.sealed(["2026-11-22", "7K3M9QX2"], QUESTION)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.\n"
    for place, letter in enumerate(cursor):
        for other in letters.replace(letter, ""):
            assert is_refused(cursor[:place] + other + cursor[place + 1 :])


def test_nothing_can_be_cut_off_or_added():
    cursor = CURSORS.sealed(["2026-11-22", "7K3M9QX2"], QUESTION)
    assert all(is_refused(cursor[:length]) for length in range(len(cursor)))
    assert all(is_refused(text) for text in (cursor + "=", cursor + "A", " " + cursor, cursor * 2))


@given(st.one_of(st.text(max_size=60), st.binary(max_size=60).map(base64.urlsafe_b64encode)))
@example("\ud800")
@example(".")
def test_any_other_text_is_refused_as_a_cursor(text):
    assert is_refused(text.decode() if isinstance(text, bytes) else text)


def test_a_cursor_is_as_short_as_the_api_wants_it():
    (limits,) = Cursor.__metadata__
    (longest,) = (each.max_length for each in limits.metadata if hasattr(each, "max_length"))
    for place in (["2026-11-22T08:15:30.123456+00:00", "7K3M9QX2"], [99999, 1959]):
        assert len(CURSORS.sealed(place, QUESTION)) < longest / 2
