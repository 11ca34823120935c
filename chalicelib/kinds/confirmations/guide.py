"""The section of the bank's guide about confirmations."""

from chalicelib.kinds.kind import GuideSection

from .columns import Column

GUIDE = GuideSection(
    title="Konfirmasi potongan (KONFIRMASI)",
    hints={
        Column.REFERENCE: "Salin dari konfirmasi.xlsx; dengan ini orangnya pasti ditemukan",
        Column.NIK: "16 angka lengkap sebagai teks; dipakai bila referensi kosong",
        Column.STATUS: "`dipotong`, `gagal`, `dikembalikan`, `ditunda`; kosong berarti belum",
        Column.TAKEN: "`Y` atau `T`, hanya di kolom yang judulnya menjelaskan artinya",
        Column.SNAP: "`00` berhasil, `04` dikembalikan, `06` gagal; kode lain belum pasti",
        Column.DETAIL: "Dibaca sebagai status bila kolom status kosong; bila ada, harus sesuai",
        Column.CODE: "Tidak dibaca sebagai status; tulis statusnya dengan kata",
        Column.AMOUNT: "Iuran saja, tanpa biaya; kosong berarti sebesar iuran",
        Column.TOTAL: "Dibandingkan dengan iuran hanya bila jumlah dipotong kosong",
        Column.FEE: "Biaya bukan iuran; jangan digabung ke jumlah dipotong",
        Column.CREDIT: "Uang masuk; bila terisi, baris ini tidak dicatat sebagai dipotong",
        Column.SIDE: "`D` berarti dipotong; `C` atau `K` berarti uang masuk",
        Column.DATE: "Hari-bulan-tahun, misalnya `29-11-2026`",
        Column.EVIDENCE: "Nomor jurnal atau bukti; nomor lain untuk orang yang sama berarti"
        " potongan kedua",
        Column.REMARK: "Dibaca sebagai alasan bila Alasan kosong; tidak boleh bertentangan dengan"
        " status",
        Column.REASON: "Wajib bila gagal: `saldo_kurang`, `rekening_tutup`, `rekening_pasif`,"
        " `rekening_blokir`, `rekening_salah`, `data_tidak_sesuai`, `dana_kembali`,"
        " `tidak_diambil`, `kur_batal`, `menolak`, `meninggal`, `lain`",
    },
)
