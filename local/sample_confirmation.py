"""The confirmations of `samples/`: what a bank states about the file `bpum-bersih.csv`.

Their references are those of `make run`: a run gives the same ids each time.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from chalicelib.domain.person.reference import batch_id, reference
from chalicelib.kinds.recipients.kind import FORM

from .cloud import read_template
from .deliveries import key_of
from .moto_patches.versions import version
from .sample_damage import NAME, NIK

FIRST, SECOND = "konfirmasi-bri.csv", "konfirmasi-bri-susulan.csv"
_PREMIUM = "33600"
_REASONS = ("saldo_kurang", "REK TUTUP", "Rekening tidak aktif (dormant)", "tidak_diambil")
_UNKNOWN_BATCH = "AAAAAAAA"

Row = dict[str, str]


def write(folder: Path, recipients: Path) -> None:
    """Write both confirmations of a file of recipients into a folder."""
    with recipients.open(encoding="utf-8-sig", newline="") as file:
        people = list(csv.DictReader(file))
    template = read_template()
    named = {"BucketName": template.resources["UploadsBucket"].properties["BucketName"]}
    bucket = template.resolve(named, {})["BucketName"]
    key = key_of(recipients, "002", "BPUM")
    batch = batch_id(bucket, key, version(key, 1))
    rows = [_row(batch, line, person) for line, person in enumerate(people, 2)]
    _write(folder / FIRST, _first(rows))
    _write(folder / SECOND, _second(rows))


def _row(batch: str, line: int, person: Row) -> Row:
    return dict.fromkeys(FORM, "") | {
        "payung_referensi": reference(batch, line),
        "payung_baris": str(line),
        "NIK": person[NIK],
        "Nama": person[NAME],
        "payung_iuran": _PREMIUM,
    }


def _first(rows: Sequence[Row]) -> Iterator[Row]:
    """Iterate over the rows of the first confirmation, with every break that one file can have."""
    for number, row in enumerate(rows[:160]):
        yield row | {"Status Potong": "dipotong", "No Bukti": f"JRN{number:06d}"}
    for number, row in enumerate(rows[160:172]):
        yield row | {"Status Potong": "gagal", "Alasan": _REASONS[number % len(_REASONS)]}
    for row in rows[172:176]:
        yield row | {"Status Potong": "dikembalikan", "Alasan": "tidak_diambil"}
    for row in rows[176:182]:
        yield row | {"Status Potong": "ditunda"}
    taken = {"Status Potong": "dipotong"}
    yield rows[0] | taken | {"No Bukti": "JRN900000"}
    yield rows[182] | taken | {"Jumlah Dipotong": "36100"}
    yield rows[183] | taken | {"Jumlah Dipotong": "20.000"}
    yield rows[184] | {"Status Potong": "PENDING"}
    yield rows[185] | {"Status Potong": "00"}
    yield rows[186] | {"Status Potong": "gagal"}
    yield rows[187] | taken | {"Tanggal Potong": "31-12-2099"}
    yield rows[188] | taken | {"Tanggal Potong": "01-01-2020"}
    yield rows[189] | taken | {"Tanggal Potong": "kemarin"}
    yield rows[190] | taken | {"NIK": rows[191]["NIK"]}
    yield rows[192] | taken
    yield rows[192] | {"Status Potong": "gagal", "Alasan": "saldo_kurang"}
    yield rows[193] | taken
    yield rows[193] | taken
    yield rows[194] | taken | {"payung_referensi": f"{rows[194]['payung_referensi'][:-1]}?"}
    yield rows[195] | taken | {"payung_referensi": reference(_UNKNOWN_BATCH, 2)}
    masked = f"{rows[196]['NIK'][:4]}********{rows[196]['NIK'][-4:]}"
    yield rows[196] | taken | {"payung_referensi": "", "NIK": masked}
    yield from rows[197:]


def _second(rows: Sequence[Row]) -> Iterator[Row]:
    """Iterate over the rows of a later confirmation: it repeats, contradicts and completes."""
    for row in rows[176:182]:
        yield row | {"Status Potong": "dipotong"}
    yield rows[0] | {"Status Potong": "dipotong", "No Bukti": "JRN000000"}
    yield rows[1] | {"Status Potong": "gagal", "Alasan": "saldo_kurang"}
    yield rows[2] | {"Status Potong": "dikembalikan", "Alasan": "kur_batal"}
    yield rows[160] | {"Status Potong": "dipotong"}


def _write(path: Path, rows: Iterator[Row]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, FORM)
        writer.writeheader()
        writer.writerows(rows)
