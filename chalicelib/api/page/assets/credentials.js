// The fields for a user's credentials: passwords and codes.

import { h } from "./dom.js";
import { allRight, field } from "./forms.js";

/** Return a password field with a checkbox that shows the password. */
export function passwordField(label, autocomplete, hint = "") {
  const input = h("input", { type: "password", autocomplete, required: true, spellcheck: "false" });
  const shown = h("input", { type: "checkbox", on: { change: () => { input.type = shown.checked ? "text" : "password"; } } });
  return field(label, input, { hint, after: h("label", { class: "check" }, shown, " Tampilkan kata sandi") });
}

/** Return the two fields for a new password, with `check()`. */
export function newPasswordFields() {
  const first = passwordField("Kata sandi baru", "new-password",
    "Paling sedikit 12 karakter, dengan huruf kecil, huruf besar, dan angka.");
  const second = passwordField("Ulangi kata sandi baru", "new-password");
  return {
    fields: [first, second],
    get value() { return first.input.value; },
    check() {
      const given = first.input.value;
      const meets = given.length >= 12 && /[a-z]/.test(given) && /[A-Z]/.test(given) && /[0-9]/.test(given);
      first.complain(meets ? "" : "Kata sandi belum memenuhi syarat di atas.");
      second.complain(given === second.input.value ? "" : "Tidak sama dengan kata sandi di atas.");
      return allRight([first, second]);
    },
  };
}

/** Return the field for six digits, of an authenticator app unless another source is named, with `check()`. */
export function codeField(label = "Kode 6 angka", hint = "Dari aplikasi autentikator di ponsel Anda.") {
  const made = field(label, h("input", {
    type: "text", inputmode: "numeric", autocomplete: "one-time-code", maxlength: "7", required: true, class: "code",
  }), { hint });
  return Object.assign(made, {
    digits: () => made.value.replace(/\D/g, ""),
    check() {
      made.complain(made.digits().length === 6 ? "" : "Kode terdiri atas 6 angka.");
      return allRight([made]);
    },
  });
}
