import pytest

from chalicelib.domain.cells import units


@pytest.mark.parametrize(
    "title",
    ["Nilai (Rp. 000)", "Nilai Bantuan dlm ribuan", "Plafon (jt)", "Nilai (USD)", "Nilai x1000"],
)
def test_a_title_may_give_another_unit(title):
    assert units.of_title(title)


@pytest.mark.parametrize("title", ["Nilai Bantuan (Rp)", "Nominal (IDR)", "Nilai Bantuan"])
def test_a_title_in_rupiah_gives_none(title):
    assert units.of_title(title) is None


@pytest.mark.parametrize("title", ["Nilai Bantuan dlm ribuan", "Nilai Bantuan Rp.000"])
def test_a_title_is_known_without_its_unit(title):
    assert units.without_unit(title).strip(" .") == "Nilai Bantuan"


@pytest.mark.parametrize("line", ["(dalam ribuan rupiah)", "Catatan: nilai dlm juta", "Rp 000"])
def test_a_line_may_give_all_amounts_another_unit(line):
    assert units.of_texts(["DAFTAR PENERIMA", line])


@pytest.mark.parametrize("line", ["Bantuan 2,4 juta per orang", "dalam dua tahap", ""])
def test_a_line_with_an_amount_gives_none(line):
    assert units.of_texts([line]) is None


@pytest.mark.parametrize("cell", ["(ribuan Rp)", "(000)", "juta"])
def test_a_cell_below_a_title_may_be_its_unit(cell):
    assert units.below_title([cell])


@pytest.mark.parametrize("cell", ["(Rp)", "", "2,4 juta", "1.200.000"])
def test_a_cell_below_a_title_may_be_none(cell):
    assert units.below_title([cell]) is None
