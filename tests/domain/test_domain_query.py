"""What people type or copy to ask about somebody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.person.query import characters, nik_in
from chalicelib.domain.person.reference import parse_reference, reference

NIK = "7110515108100015"
WRITTEN = (
    "{}",
    "Ref {}",
    "Ref: {}",
    "ref. {},",
    "({})",
    "No. Ref {}",
    "Nomor referensi: {}.",
    "\u00a0{}\u2011",
)


@pytest.mark.parametrize("written", [*WRITTEN, "NIK {}", "nik:{}"])
@pytest.mark.parametrize(
    "nik",
    [NIK, "71.1051.510810.0015", "7110 5151 0810 0015", "711051510810OO15", "7ll0SlSi08l00OIS"],
)
def test_a_nik_is_read_with_its_misread_letters_and_any_label(written, nik):
    assert nik_in(written.format(nik)) == NIK


@given(st.text(alphabet="01OoIiLlSs5", min_size=16, max_size=16))
def test_sixteen_characters_that_look_like_digits_are_a_nik_and_no_reference(text):
    assert (nik_in(text) or "").isdecimal()


@pytest.mark.parametrize(
    "text", ["", "nik", "711051510810001", "71105151081000155", "7110515108100A15", "Ref ", "budi"]
)
def test_another_text_is_no_nik(text):
    assert nik_in(text) is None


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("dash", ["-", "\u2010", "\u2013", "\u2014", "\u2212", " ", "", "/"])
@pytest.mark.parametrize("batch", ["J5DHFBYJ", "REF3M9QX", "N0KREF22", "12345678"])
def test_a_reference_is_read_as_people_copy_it(written, dash, batch):
    text = written.format(reference(batch, 14).replace("-", dash))
    assert parse_reference(text) == (batch, 14)
    assert nik_in(text) is None


def test_a_label_is_a_word_of_its_own():
    assert characters("Ref REF3M9QX-149") == "REF3M9QX149"
    assert characters("REF3M9QX149") == "REF3M9QX149"
    assert characters("nik7110") == "NIK7110"
