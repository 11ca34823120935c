"""The texts about rows of confirmations, and those of common codes in the words of deductions."""

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.domain.findings.code import Code, Severity
from chalicelib.domain.findings.explanation import Explanation
from chalicelib.domain.findings.explanations_of_cells import OF_CELLS
from chalicelib.domain.findings.explanations_of_files import OF_FILES

from .codes import ConfirmCode


def _error(message: str, cause: str, cure: str) -> Explanation:
    return Explanation(Severity.ERROR, message, cause, cure)


EXPLANATIONS: Mapping[str, Explanation] = {
    ConfirmCode.REFERENCE_UNKNOWN: _error(
        "Referensi ini bukan milik penerima bank Anda yang diterima. Baris ini tidak mengubah apa"
        " pun. Salin referensi dari konfirmasi.xlsx, lalu unggah kembali baris ini.",
        "Referensi tidak ada di berkas bank Anda, atau pendaftarannya sudah tidak ada.",
        "Pakai kolom payung_referensi dari konfirmasi.xlsx tanpa mengubahnya.",
    ),
    ConfirmCode.REFERENCE_MISTYPED: _error(
        "Referensi ini salah ketik atau terpotong. Baris ini tidak mengubah apa pun. Salin"
        " referensi dari konfirmasi.xlsx, lalu unggah kembali baris ini.",
        "Huruf periksa di akhir referensi tidak cocok dengan bagian lainnya.",
        "Salin kolom payung_referensi dari konfirmasi.xlsx; jangan diketik ulang.",
    ),
    ConfirmCode.PERSON_UNKNOWN: _error(
        "Penerima baris ini tidak ditemukan di antara penerima bank Anda[: {why}]. Baris ini tidak"
        " mengubah apa pun. Isi payung_referensi dari konfirmasi.xlsx, atau NIK lengkap 16 angka"
        " sebagai teks, lalu unggah kembali baris ini.",
        "NIK disamarkan, dibulatkan oleh Excel, tidak lengkap, atau bukan NIK penerima bank Anda;"
        " atau data orangnya sudah dihapus atas permintaannya."
        " Nama dan nomor rekening tidak dipakai untuk mencari orang.",
        "Pakai payung_referensi. Tanpa referensi, tulis NIK lengkap sebagai teks.",
    ),
    ConfirmCode.PERSON_ERASED: _error(
        "Data orang ini sudah dihapus atas permintaannya, jadi baris ini tidak mengubah apa pun."
        " Iurannya tetap tercatat seperti ketika datanya dihapus. JANGAN potong iurannya.",
        "Orang ini meminta datanya dihapus. Referensinya masih dikenal, tetapi orangnya tidak.",
        "Tidak perlu mengunggah kembali baris ini. Bila iurannya terlanjur dipotong, nyatakan"
        " dipotong: uangnya dicatat sebagai uang yang harus dikembalikan.",
    ),
    ConfirmCode.PERSON_AMBIGUOUS: _error(
        "NIK ini terdaftar pada lebih dari satu program melalui bank Anda. Baris ini tidak mengubah"
        " apa pun. Isi payung_referensi dari konfirmasi.xlsx, lalu unggah kembali baris ini.",
        "NIK saja tidak menunjukkan iuran program mana yang dimaksud.",
        "Isi payung_referensi.",
    ),
    ConfirmCode.STATUS_UNKNOWN: _error(
        'Status "{shown}" tidak dapat dipastikan artinya. Iuran orang ini tetap seperti semula.'
        " Tulis dipotong, gagal, dikembalikan, atau ditunda, lalu unggah kembali baris ini.",
        "Kata, singkatan, atau kode itu tidak ada dalam daftar kata, bertentangan dengan"
        " keterangannya, atau belum final (misalnya PENDING). Sistem tidak menebak.",
        "Tulis salah satu dari: dipotong, gagal, dikembalikan, ditunda. Kosong berarti belum.",
    ),
    ConfirmCode.REASON_MISSING: _error(
        "Status gagal tanpa alasan. Iuran orang ini tetap seperti semula. Isi kolom Alasan,"
        " misalnya rekening_tutup atau saldo_kurang, lalu unggah kembali baris ini.",
        "Alasan menentukan apa yang dapat dilakukan untuk orang ini.",
        "Isi salah satu alasan: rekening_tutup, rekening_pasif, rekening_blokir, rekening_salah,"
        " saldo_kurang, data_tidak_sesuai, dana_kembali, tidak_diambil, kur_batal, menolak,"
        " meninggal, lain.",
    ),
    ConfirmCode.AMOUNT_DIFFERS: _error(
        "Jumlah dipotong [Rp{stated} ]tidak sama dengan iuran[ Rp{premium}]. Potongan ini belum"
        " dicatat. Bila yang dipotong benar sebesar iuran, perbaiki jumlahnya; bila tidak, perbaiki"
        " potongannya, lalu unggah kembali baris ini.",
        "Jumlah memuat biaya, hanya sebagian, nol, atau tidak terbaca. Hanya sel yang kosong"
        " berarti sebesar iuran.",
        "Isi jumlah iuran saja, tanpa biaya, atau kosongkan bila sama dengan iuran.",
    ),
    ConfirmCode.DATE_FUTURE: _error(
        "Tanggal potong {date} belum tiba. Potongan ini belum dicatat. Perbaiki tanggalnya, lalu"
        " unggah kembali baris ini.",
        "Tanggal salah ketik, atau potongan baru direncanakan.",
        "Isi tanggal saat iuran benar-benar dipotong.",
    ),
    ConfirmCode.DATE_BEFORE_FILE: _error(
        "Tanggal potong {date} lebih awal daripada berkas penerima ({received}). Potongan ini belum"
        " dicatat. Perbaiki tanggalnya, lalu unggah kembali baris ini.",
        "Iuran belum diketahui sebelum berkas penerima diperiksa.",
        "Periksa tanggal, atau apakah potongan ini milik program lain.",
    ),
    ConfirmCode.CONFIRM_CHANGES_FINAL: _error(
        "Orang ini sudah tercatat {known}, sehingga status ini tidak dapat dicatat. Baris ini tidak"
        " mengubah apa pun. Bila catatan sebelumnya salah, hubungi Dinas Koperasi.",
        "Iuran yang sudah dipotong hanya dapat dikembalikan; yang sudah selesai tetap.",
        "Gunakan status dikembalikan. Bila konfirmasi sebelumnya salah, hubungi Dinas Koperasi.",
    ),
    ConfirmCode.DEDUCTED_NOT_DUE: _error(
        "Dipotong Rp{stated} padahal tidak semestinya dipotong ({why}). Uang ini HARUS dikembalikan"
        " kepada penerima.",
        "Barisnya duplikat, konflik, ditolak, atau sudah dibatalkan; atau iuran orang ini dipotong"
        " dua kali (nomor bukti berbeda).",
        "Kembalikan uangnya kepada penerima dan simpan buktinya.",
    ),
    ConfirmCode.CONFIRM_TWICE_IN_FILE: Explanation(
        Severity.DISPOSITION,
        "Orang ini ada juga di baris {line}[ dengan isi lain, jadi kedua baris tidak"
        " dicatat{neither}]. Sisakan satu baris yang benar[, lalu unggah kembali{neither}].",
        "Satu orang mempunyai dua baris. Bila isinya sama, baris pertama dicatat; bila berbeda,"
        " tidak satu pun.",
        "Sisakan satu baris untuk satu orang.",
    ),
    ConfirmCode.CONFIRM_SAME: Explanation(
        Severity.DISPOSITION,
        "Sudah tercatat {known} sebelumnya; baris ini tidak mengubah apa pun.",
        "Berkas konfirmasi sebelumnya sudah menyatakan hal yang sama.",
        "Tidak perlu melakukan apa pun.",
    ),
    ConfirmCode.DATE_UNREADABLE: Explanation(
        Severity.WARNING,
        "Tanggal potong tidak terbaca; status dicatat tanpa tanggal. Tulis hari-bulan-tahun,"
        " misalnya 29-11-2026.",
        "Tanggal tidak ada di kalender atau ditulis dengan cara yang tidak dikenal.",
        "Tulis tanggal sebagai hari-bulan-tahun dengan tahun empat angka.",
    ),
    ConfirmCode.CONFIRM_REVERSED: Explanation(
        Severity.WARNING,
        "Catatan dari baris ini sudah dibatalkan oleh dua petugas[ pada {date}]. Iuran orang ini"
        " kembali seperti sebelum berkas ini. Unggah konfirmasi yang benar.",
        "Berkas konfirmasi ini dinyatakan salah: seorang petugas mengusulkan pembatalannya, dan"
        " petugas lain menyetujuinya.",
        "Unggah konfirmasi yang benar. Berkas yang sama pun boleh diunggah lagi.",
    ),
    ConfirmCode.CONFIRM_NOT_REVERSED: Explanation(
        Severity.WARNING,
        "Berkas ini dibatalkan, tetapi catatan dari baris ini tetap berlaku: {why}. Bila catatan"
        " ini salah, hubungi Dinas Koperasi.",
        "Sesudah berkas ini, catatan orang itu berubah lagi, atau sudah tidak ada.",
        "Periksa orang itu. Bila catatannya salah, hubungi Dinas Koperasi.",
    ),
}

_PHRASES = (
    ("tidak ada yang didaftarkan", "tidak ada potongan yang dicatat"),
    ("baris-baris penerimanya", "baris-baris potongannya"),
    ("baris penerima", "baris potongan"),
    ("daftar penerima", "daftar potongan"),
    ("NIK, nama, dan nilai bantuan", "NIK (atau payung_referensi) dan Status Potong"),
    ("nilai bantuan", "jumlah dipotong"),
    ("Bila ada penerima di lembar lain", "Bila ada potongan di lembar lain"),
    ("Taruh semua penerima di lembar", "Taruh semua baris di lembar"),
    ("isinya sering bukan penerima", "isinya sering bukan daftar"),
)
"""Words about recipients, and what a confirmation says in their place."""

_OWN: Mapping[str, Explanation] = {
    Code.REFERENCE_NIK_DIFFERS: Explanation(
        Severity.ERROR,
        "NIK di baris ini bukan NIK dari referensi {reference}, jadi tidak ada potongan yang"
        " dicatat dari baris ini. Cocokkan NIK dan referensinya dengan konfirmasi.xlsx, lalu"
        " unggah kembali baris ini.",
        "Salah satu kolom diurutkan atau disalin tanpa kolom lainnya, sehingga NIK dan"
        " payung_referensi dalam satu baris milik dua orang.",
        "Isi kembali konfirmasi.xlsx dengan NIK dan payung_referensi dari baris yang sama.",
    ),
    Code.NOT_PROCESSED: Explanation(
        Severity.ERROR,
        "Baris ini belum diproses karena gangguan pada sistem, jadi tidak ada potongan yang"
        " dicatat dari baris ini. Unggah kembali baris ini apa adanya, misalnya dengan berkas"
        " ditolak.",
        "Pemrosesan berkas dihentikan sebelum sampai ke baris ini. Datanya tidak salah.",
        "Unggah kembali baris ini tanpa perubahan. Bila terulang, hubungi Dinas Koperasi.",
    ),
    Code.HEADER_MISSING: replace(
        OF_FILES[Code.HEADER_MISSING],
        cause="Kolom wajib (NIK atau payung_referensi, dan Status Potong) tidak ada, judulnya"
        " tidak dikenal, atau judulnya terlalu jauh di bawah. Status pencairan bantuan, status"
        " rekening, dan status kuasa debet bukan status potongan.",
        cure="Pakai judul kolom konfirmasi.xlsx: payung_referensi, NIK, Status Potong.",
    ),
    Code.FILE_REPEATED: replace(
        OF_FILES[Code.FILE_REPEATED],
        message="Isi konfirmasi ini sama dengan berkas[ {file}] yang sudah diterima[ pada {date}]"
        "[ (nomor {batch})], jadi tidak diproses lagi: tidak ada potongan yang dicatat dua"
        " kali.",
        cure="Pakai hasil berkas yang pertama. Untuk perbaikan, unggah hanya baris yang berubah.",
    ),
    Code.FILE_GIVEN_UP: replace(
        OF_FILES[Code.FILE_GIVEN_UP],
        message="Pemrosesan konfirmasi ini dihentikan karena gangguan pada sistem. Potongan dari"
        " baris yang diterima sudah dicatat[. {rows} baris belum diproses: unggah kembali"
        " baris-baris itu apa adanya, dari berkas ditolak (kode not_processed)].",
        cure="Unggah kembali berkas ditolak. Potongan yang sudah dicatat tidak perlu dinyatakan"
        " lagi.",
    ),
    Code.FILE_ROWS_LOST: replace(
        OF_FILES[Code.FILE_ROWS_LOST],
        message="Sebagian baris konfirmasi ini[ ({rows} baris)] tidak terbaca lagi, jadi tidak ada"
        " dalam hasil. Unggah kembali baris-baris itu (atau seluruh berkas): potongan yang sudah"
        " dicatat tidak dicatat dua kali.",
        cure="Unggah kembali berkas yang sama. Yang sudah dicatat menjadi duplikat.",
    ),
}


def _reworded(text: str) -> str:
    for words, others in _PHRASES:
        text = text.replace(words, others)
    return text


def _in_words_of_deductions(explanation: Explanation) -> Explanation:
    return replace(
        explanation,
        message=_reworded(explanation.message),
        cause=_reworded(explanation.cause),
        cure=_reworded(explanation.cure),
    )


COMMON_TEXTS: Mapping[str, Explanation] = {
    code: _in_words_of_deductions(_OWN.get(code, explanation))
    for code, explanation in (*OF_CELLS.items(), *OF_FILES.items())
}
