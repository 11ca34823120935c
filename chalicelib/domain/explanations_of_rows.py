"""What is told of a row: errors, warnings, duplicates and conflicts."""

from collections.abc import Mapping

from .code import Code, Severity
from .explanation import Explanation


def _error(message: str, cause: str, cure: str) -> Explanation:
    return Explanation(Severity.ERROR, message, cause, cure)


def _warning(message: str, cause: str, cure: str) -> Explanation:
    return Explanation(Severity.WARNING, message, cause, cure)


def _disposition(message: str, cause: str, cure: str) -> Explanation:
    return Explanation(Severity.DISPOSITION, message, cause, cure)


_STILL_DEDUCTED = "Bila barisnya diterima, iuran tetap dipotong."

OF_ROWS: Mapping[Code, Explanation] = {
    Code.ROW_SHAPE: _error(
        "Kolom-kolom baris ini tidak dapat dipisahkan dengan pasti[: ada {found} kolom, padahal"
        " judul kolom hanya {expected}. Periksa tanda pemisah di dalam alamat atau nama, lalu"
        " unggah kembali baris ini][: ada tanda kutip yang salah tempat, atau sel yang lebih dari"
        " {longest} karakter. Hapus tanda kutip itu atau pendekkan isi selnya, lalu unggah kembali"
        " baris ini].",
        "Isi sebuah kolom mengandung tanda pemisah (koma, titik koma, atau garis tegak) tanpa"
        " tanda kutip, sehingga kolom sesudahnya bergeser; atau ada tanda kutip tanpa pasangan,"
        " atau sel yang terlalu panjang karena menelan isi sel dan baris lain.",
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
        "NIK mengandung huruf atau tanda yang bukan angka. Isi dengan 16 angka saja, sesuai KTP.",
        "Ada huruf (misalnya O untuk 0, l untuk 1) atau tanda lain di dalam NIK.",
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
        " Ubah format kolom NIK menjadi Teks, ketik ulang NIK dari KTP, lalu unggah kembali.",
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
    Code.NAME_MISSING: _error(
        "Nama kosong. Isi nama lengkap sesuai KTP, lalu unggah kembali baris ini.",
        "Kolom nama tidak diisi.",
        "Salin nama dari KTP penerima.",
    ),
    Code.NAME_INVALID: _error(
        "Nama tidak dapat dipakai. Isi nama lengkap sesuai KTP dengan huruf, 2 sampai 100"
        " karakter.",
        "Kolom nama berisi angka, tanda, atau isi kolom lain yang bergeser.",
        "Periksa apakah kolom bergeser, lalu salin nama dari KTP penerima.",
    ),
    Code.AMOUNT_MISSING: _error(
        "Nilai bantuan kosong. Isi nilai bantuan atau kredit dalam rupiah, misalnya 1200000.",
        "Kolom nilai bantuan tidak diisi.",
        "Isi nilai yang akan dibayarkan kepada penerima, sebelum dipotong iuran.",
    ),
    Code.AMOUNT_INVALID: _error(
        "Nilai bantuan tidak terbaca sebagai rupiah. Tulis dengan angka bulat, misalnya 1200000"
        " atau 1.200.000.",
        "Nilai berisi huruf, sen, nol, bilangan negatif, atau titik dan koma yang dapat dibaca"
        " dengan dua cara. Sistem tidak menebak nilai uang.",
        "Tulis rupiah penuh tanpa sen: 1200000 atau 1.200.000.",
    ),
    Code.AMOUNT_BELOW_PREMIUM: _error(
        "Nilai bantuan Rp{aid} lebih kecil daripada iuran Rp{premium}. JANGAN potong iuran."
        " Periksa nilai bantuan, lalu unggah kembali baris ini bila salah.",
        "Iuran tidak boleh melebihi bantuan yang dibayarkan.",
        "Perbaiki nilai bantuan. Bila nilainya memang demikian, hubungi Dinas Koperasi.",
    ),
    Code.BIRTH_DATE_INVALID: _error(
        "Tanggal lahir tidak terbaca atau tidak mungkin. Tulis hari-bulan-tahun lengkap, misalnya"
        " 17-08-1980, atau kosongkan.",
        "Tanggal tidak ada di kalender, masih akan datang, tahunnya hanya dua angka, atau"
        " urutannya bulan-hari.",
        "Tulis tanggal lahir sebagai hari-bulan-tahun dengan tahun empat angka. Kolom ini boleh"
        " kosong: tanggal lahir lalu diambil dari NIK.",
    ),
    Code.AGE_BELOW_MINIMUM: _error(
        "Umur penerima {age} tahun pada awal perlindungan; paling rendah {minimum} tahun."
        " JANGAN potong iuran. Periksa NIK dan tanggal lahir.",
        "Peserta harus sudah mencapai umur paling rendah pada hari pertama perlindungan.",
        "Perbaiki tanggal lahir atau NIK bila salah ketik. Bila benar, orang ini belum dapat"
        " didaftarkan.",
    ),
    Code.AGE_ABOVE_MAXIMUM: _error(
        "Umur penerima {age} tahun pada awal perlindungan; harus di bawah {maximum} tahun."
        " JANGAN potong iuran. Periksa NIK dan tanggal lahir.",
        "Peserta harus di bawah batas umur pada hari pertama perlindungan.",
        "Perbaiki tanggal lahir atau NIK bila salah ketik. Bila benar, orang ini tidak dapat"
        " didaftarkan.",
    ),
    Code.BUSINESS_ENTITY: _error(
        "Baris ini adalah badan usaha, bukan orang, jadi tidak dapat didaftarkan."
        " JANGAN potong iuran.",
        "Jenis kelamin bernilai 9 (badan usaha). Perlindungan hanya untuk orang perseorangan.",
        "Bila penerima sebenarnya orang, perbaiki jenis kelaminnya (1 atau L, 2 atau P) dan"
        " NIK-nya.",
    ),
    Code.PHONE_MISSING: _warning(
        "Nomor telepon seluler kosong, jadi tidak ada SMS untuk penerima; ini tidak menghalangi"
        " pendaftaran. Mohon sampaikan sendiri kepada penerima.",
        "Kolom nomor telepon tidak diisi atau tidak ada.",
        f"Tidak wajib diperbaiki. {_STILL_DEDUCTED}",
    ),
    Code.PHONE_INVALID: _warning(
        "Nomor telepon bukan satu nomor seluler Indonesia yang sah, jadi tidak ada SMS untuk"
        " penerima; ini tidak menghalangi pendaftaran. Mohon sampaikan sendiri kepada penerima.",
        "Nomor terlalu pendek atau panjang, nomor telepon rumah, dua nomor dalam satu sel, atau"
        " rusak oleh Excel (8,12346E+11).",
        f"Tidak wajib diperbaiki. {_STILL_DEDUCTED}",
    ),
    Code.BIRTH_DATE_DIFFERS_FROM_NIK: _warning(
        "Tanggal lahir berbeda dengan yang tercantum dalam NIK; ini tidak menghalangi pendaftaran."
        " Mohon cocokkan keduanya dengan KTP.",
        "NIK tidak berubah walaupun tanggal lahir pernah dibetulkan, jadi perbedaan bisa sah;"
        " bisa juga salah ketik.",
        f"Cocokkan dengan KTP. {_STILL_DEDUCTED}",
    ),
    Code.SEX_DIFFERS_FROM_NIK: _warning(
        "Jenis kelamin berbeda dengan yang tercantum dalam NIK; ini tidak menghalangi pendaftaran."
        " Mohon cocokkan keduanya dengan KTP.",
        "Dalam NIK, tanggal lahir perempuan ditambah 40. Salah satu dari keduanya salah ketik.",
        f"Cocokkan dengan KTP. {_STILL_DEDUCTED}",
    ),
    Code.SEX_INVALID: _warning(
        "Jenis kelamin tidak terbaca dan diabaikan; ini tidak menghalangi pendaftaran. Lain kali"
        " tulis L atau P (atau 1 atau 2).",
        "Kolom jenis kelamin berisi selain L, P, Laki-laki, Perempuan, 1, 2, atau 9.",
        f"Tidak wajib diperbaiki. {_STILL_DEDUCTED}",
    ),
    Code.INCOME_INVALID: _warning(
        "Penghasilan tidak terbaca sebagai rupiah, jadi iuran dihitung dengan penghasilan dasar"
        " program. Lain kali tulis angka bulat, misalnya 1500000.",
        "Kolom penghasilan berisi huruf, sen, atau bilangan negatif.",
        f"Tidak wajib diperbaiki. {_STILL_DEDUCTED}",
    ),
    Code.NIK_REGION_UNKNOWN: _warning(
        "Kode wilayah {region} pada awal NIK tidak dikenal; ini tidak menghalangi pendaftaran."
        " Mohon cocokkan NIK dengan KTP.",
        "Kode wilayah bisa berupa kode lama yang sudah diganti, atau NIK salah ketik.",
        f"Cocokkan dengan KTP. {_STILL_DEDUCTED}",
    ),
    Code.NIK_OUTSIDE_PROVINCE: _warning(
        "NIK berasal dari luar provinsi program ({region}); ini tidak menghalangi pendaftaran."
        " Mohon pastikan orangnya memang penerima di provinsi ini.",
        "Awal NIK menunjukkan tempat pertama kali didaftar dan tidak berubah ketika orangnya"
        " pindah.",
        f"Tidak wajib diperbaiki. {_STILL_DEDUCTED}",
    ),
    Code.BPUM_AND_KUR: _warning(
        "Orang ini tercatat pada BPUM dan KUR sekaligus, padahal penerima BPUM tidak boleh sedang"
        " menerima KUR. Dinas Koperasi akan memeriksanya; mohon siapkan datanya.",
        "NIK yang sama diserahkan pada skema BPUM dan skema KUR.",
        "Periksa apakah orang ini masih mempunyai KUR. Perlindungannya hanya satu dan tetap"
        " berlaku.",
    ),
    Code.DUPLICATE_IN_FILE: _disposition(
        "JANGAN potong iuran: orang ini sudah ada di baris {line} berkas yang sama.",
        "NIK yang sama tercantum lebih dari sekali dalam satu berkas.",
        "Iuran dipotong satu kali saja, dari baris yang lebih dahulu.",
    ),
    Code.DUPLICATE_SAME_BANK: _disposition(
        "JANGAN potong iuran: orang ini sudah terdaftar melalui berkas {bank} sebelumnya[, tanggal"
        " {date}][, baris {row}][, referensi {reference}].",
        "NIK yang sama sudah diterima dari berkas bank Anda yang lebih dahulu.",
        "Tidak perlu tindakan. Iuran sudah dipotong pada pendaftaran pertama.",
    ),
    Code.DUPLICATE_OTHER_BANK: _disposition(
        "JANGAN potong iuran: orang ini sudah terdaftar melalui {bank}[ pada {date}].",
        "NIK yang sama sudah diterima lebih dahulu dari bank lain.",
        "Tidak perlu tindakan. Satu orang hanya didaftarkan dan dipotong satu kali.",
    ),
    Code.CONFLICT_IDENTITY: _disposition(
        "JANGAN potong iuran: NIK ini sudah terdaftar dengan nama atau tanggal lahir yang jelas"
        " berbeda[ di baris {line} berkas yang sama][ melalui {bank}][ pada {date}]. Cocokkan NIK"
        " dengan KTP penerima, lalu unggah kembali baris ini bila NIK-nya salah ketik.",
        "Dua orang memakai NIK yang sama; salah satunya hampir pasti salah ketik. Pendaftaran yang"
        " lebih dahulu tetap berlaku sampai Dinas Koperasi memeriksanya.",
        "Cocokkan NIK, nama, dan tanggal lahir dengan KTP. Bila data Anda benar, hubungi Dinas"
        " Koperasi.",
    ),
}
