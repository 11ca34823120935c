// Signing in: name and password, then the further steps that Cognito asks for. A forgotten password is
// replaced with a code that Cognito sends by mail.

import { answerTo, begin, cognito, forget, Refused, setPassword } from "./cognito.js";
import { codeField, newPasswordFields, passwordField } from "./credentials.js";
import { button, fill, focusOn, h } from "./dom.js";
import { allRight, field, form } from "./forms.js";
import { keep } from "./session.js";
import { authenticator } from "./totp.js";

const RESET = "Pengelola sistem mengatur ulang kata sandi akun ini. Kode untuk membuat kata sandi baru sudah dikirim ke surel Anda.";
const SENT = "Jika akun itu punya alamat surel, kodenya sudah dikirim ke sana. Tunggu beberapa menit, dan lihat juga folder spam.";
const EXPIRED = "Waktu untuk masuk sudah habis. Mulai lagi dari nama pengguna dan kata sandi.";

/**
 * Return the sign-in form. `username` is a known name to fill in; `done(username)` is called after
 * the session is stored.
 *
 * @param {{username?: string, done: (username: string) => unknown, level?: "h1" | "h2", title?: string}} options
 */
export function signInForm({ username = "", done, level = "h1", title = "Masuk" }) {
  const place = h("div", { class: "sign-in" });
  const show = (heading, ...content) => {
    const head = h(level, {}, heading);
    fill(place, head, content);
    return head;
  };

  async function go(who, answer) {
    const responses = { USERNAME: answer.ChallengeParameters?.USER_ID_FOR_SRP ?? who };
    switch (answer.ChallengeName) {
      case undefined:
        keep(who, answer.AuthenticationResult);
        await done(who);
        break;
      case "NEW_PASSWORD_REQUIRED": newPassword(who, answer, responses); break;
      case "SOFTWARE_TOKEN_MFA": code(who, answer, responses); break;
      case "MFA_SETUP": setUp(who, answer, responses); break;
      default: throw new Refused("Unknown");
    }
  }

  async function respond(who, answer, responses) {
    let next;
    try {
      next = await answerTo(answer.ChallengeName, answer.Session, responses);
    } catch (error) {
      if (error.kind !== "NotAuthorizedException") throw error;
      first(EXPIRED); // Cognito's session for the challenge lasts three minutes
      return;
    }
    await go(who, next);
  }

  async function enter(who, password) {
    let answer;
    try {
      answer = await begin(who, password);
    } catch (error) {
      if (error.kind !== "PasswordResetRequiredException") throw error;
      reset(who, RESET);
      return;
    }
    await go(who, answer);
  }

  function forgot(who) {
    const name = field("Nama pengguna", h("input", {
      type: "text", autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: true, value: who,
    }));
    const { node } = form({
      content: [name.node],
      label: "Kirim kode",
      async submit() {
        name.complain(name.value ? "" : "Isi nama pengguna.");
        if (!allRight([name])) return;
        await send(name.value);
        reset(name.value, SENT);
      },
      extra: back(),
    });
    show("Lupa kata sandi", h("p", {}, "Kode untuk membuat kata sandi baru dikirim ke alamat surel akun Anda."), node);
    name.input.focus();
  }

  async function send(who) {
    try {
      await forget(who);
    } catch (error) {
      // The answer never says whether a user exists.
      if (error.kind !== "UserNotFoundException") throw error;
    }
  }

  function reset(who, intro) {
    const mailed = codeField("Kode dari surel", "Enam angka.");
    const fields = newPasswordFields();
    const { node } = form({
      content: [mailed.node, fields.fields.map((each) => each.node)],
      label: "Simpan dan masuk",
      async submit() {
        if (!mailed.check() || !fields.check()) return;
        await setPassword(who, mailed.digits(), fields.value);
        await enter(who, fields.value);
      },
      extra: [button("Minta kode baru", () => forgot(who), { class: "plain" }), back()],
    });
    focusOn(show("Buat kata sandi baru", h("p", {}, intro), node));
  }

  function back() {
    return button("Kembali", () => first().focus(), { class: "plain" });
  }

  function first(notice = "") {
    const name = field("Nama pengguna", h("input", {
      type: "text", autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: true, value: username,
    }));
    const password = passwordField("Kata sandi", "current-password");
    const { node } = form({
      content: [name.node, password.node],
      label: "Masuk",
      busy: "Sedang masuk …",
      async submit() {
        name.complain(name.value ? "" : "Isi nama pengguna.");
        password.complain(password.input.value ? "" : "Isi kata sandi.");
        if (!allRight([name, password])) return;
        await enter(name.value, password.input.value);
      },
      extra: button("Lupa kata sandi?", () => forgot(name.value), { class: "plain" }),
    });
    node.setAttribute("autocomplete", "on");
    const head = show(title, notice ? h("p", { class: "box bad", role: "alert" }, notice) : null, node,
      h("p", { class: "hint" }, "Akun terkunci, atau ponsel dengan kode keamanan hilang? Hubungi pengelola sistem di Dinas Koperasi."));
    if (notice) focusOn(head);
    return username ? password.input : name.input;
  }

  function newPassword(who, answer, responses) {
    const fields = newPasswordFields();
    const { node } = form({
      content: fields.fields.map((each) => each.node),
      label: "Simpan dan masuk",
      async submit() {
        if (fields.check()) await respond(who, answer, { ...responses, NEW_PASSWORD: fields.value });
      },
    });
    focusOn(show("Buat kata sandi baru",
      h("p", {}, "Kata sandi yang Anda terima hanya untuk sekali masuk. Buat kata sandi Anda sendiri."), node));
  }

  function code(who, answer, responses) {
    const field6 = codeField();
    const { node } = form({
      content: [field6.node],
      label: "Masuk",
      async submit() {
        if (field6.check()) await respond(who, answer, { ...responses, SOFTWARE_TOKEN_MFA_CODE: field6.digits() });
      },
    });
    show("Kode keamanan", node,
      h("p", { class: "hint" }, "Ponsel hilang atau diganti? Hubungi pengelola sistem di Dinas Koperasi."));
    field6.input.focus();
  }

  function setUp(who, answer, responses) {
    const waiting = show("Pasang kode keamanan", h("p", {}, "Memuat …"));
    focusOn(waiting);
    cognito("AssociateSoftwareToken", { Session: answer.Session }).then((begun) => {
      show("Pasang kode keamanan",
        h("p", {}, "Akun ini wajib memakai kode keamanan."),
        authenticator(who, begun.SecretCode, async (digits) => {
          const proven = await cognito("VerifySoftwareToken", { Session: begun.Session, UserCode: digits });
          await respond(who, { ChallengeName: "MFA_SETUP", Session: proven.Session }, responses);
        }));
    }).catch((error) => first(error.message));
  }

  const start = first();
  return { node: place, focus: () => start.focus() };
}
