from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.person.reference import (
    ALPHABET,
    ReferenceInvalid,
    batch_id,
    is_batch_id,
    parse_reference,
    reference,
)

BATCH = "7K3M9QX2"
batches = st.text(ALPHABET, min_size=8, max_size=8)
rows = st.integers(1, 9_999_999)


def test_an_upload_always_gets_the_same_id():
    made = batch_id("payung", "incoming/002/BPUM/a.csv", "v1")
    assert made == batch_id("payung", "incoming/002/BPUM/a.csv", "v1")
    assert len(made) == 8
    assert set(made) <= set(ALPHABET)


def test_bucket_key_version_and_attempt_each_make_another_id():
    ids = {
        batch_id("a", "k", "v"),
        batch_id("b", "k", "v"),
        batch_id("a", "l", "v"),
        batch_id("a", "k", "w"),
        batch_id("a", "k", "v", attempt=1),
        batch_id("ak", "", "v"),
    }
    assert len(ids) == 6


@given(batches, st.text())
def test_a_batch_id_is_recognised_by_its_form(batch, other):
    assert is_batch_id(batch)
    assert not is_batch_id(batch + "1")
    assert is_batch_id(other) == (len(other) == 8 and set(other) <= set(ALPHABET))


def test_letters_that_are_misread_are_not_used():
    assert not set("ILOSU") & set(ALPHABET)
    assert len(set(ALPHABET)) == 31


@given(batches, rows)
def test_a_reference_leads_back_to_its_row(batch, row):
    assert parse_reference(reference(batch, row)) == (batch, row)


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        lambda text: text.replace("-", ""),
        lambda text: text.replace("-", " - "),
        lambda text: f" {text}\n",
        lambda text: text.replace("1", "l"),
        lambda text: text.replace("1", "I"),
        lambda text: text.replace("0", "O"),
        lambda text: text.replace("5", "S"),
    ],
)
def test_a_reference_is_accepted_in_every_common_spelling(change):
    for row in (1, 105, 5011):
        assert parse_reference(change(reference(BATCH, row))) == (BATCH, row)


@given(batches, rows, st.data())
def test_one_wrong_character_never_passes_as_another_row(batch, row, data):
    right = reference(batch, row)
    at = data.draw(st.integers(0, len(right) - 1).filter(lambda index: right[index] != "-"))
    wrong = right[:at] + data.draw(st.sampled_from(ALPHABET)) + right[at + 1 :]
    if wrong != right:
        with pytest.raises(ReferenceInvalid):
            parse_reference(wrong)


@given(batches, rows)
def test_two_exchanged_characters_never_pass_as_another_row(batch, row):
    right = reference(batch, row).replace("-", "")
    for one, other in combinations(range(len(right)), 2):
        wrong = list(right)
        wrong[one], wrong[other] = wrong[other], wrong[one]
        if "".join(wrong) != right:
            with pytest.raises(ReferenceInvalid):
                parse_reference("".join(wrong))


@pytest.mark.parametrize("text", ["", "-", BATCH, "7K3M9QX2-", "x" * 40, "7K3M9QX2-12345678A", "٧"])
def test_an_invalid_reference_is_refused_without_repeating_it(text):
    with pytest.raises(ReferenceInvalid) as refused:
        parse_reference(text)
    assert str(refused.value) == "not a valid reference"
