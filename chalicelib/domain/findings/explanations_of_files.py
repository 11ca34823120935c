"""The texts about files: why a whole file was refused, and the warnings about accepted files."""

from collections.abc import Mapping

from .code import Code, Severity
from .explanation import Explanation


def _refused(message: str, cause: str, cure: str) -> Explanation:
    return Explanation(Severity.FILE, message, cause, cure)


OF_FILES: Mapping[str, Explanation] = {
    Code.FILE_EMPTY: _refused(
        "Berkas tidak berisi baris penerima[: di dalam {archive} ini tidak ada satu daftar pun],"
        " jadi tidak ada yang didaftarkan. Periksa berkas, lalu unggah kembali.",
        "Berkas atau ZIP kosong, atau hanya berisi judul kolom.",
        "Simpan ulang berkas beserta baris-baris penerimanya.",
    ),
    Code.FILE_TOO_LARGE: _refused(
        "Berkas terlalu besar[ ({size}; paling besar {limit})], jadi tidak ada yang didaftarkan[."
        " Bagi menjadi beberapa {parts}, lalu unggah masing-masing][. Hapus kolom di sebelah kanan"
        " kolom {column} (isi yang tersembunyi juga), lalu unggah kembali].",
        "Ukuran berkas, jumlah baris, atau jumlah kolomnya melebihi batas.",
        "Bagi berkas; setiap bagian harus memuat judul kolom. Bila kolomnya terlalu banyak, hapus"
        " yang tidak diperlukan, misalnya daftar pilihan jauh di sebelah kanan.",
    ),
    Code.FILE_UNREADABLE: _refused(
        "Berkas rusak atau terpotong[ di baris {line}][: ada karakter kosong (NUL) di baris {nul},"
        " yang tidak terlihat di Excel dan Notepad], jadi tidak dapat dibaca sampai selesai dan"
        " tidak ada yang didaftarkan. Kirim ulang dari program asalnya, atau ekspor sebagai CSV;"
        " bila dibuka di Excel, kolom NIK harus berformat Teks.",
        "Berkas rusak atau terpotong ketika disimpan atau dikirim, atau program asalnya mengisi"
        " kolom dengan karakter kosong (NUL).",
        "Ekspor kembali dari program asalnya, lalu unggah. Jangan memperbaikinya dengan membuka CSV"
        " langsung di Excel: angka terakhir NIK akan hilang.",
    ),
    Code.FILE_ENCRYPTED: _refused(
        "Berkas terkunci: isinya dienkripsi, dengan kata sandi atau karena bukunya dilindungi"
        " (Protect Workbook), jadi tidak ada yang didaftarkan. Hapus kata sandi atau perlindungan"
        " buku, simpan kembali sebagai XLSX, lalu unggah.",
        "Berkas Excel atau ZIP disimpan dengan kata sandi. Excel juga mengenkripsi berkas .xls yang"
        " susunan bukunya dilindungi, walaupun berkas itu dapat dibuka tanpa kata sandi.",
        "Di Excel: File > Info > Protect Workbook > Encrypt with Password, kosongkan; dan Review >"
        " Protect Workbook, matikan. Pengiriman dan penyimpanan berkas ini sudah terenkripsi.",
    ),
    Code.FILE_BOMB: _refused(
        "Isi berkas jauh lebih besar daripada ukurannya, jadi berkas ditolak demi keamanan dan"
        " tidak ada yang didaftarkan. Sering ada sel yang terisi jauh di bawah atau di kanan daftar"
        " (misalnya spasi). Salin kolom dan baris penerima saja ke lembar baru yang kolom NIK-nya"
        " berformat Teks, lalu unggah kembali.",
        "Isi berkas yang dikompres melebihi batas, sering karena jutaan sel kosong berformat atau"
        " satu sel terisi jauh dari daftarnya.",
        "Salin hanya kolom dan baris penerima ke berkas baru; kolom NIK berformat Teks sebelum"
        " menempel.",
    ),
    Code.FILE_TOO_HARD: _refused(
        "Pembacaan berkas ini sudah[ {times} kali] terhenti sebelum selesai, jadi tidak dicoba lagi"
        " dan tidak ada yang didaftarkan. Bagi daftarnya menjadi beberapa berkas yang lebih kecil"
        " dan hapus kolom yang tidak diperlukan, lalu unggah masing-masing sebagai CSV dari program"
        " asalnya.",
        "Membaca berkas ini memerlukan waktu atau memori yang lebih banyak daripada yang tersedia,"
        " misalnya karena sel-selnya sangat panjang.",
        "Bagi daftarnya, hapus kolom yang tidak diperlukan, dan ekspor sebagai CSV. Bila tetap"
        " ditolak, hubungi Dinas Koperasi.",
    ),
    Code.FILE_SET_ASIDE: _refused(
        "Berkas ini tidak dapat dibaca karena gangguan pada sistem kami, jadi tidak ada yang"
        " didaftarkan. Unggah kembali berkas yang sama; bila ditolak lagi, hubungi Dinas Koperasi.",
        "Sistem kami berkali-kali gagal membaca berkas ini, lalu pengelola sistem menghentikannya.",
        "Unggah kembali berkas yang sama. Bila ditolak lagi, hubungi Dinas Koperasi.",
    ),
    Code.FILE_NOT_A_LIST: _refused(
        "Berkas ini adalah {what}, jadi tidak ada yang didaftarkan. {way}.",
        "Yang diunggah bukan daftar penerima sebagai CSV, TXT, XLSX, XLS, ODS, atau tabel HTML,"
        " apa pun akhiran namanya.",
        "Minta daftar aslinya (CSV atau XLSX) dari program yang membuatnya. Jangan mengetik ulang"
        " NIK: salin sebagai teks, ke kolom berformat Teks.",
    ),
    Code.ARCHIVE_SEVERAL: _refused(
        "ZIP ini memuat {count} berkas[: {names}], jadi tidak jelas mana daftar penerimanya dan"
        " tidak ada yang didaftarkan. Unggah setiap daftar sendiri-sendiri, tanpa surat atau"
        " lampiran lain.",
        "Satu ZIP hanya boleh memuat satu berkas daftar; ZIP ini memuat beberapa.",
        "Buka ZIP-nya, lalu unggah daftar di dalamnya satu per satu.",
    ),
    Code.SHEETS_SEVERAL: _refused(
        "Beberapa lembar atau tabel memuat daftar dengan judul kolom yang berbeda[: {names}], jadi"
        " tidak jelas mana yang berlaku dan tidak ada yang didaftarkan. Unggah setiap daftar"
        " sebagai berkas tersendiri, atau samakan judul kolomnya.",
        "Lebih dari satu lembar (atau tabel HTML) memiliki kolom NIK, nama, dan nilai bantuan,"
        " tetapi judul atau urutan kolomnya tidak sama. Lembar dengan judul kolom yang sama dibaca"
        " semuanya.",
        "Simpan setiap lembar sebagai berkas tersendiri, atau samakan judul kolomnya.",
    ),
    Code.SHEET_NOT_READ: _refused(
        "Daftar hanya ada di lembar[ tersembunyi {hidden}][ contoh atau petunjuk {example}], yang"
        " tidak dibaca, jadi tidak ada yang didaftarkan. Tampilkan lembar itu (klik kanan pada nama"
        " lembar > Unhide) atau ganti namanya, lalu unggah kembali.",
        "Lembar tersembunyi, dan lembar yang bernama contoh, petunjuk, panduan, atau referensi,"
        " tidak dibaca: isinya sering bukan penerima.",
        "Pindahkan daftar ke lembar yang terlihat dan bukan bernama contoh atau petunjuk.",
    ),
    Code.SEPARATOR_UNKNOWN: _refused(
        "Kolom-kolom berkas ini dipisahkan dengan {separator}, yang tidak dapat dibaca dengan"
        " pasti, jadi tidak ada yang didaftarkan. Ekspor kembali dari program asalnya dengan"
        " pemisah titik koma, koma, tab, atau garis tegak (|).",
        "Judul kolomnya ada, tetapi dipisahkan dengan tanda lain atau dengan spasi (lebar tetap).",
        "Pilih pemisah titik koma (;), koma, tab, atau garis tegak (|) ketika mengekspor.",
    ),
    Code.ENCODING_UNKNOWN: _refused(
        "Pengodean huruf berkas tidak dikenal, jadi tidak ada yang didaftarkan. Ekspor kembali dari"
        " program asalnya sebagai CSV UTF-8, lalu unggah tanpa membukanya di Excel.",
        "Berkas teks disimpan dengan pengodean yang tidak didukung, atau bukan teks.",
        "Di Notepad: Save As > Encoding: UTF-8. Excel membulatkan NIK bila membuka berkas teks.",
    ),
    Code.HEADER_MISSING: _refused(
        "Kolom {wanted} tidak ditemukan[ dalam {limit} baris pertama: judulnya ada di baris {line};"
        " hapus baris-baris di atasnya][ (yang paling mirip: {nearest})], jadi tidak ada yang"
        " didaftarkan. Tambahkan atau perbaiki judul kolom, lalu unggah kembali.",
        "Kolom wajib (NIK, nama, nilai bantuan) tidak ada, judulnya tidak dikenal, atau judulnya"
        " terlalu jauh di bawah.",
        "Pakai judul kolom seperti dalam contoh: NIK, Nama, Nilai Bantuan.",
    ),
    Code.HEADER_FOUND: _refused(
        "Judul kolom yang ditemukan: {titles}. Di antaranya ada yang wajib tetapi tidak dikenal,"
        " jadi tidak ada yang didaftarkan; bandingkan dengan daftar judul kolom di panduan bank.",
        "Menyertai kolom yang tidak ditemukan: inilah baris yang paling mirip judul kolom.",
        "Ganti judul kolom di berkas Anda dengan salah satu judul yang dikenal.",
    ),
    Code.HEADER_REPEATED: _refused(
        "Lebih dari satu kolom berarti {wanted}[: {titles}][, dan isinya berbeda di baris {line}],"
        " jadi tidak ada yang didaftarkan. Hapus kolom yang tidak berlaku (bila tidak terlihat,"
        " tampilkan dahulu kolom yang tersembunyi), lalu unggah kembali.",
        "Dua judul kolom mempunyai arti yang sama dan isinya tidak sama di setiap baris, sehingga"
        " tidak jelas mana yang berlaku.",
        "Hapus atau ganti judul kolom yang tidak dipakai.",
    ),
    Code.SECOND_TABLE: _refused(
        "Di baris {line} mulai daftar lain dengan urutan kolom yang berbeda, jadi tidak ada yang"
        " didaftarkan. Pisahkan kedua daftar menjadi dua berkas, atau samakan urutan kolomnya, lalu"
        " unggah kembali.",
        "Satu berkas berisi dua tabel yang judul kolomnya berbeda. Bila tabel kedua dibaca dengan"
        " judul yang pertama, nomor rekening dapat terbaca sebagai nilai bantuan.",
        "Simpan setiap tabel sebagai berkas tersendiri, dengan judul kolomnya di atas.",
    ),
    Code.AMOUNT_UNIT: _refused(
        "Judul {title} menyatakan satuan lain daripada rupiah penuh, jadi tidak ada yang"
        " didaftarkan. Ubah nilainya menjadi rupiah penuh dan hapus satuan itu dari judulnya,"
        " lalu unggah kembali.",
        "Nilai ditulis dalam ribuan, jutaan, atau mata uang asing. Bila dibaca sebagai rupiah"
        " penuh, nilainya salah; sistem tidak mengubah nilai uang.",
        "Tulis rupiah penuh: 100000000, bukan 100.000 dalam ribuan.",
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
        " angka. Tulis dengan angka saja, misalnya 200 atau 240000000, lalu unggah kembali][:"
        " rekaman pembuka ada, tetapi rekaman penutup tidak ada{opening}, sehingga berkas tampak"
        " terpotong. Kirim ulang berkas yang lengkap].",
        "Baris TOTAL atau angka kontrol yang dikirim bersama berkas tidak sama dengan hitungan dari"
        " baris-barisnya: ada baris yang terhapus atau berubah, atau berkas terpotong. Atau angka"
        " kontrol yang dikirim bersama berkas kosong atau tidak terbaca.",
        "Lengkapi barisnya, atau hitung ulang jumlahnya; tulis angka kontrol dengan angka saja.",
    ),
    Code.FILE_REPEATED: _refused(
        "Isi berkas ini sama dengan berkas[ {file}] yang sudah diterima[ pada {date}][ (nomor"
        " {batch})], jadi tidak diproses lagi. JANGAN potong iuran dua kali.",
        "Berkas yang sama diunggah lagi, mungkin dengan nama lain.",
        "Pakai hasil berkas yang pertama. Untuk perbaikan, unggah hanya baris dari ditolak.xlsx.",
    ),
    Code.FILE_NIKS_ROUNDED: _refused(
        "NIK di berkas ini rusak: {zeros} dari {niks} NIK berakhir dengan angka 0, tanda bahwa"
        " Excel membulatkannya, jadi tidak ada yang didaftarkan. Ambil kembali NIK dari sistem asal"
        " (atau dari hasil.xlsx atau ditolak.xlsx) ke kolom berformat Teks, lalu unggah kembali.",
        "Kolom NIK disimpan Excel sebagai bilangan: angka ke-16 setiap NIK menjadi 0, sehingga"
        " menjadi NIK orang lain. Mengubah format sel sesudahnya tidak memulihkannya.",
        "Ambil kembali daftar dari sistem asal, dan pilih format Teks untuk kolom NIK sebelum"
        " mengisi atau menempel. Baris yang ditolak diperbaiki paling aman di ditolak.xlsx: NIK di"
        " sana sudah berformat Teks. Bila semua NIK memang berakhir dengan 0, gabungkan barisnya"
        " dengan baris lain dalam satu berkas, atau hubungi Dinas Koperasi.",
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
        "Buku kerja mempunyai lembar lain yang berisi sesuatu: tanpa judul kolom wajib,"
        " tersembunyi, atau bernama contoh, petunjuk, panduan, atau referensi; atau, di samping"
        " daftar lain, bernama batal, ditolak, gagal, atau retur.",
        "Taruh semua penerima di lembar dengan judul kolom yang sama, atau unggah setiap lembar"
        " sebagai berkas.",
    ),
    Code.REGENCY_UNKNOWN: Explanation(
        Severity.FILE_WARNING,
        "Kode atau nama kabupaten/kota di {count} baris (mulai baris {line}) tidak dikenal di"
        " provinsi program[: {shown}]. Barisnya tetap diproses; penerimanya dihitung menurut"
        " awal NIK. Bila orangnya tinggal di provinsi ini, pakai kode Kemendagri (misalnya 7171)"
        " atau nama kabupaten/kota.",
        "Kolom kabupaten/kota berisi kode dari daftar lain (misalnya kode Dati II SLIK), kode"
        " provinsi lain, atau nama yang salah tulis.",
        "Tidak wajib diperbaiki. Untuk berkas berikutnya, pakai kode Kemendagri atau nama"
        " kabupaten/kota, atau sampaikan daftar kode yang dipakai bank kepada Dinas Koperasi.",
    ),
    Code.REGENCY_CODES_DIFFER: Explanation(
        Severity.FILE_WARNING,
        "Kode kabupaten/kota di {count} baris (mulai baris {line}) tidak cocok dengan {beside}[:"
        " kodenya tampak menurut daftar {system}]. Barisnya tetap diproses, tetapi rekap per"
        " kabupaten/kota bisa keliru. Beri tahu Dinas Koperasi daftar kode yang dipakai bank"
        " (Kemendagri atau BPS).",
        "Kode 7107 sampai 7111 menurut BPS dan menurut Kemendagri berarti kabupaten yang berbeda;"
        " atau kolom kode dan nama kabupaten tertukar atau bergeser.",
        "Tidak wajib diunggah lagi. Daftar kode setiap bank dapat diatur oleh Dinas Koperasi;"
        " sesudah itu kode BPS terbaca benar.",
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
    Code.FILE_GIVEN_UP: Explanation(
        Severity.FILE_WARNING,
        "Pemrosesan berkas ini dihentikan karena gangguan pada sistem. Hasilnya final dan berlaku:"
        " potong iuran dari setiap baris yang diterima, dan dari baris itu saja[. {rows} baris"
        " belum diproses: unggah kembali baris-baris itu apa adanya, dari berkas ditolak (kode"
        " not_processed)].",
        "Sistem tidak dapat menyelesaikan berkas ini setelah beberapa kali mencoba. Data bank tidak"
        " salah.",
        "Unggah kembali berkas ditolak. Orang yang sudah diterima tidak perlu diserahkan lagi.",
    ),
    Code.FILE_ROWS_LOST: Explanation(
        Severity.FILE_WARNING,
        "Sebagian baris berkas ini[ ({rows} baris)] tidak terbaca lagi, jadi tidak ada dalam hasil."
        " JANGAN potong iuran dari baris yang tidak ada dalam hasil. Unggah kembali"
        " baris-baris itu (atau seluruh berkas)[: {accepted} orang di antaranya sudah"
        " didaftarkan, dan hasil berkas yang baru"
        " menyebut iuran yang harus dipotong dari mereka].",
        "Sebagian data kerja berkas ini hilang karena gangguan pada sistem.",
        "Unggah kembali berkas yang sama. Yang sudah ada dalam hasil berkas ini menjadi duplikat"
        " dan tidak dipotong dua kali; yang lain diterima.",
    ),
}
