import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.cursor import Cursors
from chalicelib.refusals import BadRequest

CURSORS = Cursors(b"key")
QUESTION = {"of": "batches", "bank": "002"}


@given(
    st.lists(st.one_of(st.text(max_size=40), st.integers()), max_size=4),
    st.dictionaries(st.text(max_size=8), st.one_of(st.none(), st.text(max_size=8)), max_size=4),
)
def test_a_cursor_leads_back_to_its_place(place, question):
    assert CURSORS.opened(CURSORS.sealed(place, question), question) == place


@pytest.mark.parametrize(
    "question",
    [{"of": "batches", "bank": "008"}, {"of": "rows", "bank": "002"}, {"of": "batches"}, {}],
)
def test_a_cursor_belongs_to_its_question(question):
    with pytest.raises(BadRequest) as refused:
        CURSORS.opened(CURSORS.sealed([1], QUESTION), question)
    assert refused.value.code == "cursor_invalid"


def test_a_cursor_of_another_deployment_is_none():
    with pytest.raises(BadRequest):
        CURSORS.opened(Cursors(b"other").sealed([1], QUESTION), QUESTION)


def test_no_bit_of_a_cursor_can_be_changed():
    cursor = CURSORS.sealed(["2026-11-22", "7K3M9QX2"], QUESTION)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for place, letter in enumerate(cursor):
        for other in letters.replace(letter, "")[::7]:
            with pytest.raises(BadRequest):
                CURSORS.opened(cursor[:place] + other + cursor[place + 1 :], QUESTION)


@given(st.one_of(st.text(max_size=60), st.binary(max_size=60).map(base64.urlsafe_b64encode)))
def test_nothing_else_is_a_cursor(text):
    text = text.decode() if isinstance(text, bytes) else text
    with pytest.raises(BadRequest):
        CURSORS.opened(text, QUESTION)
