"""Makes files of any size quickly, in the form that banks send.

All people in them are made up, and all rows are without errors.
"""

from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

HEADER = (
    "No", "NIK", "No. KK", "Nama", "Tanggal Lahir", "Jenis Kelamin", "Alamat", "Kode Kab/Kota",
    "Bidang Usaha", "No HP", "No Rekening", "Nilai Bantuan",
)  # fmt: skip
KEY = "incoming/002/BPUM/penerima.csv"
_REGENCIES = ("7101", "7102", "7103", "7104", "7105", "7106", "7171", "7172", "7173", "7174")
_FIRST = ("Maria", "Siti", "Johanis", "Ferry", "Deisy", "Ruland", "Meyske", "Ahmad", "Olivia", "Ni")
_LAST = ("Contoh", "Rumimpunu", "Wowor", "Lumentut", "Sumarauw", "Mokoginta", "Tumbel", "Pangkey")
_TRADES = ("Warung sembako", "Nelayan", "Tani jagung", "Menjahit", "Jual ikan", "Kue basah")


def rows(many: int) -> Iterator[tuple[str, ...]]:
    """Iterate over made-up rows. Each NIK occurs once."""
    for number in range(many):
        regency = _REGENCIES[number % 10]
        year, month, day = 64 + number // 10 % 36, number // 360 % 12 + 1, number // 4320 % 28 + 1
        serial = number // 120_960 + 1
        woman = number % 2
        nik = f"{regency}01{day + 40 * woman:02d}{month:02d}{year:02d}{serial:04d}"
        yield (
            str(number + 1),
            nik,
            f"{regency}01{day:02d}{month:02d}{year:02d}9{serial:03d}",
            f"{_FIRST[number % 10]} {_LAST[number // 10 % 8]}",
            f"{day:02d}/{month:02d}/19{year:02d}",
            "P" if woman else "L",
            f"Jl. Contoh No. {number % 300}, Lingkungan {number % 9 + 1}",
            regency,
            _TRADES[number % 6],
            f"0812{number:08d}",
            f"0021{number:011d}",
            "1200000",
        )


def csv_file(path: Path, many: int) -> Path:
    """Write made-up rows as CSV; return the path."""
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(HEADER) + "\n")
        for row in rows(many):
            file.write(",".join([*row[:6], f'"{row[6]}"', *row[7:]]) + "\n")
    return path


def workbook(path: Path, many: int) -> Path:
    """Write made-up rows as a workbook; return the path."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        page = book.add_worksheet()
        for line, row in enumerate((HEADER, *rows(many))):
            for index, cell in enumerate(row):
                if line and index in {0, 11}:
                    page.write_number(line, index, int(cell))
                else:
                    page.write_string(line, index, cell)
    return path
