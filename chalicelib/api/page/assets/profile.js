// The user's own account: the code from an authenticator app, and the password.

import { Problem } from "./api.js";
import { cognito } from "./cognito.js";
import { newPasswordFields, passwordField } from "./credentials.js";
import { button, facts, fill, h, succeeded } from "./dom.js";
import { allRight, ask, failure, form } from "./forms.js";
import { accessToken, signedInAs } from "./session.js";
import { authenticator } from "./totp.js";
import { role } from "./words.js";

async function mine(operation, body = {}) {
  const AccessToken = await accessToken();
  if (!AccessToken) throw new Problem("Sesi Anda sudah berakhir. Keluar, lalu masuk kembali.", { status: 401 });
  return cognito(operation, { AccessToken, ...body });
}

/** Draw the view. */
export function profile({ me, reload }) {
  const second = h("div", {}, h("p", {}, "Memuat …"));
  const password = h("div");
  const node = h("div", {},
    h("h1", {}, "Akun saya"),
    facts([
      ["Nama pengguna", signedInAs() ?? me.username],
      ["Peran", me.role === "bank" ? `Petugas ${me.bank_name}` : role(me.role)],
    ]),
    h("section", { class: "panel", "aria-labelledby": "kode" }, h("h2", { id: "kode" }, "Kode keamanan"), second),
    h("section", { class: "panel", "aria-labelledby": "sandi" }, h("h2", { id: "sandi" }, "Kata sandi"), password));
  showSecond(second, { me, reload });
  showPassword(password);
  return { node, title: "Akun saya" };
}

async function showSecond(place, account) {
  const needed = account.me.second_factor !== "optional";
  try {
    const user = await mine("GetUser");
    const active = (user.UserMFASettingList ?? []).includes("SOFTWARE_TOKEN_MFA");
    fill(place,
      h("p", {}, active
        ? "Aktif: setiap kali masuk, Anda memasukkan kode dari aplikasi di ponsel."
        : needed
          ? "Akun ini wajib memakai kode keamanan. Pasang sekarang; setelah itu halaman lain terbuka."
          : "Belum aktif. Dengan kode dari ponsel, akun ini tetap aman walaupun kata sandinya diketahui orang lain."),
      h("div", { class: "buttons" },
        button(active ? "Pasang di ponsel lain" : "Aktifkan kode keamanan", () => setUp(place, account), { class: active ? "plain" : "main" }),
        active && !needed ? button("Matikan", () => switchOff(place, account), { class: "plain" }) : null));
  } catch (error) {
    fill(place, failure(error, () => showSecond(place, account)));
  }
}

async function setUp(place, account) {
  fill(place, h("p", { role: "status" }, "Memuat …"));
  try {
    const begun = await mine("AssociateSoftwareToken");
    fill(place, authenticator(signedInAs(), begun.SecretCode, async (digits) => {
      await mine("VerifySoftwareToken", { UserCode: digits });
      await mine("SetUserMFAPreference", { SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true } });
      if (account.me.second_factor === "missing") {
        await account.reload();
        succeeded("Kode keamanan aktif.");
        return;
      }
      succeeded("Kode keamanan aktif.");
      await showSecond(place, account);
      place.querySelector("button")?.focus();
    }), button("Batal", () => showSecond(place, account), { class: "plain" }));
    place.querySelector("input")?.focus();
  } catch (error) {
    fill(place, failure(error, () => setUp(place, account)));
  }
}

async function switchOff(place, account) {
  const done = await ask({
    title: "Matikan kode keamanan?",
    intro: h("p", {}, "Setelah ini, nama pengguna dan kata sandi saja cukup untuk masuk."),
    label: "Matikan",
    danger: true,
    submit: async () => {
      await mine("SetUserMFAPreference", { SoftwareTokenMfaSettings: { Enabled: false, PreferredMfa: false } });
      return true;
    },
  });
  if (done) {
    succeeded("Kode keamanan dimatikan.");
    await showSecond(place, account);
  }
}

function showPassword(place) {
  const now = passwordField("Kata sandi sekarang", "current-password");
  const next = newPasswordFields();
  const made = form({
    content: [now.node, next.fields.map((each) => each.node)],
    label: "Ganti kata sandi",
    async submit() {
      now.complain(now.input.value ? "" : "Isi kata sandi yang berlaku sekarang.");
      if (!allRight([now]) || !next.check()) return;
      await mine("ChangePassword", { PreviousPassword: now.input.value, ProposedPassword: next.value });
      showPassword(place);
      place.append(h("p", { class: "box good", role: "status" }, "Kata sandi sudah diganti."));
      place.querySelector("summary").focus();
    },
  });
  fill(place, h("details", {}, h("summary", {}, "Ganti kata sandi"), made.node));
}
