// The page's names for the API's codes. A code without a name here is shown as it is.

const BATCH = {
  received: "Diterima", splitting: "Sedang dibaca", enrolling: "Sedang diproses",
  completed: "Selesai", refused: "Ditolak seluruhnya", stuck: "Tertahan",
};

const SMS = {
  pending: "Menunggu dikirim", sending: "Sedang dikirim", sent: "Diserahkan ke operator",
  delivered: "Sampai", failed: "Gagal", unconfirmed: "Tanpa laporan operator",
  held: "Ditahan", unknown: "Tidak diketahui", not_possible: "Tanpa nomor ponsel",
};

const SMS_MEANING = {
  pending: "SMS akan dikirim menurut giliran, dalam jam pengiriman.",
  sending: "SMS sedang diserahkan kepada operator.",
  sent: "SMS sudah diserahkan kepada operator; laporan sampainya belum datang.",
  delivered: "Operator melaporkan SMS sudah sampai.",
  failed: "SMS tidak sampai.",
  unconfirmed: "Operator tidak melaporkan hasilnya. SMS mungkin sampai.",
  held: "SMS ditahan.",
  unknown: "Tidak diketahui apakah SMS terkirim.",
  not_possible: "Tidak ada nomor ponsel yang dapat dipakai. Pendaftaran tetap berlaku.",
};

const COVER = {
  enrolled: "Terdaftar, iuran belum dipotong", deducted: "Iuran sudah dipotong bank",
  not_deducted: "Iuran gagal dipotong", returned: "Iuran dikembalikan",
  remitted: "Iuran sudah disetor ke BPJS", active: "Iuran sudah diterima BPJS", withdrawn: "Dibatalkan",
};

const DISPOSITION = {
  accepted: "Diterima", duplicate: "Duplikat", conflict: "Konflik", rejected: "Ditolak",
};

const DISPOSITION_MEANING = {
  accepted: "Orang ini terdaftar. Potong iuran sebesar yang tercantum.",
  duplicate: "Orang ini sudah terdaftar lebih dahulu. Jangan potong iuran.",
  conflict: "NIK ini sudah terdaftar atas nama atau tanggal lahir lain. Jangan potong iuran; cocokkan dengan KTP.",
  rejected: "Barisnya salah. Jangan potong iuran; perbaiki ditolak.xlsx, lalu unggah kembali.",
};

const ROLE = { dinas: "Dinas Koperasi", bpjs: "BPJS Ketenagakerjaan", bank: "Bank" };

const SHUT = {
  paused: "Dijeda oleh petugas", outside_window: "Di luar jam pengiriman",
  budget_spent: "Anggaran bulan ini habis", batch_paused: "Berkas dijeda oleh petugas",
};

const read = (words) => (code) => words[code] ?? code;

export const batchStatus = read(BATCH);
export const smsState = read(SMS);
export const smsMeaning = (code) => SMS_MEANING[code] ?? "";
export const cover = read(COVER);
export const disposition = read(DISPOSITION);
export const dispositionMeaning = (code) => DISPOSITION_MEANING[code] ?? "";
export const role = read(ROLE);
export const shut = read(SHUT);

export const BATCH_STATUSES = Object.keys(BATCH);
export const SMS_STATES = Object.keys(SMS).filter((each) => each !== "sending");
export const DISPOSITIONS = Object.keys(DISPOSITION);
