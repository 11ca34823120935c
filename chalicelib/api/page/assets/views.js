// The views of the page, in the order of the menu.

import { access } from "./access.js";
import { confirmations } from "./confirmations.js";
import { file } from "./file.js";
import { files } from "./files.js";
import { help } from "./help.js";
import { lookup } from "./lookup.js";
import { profile } from "./profile.js";
import { sending } from "./sending.js";
import { totals } from "./totals.js";
import { upload } from "./upload.js";

// `kept` views stay in memory: their input and their running work are not lost.
export const VIEWS = {
  cari: { label: "Cari", action: "look_up", draw: lookup, kept: true },
  berkas: { label: "Berkas", action: "list_batches", draw: (context) => (context.args[0] ? file : files)(context) },
  unggah: { label: "Unggah", action: "upload", draw: upload, kept: true },
  konfirmasi: { label: "Konfirmasi", action: "show_confirmations", draw: confirmations },
  rekap: { label: "Rekap", action: "show_totals", draw: totals },
  sms: { label: "SMS", action: "show_gate", draw: sending },
  akses: { label: "Catatan akses", action: "list_access", draw: access },
  bantuan: { label: "Bantuan", action: null, draw: help, inMenu: false },
  akun: { label: "Akun saya", action: null, draw: profile, inMenu: false },
};
