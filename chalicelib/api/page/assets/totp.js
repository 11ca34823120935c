// Sets up an authenticator app: shows the key as a picture to scan and as text to type.

import { codeField } from "./credentials.js";
import { h } from "./dom.js";
import { form } from "./forms.js";
import { qr } from "./qr.js";

const ISSUER = "Payung";

/** Return the address that authenticator apps read from the picture. */
export function keyAddress(username, key) {
  const label = encodeURIComponent(`${ISSUER}:${username}`);
  return `otpauth://totp/${label}?secret=${encodeURIComponent(key)}&issuer=${ISSUER}`;
}

/** Return the steps; `verify(digits)` is called with the first code. */
export function authenticator(username, key, verify) {
  const code = codeField();
  const made = form({
    content: [code.node],
    label: "Periksa dan aktifkan",
    async submit() {
      if (code.check()) await verify(code.digits());
    },
  });
  const picture = qr(keyAddress(username, key));
  return h("div", {},
    h("ol", { class: "steps" },
      h("li", {}, "Pasang aplikasi autentikator di ponsel Anda, misalnya Google Authenticator, Microsoft Authenticator, atau Aegis."),
      h("li", {}, "Di aplikasi itu, tambah akun, lalu pindai gambar ini.",
        picture ? h("div", { class: "qr" }, picture) : null,
        h("details", {}, h("summary", {}, "Tidak dapat memindai? Ketik kuncinya"),
          h("p", {}, h("code", { class: "key" }, key.replace(/(.{4})/g, "$1 ").trim())))),
      h("li", {}, "Masukkan kode 6 angka yang muncul di aplikasi.", made.node)));
}
