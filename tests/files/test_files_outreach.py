import csv
import io

import pytest

from chalicelib.domain.cells.phone import parse_phone
from chalicelib.files.staff.outreach_lists import (
    COLUMNS,
    OutreachCells,
    OutreachWriter,
    dialled,
    list_name,
)
from chalicelib.kinds.recipients.columns import Column, column_in
from tests.support.csv_readers import is_formula, readings

CELLS = OutreachCells(
    name="Maria Contoh",
    nik="7171********0001",
    address="Jl. Sam Ratulangi 1, Manado",
    phone="0812-3456-7890",
    regency="Kota Manado",
    bank="Bank Contoh",
    scheme="BPUM",
    starts="2026-11-22",
    ends="2027-02-21",
    reference="7K3M9QX2-151",
    reason="Ponsel tidak aktif.",
    status="gagal",
)


def written(*people: OutreachCells) -> bytes:
    out = io.BytesIO()
    writer = OutreachWriter(out)
    for each in people:
        writer.write(each)
    return out.getvalue()


def read(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def test_a_list_is_a_csv_as_spreadsheets_here_open_it():
    body = written(CELLS)
    assert body.startswith(b"\xef\xbb\xbf")
    assert read(body) == [list(COLUMNS), list(CELLS)]
    assert body.count(b"\r\n") == 2


def test_every_cell_has_its_column():
    assert len(COLUMNS) == len(OutreachCells._fields)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "\t"])
@pytest.mark.parametrize("field", ["name", "address", "phone"])
def test_no_cell_is_run_as_a_formula(start, field):
    body = written(CELLS._replace(**{field: f"{start}1+1"}))
    assert read(body)[1][OutreachCells._fields.index(field)] == f"'{start}1+1"


@pytest.mark.parametrize("field", ["name", "address", "reason"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "\n"])
def test_no_program_finds_a_formula_inside_a_cell(field, separator):
    body = written(CELLS._replace(**{field: f"Jl. Mawar{separator}=1+1"}))
    assert [cell for cell in readings(body) if is_formula(cell[1])] == []


def test_an_address_of_several_lines_stays_one_cell():
    address = 'Jl. "Baru" 1,\nManado'
    assert read(written(CELLS._replace(address=address)))[1][2] == address


@pytest.mark.parametrize(
    ("code", "regency", "name"),
    [
        ("7171", "Kota Manado", "7171-kota-manado.csv"),
        (
            "7109",
            "Kabupaten Kepulauan Siau Tagulandang Biaro",
            "7109-kabupaten-kepulauan-siau-tagulandang-biaro.csv",
        ),
        ("9999", "P. Aru (Dobo)", "9999-p-aru-dobo.csv"),
    ],
)
def test_a_list_is_named_after_its_regency(code, regency, name):
    assert list_name(code, regency) == name


@pytest.mark.parametrize(
    ("header", "column"),
    [
        (["NIK", "Nama", "Nominal", "Alamat"], 3),
        (["alamat_rumah", "NIK", "Nama", "Nominal"], 0),
        (["NIK", "Nama", "Nominal", "Alamat KTP", "Alamat"], 4),
        (["NIK", "Nama", "Nominal"], None),
        (["NIK", "Alamat"], None),  # today's aliases refuse such a file
    ],
)
def test_the_column_of_addresses_is_found_by_its_aliases(header, column):
    assert column_in(header, Column.ADDRESS, "002") == column


@pytest.mark.parametrize(
    ("phone", "text"),
    [
        ("+6281234567890", "0812-3456-7890"),
        ("+62812345678", "0812-3456-78"),
        ("+628123456789012", "0812-3456-789012"),
        ("+60123456789", "+60123456789"),
        (None, ""),
    ],
)
def test_a_number_is_shown_as_it_is_dialled(phone, text):
    assert dialled(phone) == text


def test_the_shown_number_reads_back_as_the_same_number():
    assert parse_phone(dialled("+6281234567890")) == "+6281234567890"
