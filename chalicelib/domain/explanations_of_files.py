"""What is told of a file: why it was refused whole, or what was noticed in one that was taken."""

from collections.abc import Mapping

from .code import Code, Severity
from .explanation import Explanation


def _refused(message: str, cause: str, cure: str) -> Explanation:
    return Explanation(Severity.FILE, message, cause, cure)


OF_FILES: Mapping[Code, Explanation] = {
    Code.FILE_EMPTY: _refused(
        "Berkas tidak berisi baris penerima, jadi tidak ada yang didaftarkan. Periksa berkas, lalu"
        " unggah kembali.",
        "Berkas kosong, atau hanya berisi judul kolom.",
        "Simpan ulang berkas beserta baris-baris penerimanya.",
    ),
    Code.FILE_TOO_LARGE: _refused(
        "Berkas terlalu besar[ ({size}; paling besar {limit})], jadi tidak ada yang didaftarkan."
        " Bagi menjadi beberapa berkas, lalu unggah masing-masing.",
        "Ukuran berkas atau jumlah barisnya melebihi batas.",
        "Bagi berkas; setiap bagian harus memuat judul kolom.",
    ),
    Code.FILE_UNREADABLE: _refused(
        "Berkas tidak dapat dibaca sampai selesai[ (rusak di baris {line})], jadi tidak ada yang"
        " didaftarkan. Simpan ulang sebagai CSV atau XLSX, lalu unggah kembali.",
        "Berkas rusak, terpotong ketika dikirim, atau bukan CSV, TXT, atau XLSX.",
        "Buka berkas di program asalnya, simpan ulang sebagai CSV UTF-8 atau XLSX, lalu unggah"
        " kembali.",
    ),
    Code.FILE_ENCRYPTED: _refused(
        "Berkas terkunci dengan kata sandi, jadi tidak ada yang didaftarkan. Simpan ulang tanpa"
        " kata sandi, lalu unggah kembali.",
        "Berkas Excel atau ZIP disimpan dengan kata sandi.",
        "Hapus kata sandinya. Pengiriman dan penyimpanan berkas ini sudah terenkripsi.",
    ),
    Code.FILE_BOMB: _refused(
        "Isi berkas jauh lebih besar daripada ukurannya, jadi berkas ditolak demi keamanan dan"
        " tidak ada yang didaftarkan. Simpan ulang sebagai CSV, lalu unggah kembali.",
        "Isi berkas yang dimampatkan melebihi batas, sering karena jutaan sel kosong berformat.",
        "Salin hanya kolom dan baris penerima ke berkas baru, atau simpan sebagai CSV.",
    ),
    Code.ENCODING_UNKNOWN: _refused(
        "Pengodean huruf berkas tidak dikenal, jadi tidak ada yang didaftarkan. Simpan ulang"
        " sebagai CSV UTF-8, lalu unggah kembali.",
        "Berkas teks disimpan dengan pengodean yang tidak didukung, atau bukan teks.",
        "Di Excel: Save As > CSV UTF-8 (Simpan Sebagai > CSV UTF-8).",
    ),
    Code.HEADER_MISSING: _refused(
        "Kolom {wanted} tidak ditemukan[ (yang paling mirip: {nearest})], jadi tidak ada yang"
        " didaftarkan. Tambahkan atau perbaiki judul kolom, lalu unggah kembali.",
        "Kolom wajib (NIK, nama, nilai bantuan) tidak ada, atau judulnya tidak dikenal.",
        "Pakai judul kolom seperti dalam contoh: NIK, Nama, Nilai Bantuan.",
    ),
    Code.HEADER_REPEATED: _refused(
        "Kolom {wanted} ada lebih dari satu kali, jadi tidak ada yang didaftarkan. Sisakan satu"
        " kolom saja, lalu unggah kembali.",
        "Dua judul kolom mempunyai arti yang sama, sehingga tidak jelas mana yang berlaku.",
        "Hapus atau ganti judul kolom yang tidak dipakai.",
    ),
    Code.BANK_UNKNOWN: _refused(
        "Bank[ {bank}] tidak dikenal, jadi tidak ada yang didaftarkan. Unggah ke folder bank"
        " Anda sendiri.",
        "Nama folder bank tidak terdaftar dalam perjanjian.",
        "Pakai folder incoming/<kode bank>/<skema>/, misalnya incoming/002/BPUM/.",
    ),
    Code.SCHEME_UNKNOWN: _refused(
        "Skema[ {scheme}] tidak dikenal, jadi tidak ada yang didaftarkan. Unggah ke folder BPUM,"
        " KUR, UMKM, atau KOPERASI.",
        "Nama folder skema salah.",
        "Pakai folder incoming/<kode bank>/<skema>/, misalnya incoming/002/BPUM/.",
    ),
    Code.PROGRAMME_CLOSED: _refused(
        "Tidak ada program[ {scheme}] yang menerima berkas[ pada {date}], jadi tidak ada yang"
        " didaftarkan. Hubungi Dinas Koperasi.",
        "Masa penyerahan berkas belum dibuka atau sudah ditutup untuk bank dan skema ini.",
        "Tanyakan masa penyerahan kepada Dinas Koperasi.",
    ),
    Code.CONTROL_TOTAL_MISMATCH: _refused(
        "Pemeriksaan angka kontrol gagal, jadi tidak ada yang didaftarkan[: jumlah yang tercantum"
        " ({stated}) berbeda dengan isi berkas ({counted}). Periksa apakah ada baris yang hilang"
        " atau berubah, lalu unggah kembali][: metadata {name} ({figure}) tidak terbaca sebagai"
        " angka. Tulis dengan angka saja, misalnya 200 atau 240000000, lalu unggah kembali].",
        "Baris TOTAL atau angka kontrol yang dikirim bersama berkas tidak sama dengan hitungan dari"
        " baris-barisnya: ada baris yang terhapus atau berubah, atau berkas terpotong. Atau angka"
        " kontrol yang dikirim bersama berkas kosong atau tidak terbaca.",
        "Lengkapi barisnya, atau hitung ulang jumlahnya; tulis angka kontrol dengan angka saja.",
    ),
    Code.FILE_REPEATED: _refused(
        "Isi berkas ini sama dengan berkas[ {file}] yang sudah diterima[ pada {date}][ (nomor"
        " {batch})], jadi tidak diproses lagi. JANGAN potong iuran dua kali.",
        "Berkas yang sama diunggah lagi, mungkin dengan nama lain.",
        "Pakai hasil berkas yang pertama. Untuk perbaikan, unggah hanya baris dari ditolak.csv.",
    ),
    Code.FILE_NIKS_ROUNDED: _refused(
        "NIK di berkas ini rusak: {zeros} dari {niks} NIK berakhir dengan angka 0, tanda bahwa"
        " Excel membulatkannya, jadi tidak ada yang didaftarkan. Ambil kembali NIK dari sistem asal"
        " ke kolom berformat Teks, lalu unggah kembali.",
        "Kolom NIK disimpan Excel sebagai bilangan: angka ke-16 setiap NIK menjadi 0, sehingga"
        " menjadi NIK orang lain. Mengubah format sel sesudahnya tidak memulihkannya.",
        "Ambil kembali daftar dari sistem asal, dan pilih format Teks untuk kolom NIK sebelum"
        " mengisi atau menempel.",
    ),
    Code.TOTAL_UNREADABLE: Explanation(
        Severity.FILE_WARNING,
        "Jumlah di baris TOTAL[ (baris {line})] tidak terbaca sebagai rupiah, jadi tidak dapat"
        " dibandingkan dengan isi berkas; berkas tetap diproses. Mohon periksa sendiri apakah"
        " jumlahnya cocok[: nilai yang terbaca di berkas ini berjumlah Rp{counted}].",
        "Kolom nilai bantuan di baris TOTAL atau JUMLAH berisi nol, huruf, bentuk seperti 1,8E+11,"
        " atau pesan kesalahan rumus, sehingga baris yang hilang tidak akan ketahuan dari situ.",
        "Cocokkan jumlahnya. Lain kali tulis dengan angka saja, misalnya 240000000 atau"
        " 240.000.000.",
    ),
    Code.SHEETS_IGNORED: Explanation(
        Severity.FILE_WARNING,
        "Hanya lembar[ {sheet}] yang dibaca; lembar lain diabaikan[: {ignored}]. Bila ada penerima"
        " di lembar lain, unggah lembar itu sebagai berkas tersendiri.",
        "Buku kerja mempunyai lebih dari satu lembar.",
        "Taruh semua penerima di satu lembar, atau unggah setiap lembar sebagai berkas.",
    ),
    Code.SMS_BUDGET_LOW: Explanation(
        Severity.FILE_WARNING,
        "Semua penerima di berkas ini tetap diproses dan dilindungi, tetapi anggaran SMS bulan ini"
        " terbatas[: setelah berkas ini, sekitar {share} persen sudah terpakai][: SMS untuk sekitar"
        " {people} penerima menunggu sampai bulan depan, atau sampai anggarannya ditambah].",
        "Perkiraan biaya SMS untuk berkas ini, ditambah SMS yang sudah terkirim bulan ini dan yang"
        " masih menunggu, mencapai 80 persen anggaran sebulan atau lebih.",
        "Bank tidak perlu berbuat apa-apa, dan berkas tidak perlu diunggah lagi: SMS yang menunggu"
        " dikirim kemudian. Anggarannya diatur oleh Dinas Koperasi.",
    ),
}
