"""The header decides the columns."""

import pytest

from chalicelib.files.columns import Names, columns_file, columns_from
from chalicelib.files.headers import resolve
from chalicelib.files.refusal import FileRefused
from chalicelib.kinds.recipients.columns import COLUMNS_FILE, Column, recipient_columns
from tests.files.made_files import HEADER, MARIA, finding_of, read, text_of, xlsx_of
from tests.support.builders import replace

ALIASES = recipient_columns()
DATA = replace(
    columns_file(COLUMNS_FILE),
    columns={each.value: Names(each.value, (each.value,)) for each in Column},
)


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


def test_unknown_columns_are_kept():
    reading = read(text_of([["No", *HEADER, "Info"], ["1", *MARIA, "x"]]))

    assert reading.header == ("No", *HEADER, "Info")
    assert reading.columns == {Column.NIK: 1, Column.NAME: 2, Column.AMOUNT: 3}


def test_each_missing_required_column_is_named_with_the_nearest_header():
    with pytest.raises(FileRefused) as caught:
        resolve(["NIK", "Namaa", "Alamat"], ALIASES)

    assert [(each.code, dict(each.params)) for each in caught.value.findings] == [
        ("header_missing", {"wanted": "Nama", "nearest": "Namaa"}),
        ("header_missing", {"wanted": "Nilai Bantuan"}),
        ("header_found", {"titles": '"NIK", "Namaa", "Alamat"'}),
    ]


def test_a_file_without_a_header_does_not_get_its_people_into_a_message():
    finding = finding_of(text_of([["7171015708800001", "Namo", "1200000"]] * 2))

    assert finding.params == {"wanted": "NIK"}


@pytest.mark.parametrize(
    ("header", "wanted", "titles"),
    [
        (["NIK", "No KTP", "Nama", "Nominal"], "NIK", '"NIK" (kolom A), "No KTP" (kolom B)'),
        (
            ["NIK", "Nama", "Nominal", "Nominal"],
            "Nilai Bantuan",
            '"Nominal" (kolom C), "Nominal" (kolom D)',
        ),
        (
            ["NIK", "Nama", "Plafon", "payung_kode", "Nilai Akad"],
            "Nilai Bantuan",
            '"Plafon" (kolom C), "Nilai Akad" (kolom E)',
        ),
        (
            ["NIK", "Nama", "Nominal", "Tgl Lahir", "Tanggal Lahir"],
            "Tanggal Lahir",
            '"Tgl Lahir" (kolom D), "Tanggal Lahir" (kolom E)',
        ),
    ],
)
def test_two_columns_of_one_meaning_are_refused_where_they_differ(header, wanted, titles):
    same, other = ["7"] * len(header), [f"7{place * place}" for place in range(len(header))]

    assert read(text_of([header, same, same])).lines == [2, 3]
    finding = finding_of(text_of([header, same, other]))

    assert finding.code == "header_repeated"
    assert finding.params == {"wanted": wanted, "titles": titles, "line": "3"}


@pytest.mark.parametrize(
    ("above", "below", "header"),
    [
        (
            ["No", "Data Penerima", "", "Nilai Bantuan"],
            ["", "NIK", "Nama", ""],
            ["No", "NIK", "Nama", "Nilai Bantuan"],
        ),
        (
            ["NIK", "Nama", "Bantuan", "", "No HP"],
            ["", "", "Tahap", "Nilai", ""],
            ["NIK", "Nama", "Bantuan Tahap", "Nilai", "No HP"],
        ),
        (
            ["NIK", "Nama", "Plafon", ""],
            ["", "", "Pokok", "Bunga"],
            ["NIK", "Nama", "Plafon", "Plafon Bunga"],
        ),
        (["", "", "", "No HP"], ["NIK", "Nama", "Nilai", ""], ["NIK", "Nama", "Nilai", "No HP"]),
    ],
)
@pytest.mark.parametrize("made", [text_of, xlsx_of])
def test_a_header_over_two_rows_is_one(made, above, below, header):
    row = ["1"] * len(header)

    reading = read(made([above, below, row]))

    assert (list(reading.header), reading.lines) == (header, [3])


@pytest.mark.parametrize(
    "below", [["", "Lanjutan", ""], ["7171015708800001", "Maria", "1"], ["", "", ""]]
)
def test_a_row_below_a_header_is_no_part_of_it_by_itself(below):
    assert list(read(text_of([HEADER, below, MARIA])).header) == HEADER


@pytest.mark.parametrize(
    ("more", "column"),
    [
        (["No HP", "No WA"], Column.PHONE),
        (["Bidang Usaha", "Jenis Usaha"], Column.BUSINESS),
        (["Kode Wilayah", "Kode Kab/Kota"], Column.REGENCY),
    ],
)
def test_of_two_lenient_columns_the_leftmost_counts(more, column):
    assert resolve([*HEADER, *more], recipient_columns())[column] == len(HEADER)


def test_a_secondary_alias_counts_only_without_a_primary_one():
    columns = resolve(["Telepon", "NIK", "Nama", "Nominal", "No HP"], ALIASES)

    assert columns[Column.PHONE] == 4


def test_a_banks_own_names_come_first():
    data = replace(DATA, banks={"002": {"amount": ("Nilai Pagu",)}})
    header = ["nik", "name", "amount", "NILAI_PAGU"]

    assert resolve(header, columns_from(data, "002"))[Column.AMOUNT] == 3
    assert resolve(header, columns_from(data, "008"))[Column.AMOUNT] == 2


@pytest.mark.parametrize("made", [text_of, xlsx_of])
def test_a_header_far_below_the_top_is_named_and_not_taken(made):
    finding = finding_of(made([["x"]] * 50 + [HEADER, MARIA]))

    assert finding.code == "header_missing"
    assert finding.params == {"wanted": "NIK, Nama, Nilai Bantuan", "line": "51", "limit": "50"}


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("NIK^Nama^Nominal\n1^2^3\n", "tanda ^"),
        ("NIK:Nama:Nominal\n1:2:3\n", "tanda :"),
        ("NIK\x01Nama\x01Nominal\n", "tanda yang tidak terlihat"),
        ("NIK    Nama    NOMINALNOHP\n", "spasi (lebar tetap)"),
    ],
)
def test_a_separator_that_is_not_read_is_named(text, separator):
    finding = finding_of(text.encode())

    assert (finding.code, finding.params) == ("separator_unknown", {"separator": separator})


@pytest.mark.parametrize("made", [text_of, xlsx_of])
def test_columns_of_a_former_result_are_ignored(made):
    rows = [["payung_baris", *HEADER, "Payung_Status"], ["7", *MARIA, "ditolak"]]

    reading = read(made(rows))

    assert (reading.header, reading.cells) == (tuple(HEADER), [MARIA])
