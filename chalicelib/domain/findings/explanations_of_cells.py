"""The words for a row of any kind of file: its shape, a NIK, a name."""

from collections.abc import Mapping

from .code import Code, Severity
from .explanation import Explanation


def _error(message: str, cause: str, cure: str) -> Explanation:
    return Explanation(Severity.ERROR, message, cause, cure)


OF_CELLS: Mapping[str, Explanation] = {
    Code.ROW_SHAPE: _error(
        "Kolom-kolom baris ini tidak dapat dipisahkan dengan pasti[: ada {found} kolom, padahal"
        " judul kolom hanya {expected}. Periksa tanda pemisah di dalam alamat atau nama, lalu"
        " unggah kembali baris ini][: isinya bergeser, sehingga nilai bantuan ada di {amount}."
        " Periksa tanda pemisah di dalam alamat, nama, atau nilai, lalu unggah kembali baris ini]"
        "[: baris ini memakai tanda pemisah {separator} daripada judul kolomnya. Samakan tanda"
        " pemisahnya, lalu unggah kembali baris ini]"
        "[: ada tanda kutip yang salah tempat, atau sel yang lebih dari"
        " {longest} karakter. Hapus tanda kutip itu atau pendekkan isi selnya, lalu unggah kembali"
        " baris ini].",
        "Isi sebuah kolom mengandung tanda pemisah (koma, titik koma, atau garis tegak) tanpa"
        " tanda kutip, sehingga kolom sesudahnya bergeser; atau ada tanda kutip tanpa pasangan,"
        " atau sel yang terlalu panjang karena menelan isi sel dan baris lain. Atau baris itu"
        " memakai tanda pemisah lain daripada judul kolomnya, misalnya karena dua berkas"
        " digabungkan.",
        "Beri tanda kutip ganda pada isi kolom tersebut, atau hapus tanda pemisahnya. Hapus tanda"
        " kutip yang tidak berpasangan, dan pendekkan sel yang terlalu panjang.",
    ),
    Code.NIK_MISSING: _error(
        "NIK kosong. Isi 16 angka NIK sesuai KTP, lalu unggah kembali baris ini.",
        "Kolom NIK tidak diisi.",
        "Salin NIK dari KTP atau Kartu Keluarga penerima.",
    ),
    Code.NIK_LENGTH: _error(
        "NIK terdiri atas {digits} angka, seharusnya 16. Cocokkan dengan KTP penerima dan"
        " perbaiki.",
        "Ada angka yang kurang atau berlebih, sering karena salah ketik atau angka 0 hilang.",
        "Salin ulang NIK dari KTP. Jangan menambah atau membuang angka dengan menebak.",
    ),
    Code.NIK_NOT_DIGITS: _error(
        "NIK mengandung huruf atau tanda yang bukan angka[: sel ini menunjukkan galat {error}]"
        "[: sel ini berisi rumus ({formula}) yang hasilnya tidak tersimpan; buka di Excel agar"
        " rumusnya dihitung, lalu simpan]. Isi dengan 16 angka saja, sesuai KTP.",
        "Ada huruf (misalnya O untuk 0, l untuk 1) atau tanda lain di dalam NIK, atau rumus yang"
        " galat (#N/A) atau tidak tersimpan hasilnya.",
        "Ketik ulang NIK dari KTP dengan angka 0–9.",
    ),
    Code.NIK_PLACEHOLDER: _error(
        "NIK hanya diisi tanda pengganti (misalnya 0, -, atau angka yang sama semua)."
        " Isi NIK yang sebenarnya sesuai KTP.",
        "NIK belum diketahui ketika data dimasukkan, lalu diisi sembarang.",
        "Minta NIK dari penerima, lalu unggah kembali baris ini.",
    ),
    Code.NIK_EXCEL_ROUNDED: _error(
        "NIK rusak karena disimpan Excel sebagai bilangan (angka terakhir hilang)."
        " Ubah format kolom NIK menjadi Teks, ketik ulang NIK dari KTP, lalu unggah kembali[. NIK"
        " sebelum rusak masih ada di kolom {guarded}: salin angkanya dari sana. Bila NIK ini memang"
        " sesuai KTP, kosongkan {guarded} di baris ini].",
        "Excel hanya menyimpan 15 angka. NIK yang diketik sebagai bilangan menjadi bentuk"
        " 7,17101E+15, atau angka terakhirnya menjadi 0. Angka yang hilang tidak dapat dipulihkan.",
        "Ambil kembali NIK dari sistem asal atau KTP. Sebelum mengisi, pilih kolom NIK lalu"
        " Format Cells > Text (Format Sel > Teks).",
    ),
    Code.NIK_IMPOSSIBLE_DATE: _error(
        "NIK memuat tanggal lahir yang tidak mungkin (angka ke-7 sampai ke-12)."
        " Cocokkan dengan KTP penerima dan perbaiki.",
        "Angka ke-7 sampai ke-12 NIK adalah tanggal lahir (perempuan: tanggal + 40). Tanggal"
        " tersebut tidak ada di kalender, jadi NIK salah ketik.",
        "Salin ulang NIK dari KTP.",
    ),
    Code.NIK_SERIAL_ZERO: _error(
        "NIK berakhiran 0000, padahal nomor urut NIK dimulai dari 0001."
        " Cocokkan dengan KTP penerima dan perbaiki.",
        "Empat angka terakhir NIK dibulatkan oleh program lembar kerja atau salah ketik.",
        "Ketik ulang NIK dari KTP pada kolom berformat Teks.",
    ),
    Code.REFERENCE_NIK_DIFFERS: _error(
        "NIK di baris ini berbeda dengan NIK yang sudah didaftarkan[ dengan referensi {reference}],"
        " jadi tidak ada yang didaftarkan dari baris ini. JANGAN potong iuran lagi. Bila NIK yang"
        " terdaftar salah, sampaikan perbaikannya kepada Dinas Koperasi dengan menyebut referensi"
        " itu.",
        "Baris dari berkas hasil mempunyai payung_referensi, artinya orangnya sudah terdaftar,"
        " tetapi NIK-nya diubah atau kolom NIK diurutkan tanpa kolom lainnya. Mendaftarkan NIK yang"
        " lain berarti mendaftarkan dan memotong satu orang dua kali.",
        "Kembalikan NIK seperti di kolom payung_nik. Perbaikan NIK orang yang sudah terdaftar"
        " hanya melalui Dinas Koperasi. Untuk orang lain, tambahkan baris baru tanpa referensi.",
    ),
    Code.NIK_MAY_BE_ROUNDED: Explanation(
        Severity.WARNING,
        "NIK berakhir dengan angka 0, mungkin karena dibulatkan Excel; ini tidak menghalangi"
        " pendaftaran. Cocokkan NIK dengan KTP SEBELUM memotong iuran.",
        "Excel hanya menyimpan 15 angka, dan angka ke-16 NIK menjadi 0. Semua NIK di berkas ini"
        " berakhir dengan 0, tetapi jumlahnya terlalu sedikit untuk memastikan bahwa semuanya"
        " dibulatkan.",
        "Cocokkan dengan KTP. Bila NIK salah, jangan potong iuran dan hubungi Dinas Koperasi.",
    ),
    Code.NAME_MISSING: _error(
        "Nama kosong. Isi nama lengkap sesuai KTP, lalu unggah kembali baris ini.",
        "Kolom nama tidak diisi.",
        "Salin nama dari KTP penerima.",
    ),
    Code.NAME_INVALID: _error(
        "Nama tidak dapat dipakai[: sel ini menunjukkan galat {error}][: sel ini berisi rumus"
        " ({formula}) yang hasilnya tidak tersimpan; buka di Excel agar rumusnya dihitung, lalu"
        " simpan]. Isi nama lengkap sesuai KTP dengan huruf, paling banyak 100 karakter.",
        "Kolom nama berisi angka, tanda, rumus yang galat (#N/A), atau isi kolom lain yang"
        " bergeser.",
        "Periksa apakah kolom bergeser, lalu salin nama dari KTP penerima.",
    ),
    Code.NAME_PLACEHOLDER: _error(
        "Nama hanya diisi kata pengganti (misalnya nama, xxx, test, atau tidak ada), jadi orangnya"
        " tidak diketahui. JANGAN potong iuran. Isi nama lengkap sesuai KTP, lalu unggah kembali"
        " baris ini.",
        "Nama belum diketahui ketika data dimasukkan, lalu diisi sembarang; atau baris ini hanya"
        " percobaan atau contoh.",
        "Salin nama dari KTP penerima. Bila nama di KTP memang demikian, hubungi Dinas Koperasi.",
    ),
    Code.NAME_OF_FIRM: _error(
        "Nama di baris ini adalah nama usaha atau kelompok, bukan nama orang, jadi tidak dapat"
        " didaftarkan. JANGAN potong iuran. Isi nama orang yang menerima bantuan, sesuai KTP dan"
        " NIK-nya, lalu unggah kembali baris ini.",
        "Kolom nama berisi CV, PT, UD, toko, koperasi, kelompok tani, dan sejenisnya. Perlindungan"
        " hanya untuk orang perseorangan, dan BPJS mencocokkan nama dengan NIK.",
        "Tulis nama pemilik atau anggota sesuai KTP, seorang setiap baris. Bila itu memang nama"
        " orang di KTP, hubungi Dinas Koperasi.",
    ),
    Code.NOT_PROCESSED: _error(
        "Baris ini belum diproses karena gangguan pada sistem, jadi tidak ada yang didaftarkan dari"
        " baris ini. JANGAN potong iuran. Unggah kembali baris ini apa adanya, misalnya dengan"
        " berkas ditolak.",
        "Pemrosesan berkas dihentikan sebelum sampai ke baris ini. Datanya tidak salah.",
        "Unggah kembali baris ini tanpa perubahan. Bila terulang, hubungi Dinas Koperasi.",
    ),
}
