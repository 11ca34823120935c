"""The texts about rows of recipients: errors, warnings, duplicates and conflicts."""

from collections.abc import Mapping

from chalicelib.domain.findings.code import Severity
from chalicelib.domain.findings.explanation import Explanation

from .codes import DepartmentCode, RecipientCode


def _error(message: str, cause: str, cure: str) -> Explanation:
    return Explanation(Severity.ERROR, message, cause, cure)


def _warning(message: str, cause: str, cure: str) -> Explanation:
    return Explanation(Severity.WARNING, message, cause, cure)


def _disposition(message: str, cause: str, cure: str) -> Explanation:
    return Explanation(Severity.DISPOSITION, message, cause, cure)


_STILL_DEDUCTED = "Bila barisnya diterima, iuran tetap dipotong."

EXPLANATIONS: Mapping[str, Explanation] = {
    RecipientCode.AMOUNT_MISSING: _error(
        "Nilai bantuan kosong. Isi nilai bantuan atau kredit dalam rupiah, misalnya 1200000.",
        "Kolom nilai bantuan tidak diisi.",
        "Isi nilai yang akan dibayarkan kepada penerima, sebelum dipotong iuran.",
    ),
    RecipientCode.AMOUNT_INVALID: _error(
        "Nilai bantuan tidak terbaca sebagai rupiah[: sel ini menunjukkan galat {error}][: sel ini"
        " berisi rumus ({formula}) yang hasilnya tidak tersimpan; buka di Excel agar rumusnya"
        " dihitung, lalu simpan]. Tulis dengan angka bulat, misalnya 1200000 atau 1.200.000.",
        "Nilai berisi huruf, rumus yang galat (#N/A), sen, nol, bilangan negatif, atau titik dan"
        " koma yang dapat dibaca"
        " dengan dua cara. Sistem tidak menebak nilai uang.",
        "Tulis rupiah penuh tanpa sen: 1200000 atau 1.200.000.",
    ),
    RecipientCode.AMOUNT_BELOW_PREMIUM: _error(
        "Nilai bantuan Rp{aid} lebih kecil daripada iuran Rp{premium}. JANGAN potong iuran."
        " Periksa nilai bantuan, lalu unggah kembali baris ini bila salah.",
        "Iuran tidak boleh melebihi bantuan yang dibayarkan.",
        "Perbaiki nilai bantuan. Bila nilainya memang demikian, hubungi Dinas Koperasi.",
    ),
    RecipientCode.AMOUNT_ABOVE_MAXIMUM: _error(
        "Nilai bantuan Rp{aid} melebihi batas skema ini, Rp{most}. JANGAN potong iuran. Periksa"
        " apakah kolom nilai bantuan berisi nomor rekening atau nilai lain, lalu unggah kembali"
        " baris ini.",
        "Nilainya terlalu besar untuk satu penerima, sering karena kolom bergeser atau tertukar"
        " dengan nomor rekening.",
        "Perbaiki nilai bantuan. Bila nilainya memang demikian, hubungi Dinas Koperasi: batasnya"
        " dapat diubah.",
    ),
    RecipientCode.NIK_OF_OTHER_ROW: _error(
        "NIK ini semula milik baris lain di berkas hasil: kolom NIK tampaknya diurutkan atau"
        " digeser tersendiri. JANGAN potong iuran. Ambil lagi berkas hasil yang asli, lalu urutkan"
        " semua kolom bersama-sama atau jangan diurutkan.",
        "Di Excel hanya kolom NIK yang diurutkan, digeser, atau disaring lalu ditempel. Maka NIK"
        " ada di samping nama orang lain.",
        "Ambil lagi ditolak.xlsx yang asli dan perbaiki di situ.",
    ),
    RecipientCode.NIK_PROVISIONAL: _error(
        "Nomor ini berawalan 0, jadi bukan NIK tetapi nomor sementara. JANGAN potong iuran. Isi NIK"
        " sesuai KTP, lalu unggah kembali baris ini.",
        "Desa atau aplikasi bantuan memberi nomor sementara kepada orang yang NIK-nya belum ada."
        " Tidak ada provinsi yang kodenya berawalan 0.",
        "Minta NIK kepada penerima atau Dukcapil.",
    ),
    RecipientCode.NIK_PROVINCE_UNKNOWN: _error(
        "Dua angka pertama NIK ({province}) bukan kode provinsi, jadi ini bukan NIK siapa pun."
        " JANGAN potong iuran. Cocokkan NIK dengan KTP, lalu unggah kembali baris ini.",
        "NIK salah ketik, atau nomor lain yang diisikan ke kolom NIK.",
        "Perbaiki NIK sesuai KTP.",
    ),
    RecipientCode.BIRTH_DATE_INVALID: _error(
        "Tanggal lahir tidak terbaca atau tidak mungkin. Tulis hari-bulan-tahun lengkap, misalnya"
        " 17-08-1980, atau kosongkan.",
        "Tanggal tidak ada di kalender atau masih akan datang; atau tahunnya hanya dua angka, atau"
        " urutannya bulan-hari, dan NIK tidak menunjukkan tanggal mana yang dimaksud.",
        "Tulis tanggal lahir sebagai hari-bulan-tahun dengan tahun empat angka. Kolom ini boleh"
        " kosong: tanggal lahir lalu diambil dari NIK.",
    ),
    RecipientCode.AGE_BELOW_MINIMUM: _error(
        "Umur penerima {age} tahun pada awal perlindungan; paling rendah {minimum} tahun."
        " JANGAN potong iuran. Periksa NIK dan tanggal lahir.",
        "Peserta harus sudah mencapai umur paling rendah pada hari pertama perlindungan.",
        "Perbaiki tanggal lahir atau NIK bila salah ketik. Bila benar, orang ini belum dapat"
        " didaftarkan.",
    ),
    RecipientCode.AGE_ABOVE_MAXIMUM: _error(
        "Umur penerima {age} tahun pada awal perlindungan; harus di bawah {maximum} tahun."
        " JANGAN potong iuran. Periksa NIK dan tanggal lahir.",
        "Peserta harus di bawah batas umur pada hari pertama perlindungan.",
        "Perbaiki tanggal lahir atau NIK bila salah ketik. Bila benar, orang ini tidak dapat"
        " didaftarkan.",
    ),
    RecipientCode.BUSINESS_ENTITY: _error(
        "Baris ini adalah badan usaha, bukan orang, jadi tidak dapat didaftarkan."
        " JANGAN potong iuran.",
        "Jenis kelamin bernilai 9 (badan usaha). Perlindungan hanya untuk orang perseorangan.",
        "Bila penerima sebenarnya orang, perbaiki jenis kelaminnya (1 atau L, 2 atau P) dan"
        " NIK-nya.",
    ),
    RecipientCode.MARKED_AS_EXAMPLE: _error(
        "Keterangan baris ini berbunyi contoh, jadi tidak ada yang didaftarkan dari baris ini."
        " JANGAN potong iuran. Bila orangnya memang penerima, hapus kata itu, lalu unggah kembali"
        " baris ini.",
        "Baris contoh dari formulir tertinggal di antara para penerima.",
        "Hapus baris contoh. Untuk penerima, hapus kata contoh dari kolom keterangan.",
    ),
    RecipientCode.PHONE_MISSING: _warning(
        "Nomor telepon seluler kosong, jadi tidak ada SMS untuk penerima; ini tidak menghalangi"
        " pendaftaran. Mohon sampaikan sendiri kepada penerima.",
        "Kolom nomor telepon tidak diisi atau tidak ada.",
        f"Tidak wajib diperbaiki. {_STILL_DEDUCTED}",
    ),
    RecipientCode.PHONE_INVALID: _warning(
        "Nomor telepon bukan satu nomor seluler Indonesia yang sah, jadi tidak ada SMS untuk"
        " penerima; ini tidak menghalangi pendaftaran. Mohon sampaikan sendiri kepada penerima.",
        "Nomor terlalu pendek atau panjang, nomor telepon rumah, dua nomor dalam satu sel, atau"
        " rusak oleh Excel (8,12346E+11).",
        f"Tidak wajib diperbaiki. {_STILL_DEDUCTED}",
    ),
    RecipientCode.PHONE_SHARED: _warning(
        "Nomor telepon ini tercantum untuk lebih dari[ {most}] orang di berkas ini, jadi SMS untuk"
        " penerima ini ditahan; ini tidak menghalangi pendaftaran. Mohon sampaikan sendiri kepada"
        " penerima.",
        "Satu nomor diisikan untuk banyak orang, misalnya nomor petugas atau nomor yang tersalin ke"
        " bawah.",
        f"Periksa nomornya. Bila memang benar, Dinas Koperasi dapat mengirim SMS-nya."
        f" {_STILL_DEDUCTED}",
    ),
    RecipientCode.BIRTH_DATE_DIFFERS_FROM_NIK: _warning(
        "Tanggal lahir berbeda dengan yang tercantum dalam NIK; ini tidak menghalangi pendaftaran."
        " Mohon cocokkan keduanya dengan KTP.",
        "NIK tidak berubah walaupun tanggal lahir pernah dibetulkan, jadi perbedaan bisa sah;"
        " bisa juga salah ketik.",
        f"Cocokkan dengan KTP. {_STILL_DEDUCTED}",
    ),
    RecipientCode.SEX_DIFFERS_FROM_NIK: _warning(
        "Jenis kelamin berbeda dengan yang tercantum dalam NIK; ini tidak menghalangi pendaftaran."
        " Mohon cocokkan keduanya dengan KTP.",
        "Dalam NIK, tanggal lahir perempuan ditambah 40. Salah satu dari keduanya salah ketik.",
        f"Cocokkan dengan KTP. {_STILL_DEDUCTED}",
    ),
    RecipientCode.SEX_INVALID: _warning(
        "Jenis kelamin tidak terbaca dan diabaikan; ini tidak menghalangi pendaftaran. Lain kali"
        " tulis L atau P (atau 1 atau 2).",
        "Kolom jenis kelamin berisi selain L, P, Laki-laki, Perempuan, 1, 2, atau 9.",
        f"Tidak wajib diperbaiki. {_STILL_DEDUCTED}",
    ),
    RecipientCode.INCOME_INVALID: _warning(
        "Penghasilan tidak terbaca sebagai rupiah, jadi iuran dihitung dengan penghasilan dasar"
        " program. Lain kali tulis angka bulat, misalnya 1500000.",
        "Kolom penghasilan berisi huruf, sen, atau bilangan negatif.",
        f"Tidak wajib diperbaiki. {_STILL_DEDUCTED}",
    ),
    RecipientCode.NIK_REGION_UNKNOWN: _warning(
        "Kode wilayah {region} pada awal NIK tidak dikenal; ini tidak menghalangi pendaftaran."
        " Mohon cocokkan NIK dengan KTP.",
        "Kode wilayah bisa berupa kode lama yang sudah diganti, atau NIK salah ketik.",
        f"Cocokkan dengan KTP. {_STILL_DEDUCTED}",
    ),
    RecipientCode.NIK_OUTSIDE_PROVINCE: _warning(
        "NIK berasal dari luar provinsi program ({region}); ini tidak menghalangi pendaftaran."
        " Mohon pastikan orangnya memang penerima di provinsi ini.",
        "Awal NIK menunjukkan tempat pertama kali didaftar dan tidak berubah ketika orangnya"
        " pindah.",
        f"Tidak wajib diperbaiki. {_STILL_DEDUCTED}",
    ),
    RecipientCode.DECEASED: _warning(
        "Nama atau keterangan menunjukkan bahwa penerima sudah meninggal. Periksa lebih dahulu"
        " sebelum memotong iuran; tidak ada SMS yang dikirim.",
        "Nama memuat ALM., ALMH., almarhum, atau almarhumah, atau keterangannya meninggal (dunia).",
        "Bila benar meninggal, jangan potong iuran, dan hubungi Dinas Koperasi. Bila keliru, iuran"
        " tetap dipotong.",
    ),
    RecipientCode.BPUM_AND_KUR: _warning(
        "Orang ini tercatat pada BPUM dan KUR sekaligus, padahal penerima BPUM tidak boleh sedang"
        " menerima KUR. Dinas Koperasi akan memeriksanya; mohon siapkan datanya.",
        "NIK yang sama diserahkan pada skema BPUM dan skema KUR.",
        "Periksa apakah orang ini masih mempunyai KUR. Perlindungannya hanya satu dan tetap"
        " berlaku.",
    ),
    RecipientCode.MOVED_FROM_EARLIER_FILE: _warning(
        "Orang ini sudah didaftarkan dari berkas bank Anda yang lebih dahulu[ (referensi"
        " {reference})], tetapi berkas itu belum memberi hasil. Pendaftarannya dipindahkan ke baris"
        " ini dan hanya baris ini yang dipotong; iuran dan tanggalnya tetap seperti semula.",
        "Berkas yang lebih dahulu tertahan karena gangguan pada sistem, lalu orangnya diserahkan"
        " lagi dalam berkas ini.",
        f"Tidak perlu tindakan. {_STILL_DEDUCTED}",
    ),
    RecipientCode.DUPLICATE_IN_FILE: _disposition(
        "JANGAN potong iuran: orang ini sudah ada di baris {line} berkas yang sama.",
        "NIK yang sama tercantum lebih dari sekali dalam satu berkas.",
        "Iuran dipotong satu kali saja, dari baris yang lebih dahulu.",
    ),
    RecipientCode.DUPLICATE_SAME_BANK: _disposition(
        "JANGAN potong iuran: orang ini sudah terdaftar melalui berkas {bank} sebelumnya[, tanggal"
        " {date}][, baris {row}][, referensi {reference}].",
        "NIK yang sama sudah diterima dari berkas bank Anda yang lebih dahulu.",
        "Tidak perlu tindakan. Iuran sudah dipotong pada pendaftaran pertama.",
    ),
    RecipientCode.DUPLICATE_OTHER_BANK: _disposition(
        "JANGAN potong iuran: orang ini sudah terdaftar melalui bank lain.",
        "NIK yang sama sudah diterima lebih dahulu dari bank lain.",
        "Tidak perlu tindakan. Satu orang hanya didaftarkan dan dipotong satu kali.",
    ),
    RecipientCode.MOVED_TO_LATER_FILE: _disposition(
        "JANGAN potong iuran menurut baris ini: orang ini sudah dipindahkan ke berkas bank Anda"
        " yang kemudian[, baris {row}][, referensi {reference}]. Potong iuran menurut hasil berkas"
        " itu.",
        "Berkas ini tertahan dan belum memberi hasil ketika orang yang sama diserahkan lagi dalam"
        " berkas yang kemudian.",
        "Tidak perlu tindakan. Iuran dipotong satu kali saja, menurut berkas yang kemudian.",
    ),
    RecipientCode.CONFLICT_IDENTITY: _disposition(
        "JANGAN potong iuran: NIK ini sudah terdaftar dengan nama atau tanggal lahir yang jelas"
        " berbeda[ di baris {line} berkas yang sama][ melalui {bank}][ pada {date}]. Cocokkan NIK"
        " dengan KTP penerima, lalu unggah kembali baris ini bila NIK-nya salah ketik.",
        "Dua orang memakai NIK yang sama; salah satunya hampir pasti salah ketik. Pendaftaran yang"
        " lebih dahulu tetap berlaku sampai Dinas Koperasi memeriksanya.",
        "Cocokkan NIK, nama, dan tanggal lahir dengan KTP. Bila data Anda benar, hubungi Dinas"
        " Koperasi.",
    ),
}

FOR_THE_DEPARTMENT: Mapping[str, Explanation] = {
    DepartmentCode.CONFLICT: _disposition(
        "NIK ini terdaftar melalui {bank} sejak {date} dengan nama atau tanggal lahir yang jelas"
        " berbeda. Bank pengirim baris ini hanya diberi tahu bahwa orangnya sudah terdaftar.",
        "Dua orang memakai NIK yang sama di dua bank; salah satunya hampir pasti salah ketik.",
        "Cocokkan NIK, nama, dan tanggal lahir dengan KTP melalui kedua bank.",
    ),
    DepartmentCode.BPUM_AND_KUR: _disposition(
        "Orang ini terdaftar melalui {bank} sejak {date} pada skema lain: BPUM dan KUR sekaligus,"
        " padahal penerima BPUM tidak boleh sedang menerima KUR.",
        "NIK yang sama diserahkan dua bank, pada skema BPUM dan skema KUR.",
        "Periksa apakah orang ini masih mempunyai KUR.",
    ),
}
"""The texts of what only the department sees; the guide for banks has none of them."""
