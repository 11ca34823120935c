"""Which column is which."""

import pytest
from made_files import HEADER, MARIA, finding_of, read, text_of, xlsx_of

from chalicelib.domain.columns import Column
from chalicelib.files.headers import aliases_from, aliases_of, resolve
from chalicelib.files.refusal import FileRefused

ALIASES = aliases_of()
DATA = {"columns": {each.value: {"label": each.value, "aliases": [each.value]} for each in Column}}


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("No. KTP", Column.NIK),
        ("no_ktp", Column.NIK),
        ("NO.KTP (16 DIGIT)", Column.NIK),
        ("Nomor Induk\nKependudukan", Column.NIK),
        ("\u00a0Nama\u00a0Lengkap ", Column.NAME),
        ("NAMA DEBITUR*", Column.NAME),
        ("jml_kredit", Column.AMOUNT),
        ("Jumlah Bantuan (Rp)", Column.AMOUNT),
        ("Plafon", Column.AMOUNT),
        ("No. Telp/WA", Column.PHONE),
        ("no_hp", Column.PHONE),
        ("Telepon", Column.PHONE),
        ("Tgl Lahir", Column.BIRTH_DATE),
        ("tgl_lahir", Column.BIRTH_DATE),
        ("jns_kelamin", Column.SEX),
        ("kode_kabkota", Column.REGENCY),
        ("Alamat", Column.ADDRESS),
        ("pekerjaan", Column.BUSINESS),
        ("No Rekening", Column.ACCOUNT),
        ("No. KK", Column.FAMILY_CARD),
        ("Upah", Column.INCOME),
    ],
)
def test_banks_write_headers_in_many_ways(text, column):
    others = {Column.NIK: "NIK", Column.NAME: "Nama", Column.AMOUNT: "Nominal"}
    header = [text, *(name for each, name in others.items() if each is not column)]

    assert resolve(header, ALIASES)[column] == 0


def test_no_alias_means_two_columns():
    places = {}
    for column, ranks in ALIASES.ranked.items():
        for name in frozenset().union(*ranks):
            places.setdefault(name, set()).add(column)

    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_unknown_columns_are_carried_along():
    reading = read(text_of([["No", *HEADER, "Ket."], ["1", *MARIA, "x"]]))

    assert reading.header == ("No", *HEADER, "Ket.")
    assert reading.columns == {Column.NIK: 1, Column.NAME: 2, Column.AMOUNT: 3}


def test_each_missing_required_column_is_named_with_the_nearest_header():
    with pytest.raises(FileRefused) as caught:
        resolve(["NIK", "Namaa", "Alamat"], ALIASES)

    assert [(each.code, dict(each.params)) for each in caught.value.findings] == [
        ("header_missing", {"wanted": "Nama", "nearest": "Namaa"}),
        ("header_missing", {"wanted": "Nilai Bantuan"}),
    ]


def test_a_file_without_a_header_does_not_get_its_people_into_a_message():
    finding = finding_of(text_of([["7171015708800001", "Namo", "1200000"]] * 2))

    assert finding.params == {"wanted": "NIK"}


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (["NIK", "No KTP", "Nama", "Nominal"], "NIK"),
        (["NIK", "Nama", "Nominal", "Nominal"], "Nilai Bantuan"),
        (["NIK", "Nama", "Plafon", "Nilai Akad"], "Nilai Bantuan"),
        (["NIK", "Nama", "Nominal", "Tgl Lahir", "Tanggal Lahir"], "Tanggal Lahir"),
    ],
)
def test_two_columns_of_one_meaning_are_refused(header, wanted):
    with pytest.raises(FileRefused) as caught:
        resolve(header, ALIASES)

    assert [(each.code, each.params["wanted"]) for each in caught.value.findings] == [
        ("header_repeated", wanted)
    ]


@pytest.mark.parametrize(
    ("more", "column"),
    [
        (["No HP", "No WA"], Column.PHONE),
        (["Bidang Usaha", "Jenis Usaha"], Column.BUSINESS),
        (["Kode Wilayah", "Kode Kab/Kota"], Column.REGENCY),
    ],
)
def test_of_two_columns_that_decide_nothing_the_leftmost_counts(more, column):
    assert resolve([*HEADER, *more], aliases_of())[column] == len(HEADER)


def test_a_lesser_alias_counts_only_where_no_better_one_is():
    columns = resolve(["Telepon", "NIK", "Nama", "Nominal", "No HP"], ALIASES)

    assert columns[Column.PHONE] == 4


def test_a_banks_own_names_come_first():
    data = DATA | {"banks": {"002": {"amount": ["Nilai Pagu"]}}}
    header = ["nik", "name", "amount", "NILAI_PAGU"]

    assert resolve(header, aliases_from(data, "002"))[Column.AMOUNT] == 3
    assert resolve(header, aliases_from(data, "008"))[Column.AMOUNT] == 2


def test_a_header_far_below_the_top_is_not_looked_for():
    assert finding_of(b"x\n" * 50 + text_of([HEADER, MARIA])).code == "header_missing"


@pytest.mark.parametrize("made", [text_of, xlsx_of])
def test_columns_of_a_former_result_are_ignored(made):
    rows = [["payung_baris", *HEADER, "Payung_Status"], ["7", *MARIA, "ditolak"]]

    reading = read(made(rows))

    assert (reading.header, reading.cells) == (tuple(HEADER), [MARIA])
