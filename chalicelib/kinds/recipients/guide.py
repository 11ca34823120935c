"""The section of the bank's guide about files of recipients."""

from chalicelib.kinds.kind import GuideSection

from .columns import Column

GUIDE = GuideSection(
    title="Penerima bantuan",
    hints={
        Column.NIK: "16 angka sesuai KTP, sebagai teks",
        Column.NAME: "Nama lengkap sesuai KTP",
        Column.AMOUNT: "Rupiah penuh sebelum dipotong: `1200000` atau `1.200.000`",
        Column.PHONE: "Satu nomor seluler, misalnya `081234567890`; tanpa nomor tidak ada SMS",
        Column.BIRTH_DATE: "Hari-bulan-tahun, misalnya `17-08-1980`; bila kosong, diambil dari NIK",
        Column.SEX: "`L` atau `P` (atau `1`, `2`); `9` badan usaha, yang tidak dapat didaftarkan",
        Column.REGENCY: "Empat angka menurut Kemendagri, misalnya `7171`; kode BPS bila diatur",
        Column.REGENCY_NAME: "Nama, misalnya `Kota Manado`; bila berbeda dengan kode, nama berlaku",
        Column.REMARK: "Bila berisi `meninggal`, bank diminta memeriksa lebih dahulu",
        Column.INCOME: "Rupiah sebulan; bila kosong, dipakai penghasilan dasar program",
    },
)
