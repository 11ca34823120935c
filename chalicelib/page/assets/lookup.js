// "Is this person protected?": the question that is asked at a counter.

import { post } from "./api.js";
import { announce, button, fill, focusOn, h, icon } from "./dom.js";
import { allRight, ask, failure, field, form, reasonField } from "./forms.js";
import { day, moment, today } from "./format.js";
import { person } from "./person.js";
import { signedInAs } from "./session.js";

/** Tell a NIK from a reference, as people type them: with dots, spaces, dashes, or without. */
export function asked(text) {
  const plain = text.trim();
  const digits = plain.replace(/[\s.\-'_/]/g, "");
  const isReference = /[a-z]/i.test(digits) || (/^[0-9]{8}-/.test(plain) && digits.length !== 16);
  return isReference ? { reference: plain } : { nik: digits };
}

/** Draw the view. */
export function lookup({ me, may }) {
  const answer = h("div", { class: "answer-place" });
  const counted = h("span", { class: "counted" });
  const what = field("NIK atau nomor referensi", h("input", {
    type: "text", autocomplete: "off", autocapitalize: "characters", autocorrect: "off", spellcheck: "false",
    maxlength: "40", class: "who", "data-1p-ignore": true, "data-lpignore": "true", on: { input: count },
  }), { hint: "16 angka NIK di KTP, atau nomor referensi di SMS (misalnya 7K3M9QX2-151A).", after: counted });
  const made = form({
    className: "look-up no-print",
    content: [what.node],
    label: "Cari",
    busy: "Mencari …",
    submit: () => search(),
  });
  let last = null;

  function count() {
    const given = asked(what.value);
    counted.textContent = given.nik ? `${given.nik.length} dari 16 angka` : "";
  }

  async function search() {
    const given = asked(what.value);
    what.complain("");
    if (!what.value) what.complain("Isi NIK atau nomor referensi.");
    else if (given.nik && given.nik.length !== 16) {
      what.complain(`NIK terdiri atas 16 angka; yang diisi ${given.nik.length} angka.`);
    }
    if (!allRight([what])) return;
    await find(given);
  }

  async function find(given, extra = {}) {
    last = given;
    fill(answer);
    let found;
    try {
      found = await post("enrollments/lookup", { ...given, ...extra });
    } catch (error) {
      if (error.code !== "not_enrolled") throw error;
      show([notEnrolled(me, error.message), h("div", { class: "buttons no-print" },
        button("Cetak", () => window.print(), { class: "plain" }),
        button("Cari orang lain", clear, { class: "plain" }))]);
      return;
    }
    show(view(found, given, Boolean(extra.unmask)));
  }

  function show(content) {
    fill(answer, content);
    focusOn(answer.querySelector("h2"));
  }

  function view(found, given, unmasked) {
    const people = found.enrollments.map((each) => person(each, {
      me,
      may,
      resend: (one) => resend(given, one),
    }));
    return [
      verdict(found),
      h("div", { class: "buttons no-print" },
        may("unmask") && !unmasked ? button("Tampilkan data lengkap", () => unmask(given), { class: "plain" }) : null,
        unmasked ? button("Samarkan kembali", () => quietly(given), { class: "plain" }) : null,
        button("Perbarui", () => quietly(given, "Sudah diperbarui."), { class: "plain" }),
        button("Cetak", () => window.print(), { class: "plain" }),
        button("Cari orang lain", clear, { class: "plain" })),
      unmasked ? h("p", { class: "box warn" }, icon("warn"), "Data lengkap ditampilkan. Pembukaan ini tercatat atas nama Anda.") : null,
      people,
      printed(),
    ];
  }

  /** Nothing of one person stays on the screen when the next one stands at the counter. */
  function clear() {
    last = null;
    fill(answer);
    what.input.value = "";
    what.complain("");
    count();
    what.input.focus();
  }

  async function quietly(given, words = "") {
    try {
      await find(given);
      if (words) announce(words);
    } catch (error) {
      fill(answer, failure(error, () => quietly(given, words)));
    }
  }

  function unmask(given) {
    const reason = reasonField("Mengapa data lengkap diperlukan? Alasan dan nama Anda dicatat.");
    return ask({
      title: "Tampilkan data lengkap",
      fields: [reason],
      label: "Tampilkan",
      check: reason.check,
      submit: () => find(given, { unmask: true, reason: reason.value }),
    }).then(() => { if (answer.querySelector(".warn")) focusOn(answer.querySelector("h2")); });
  }

  async function resend(given, one) {
    const reason = reasonField("Dicatat beserta nama Anda.");
    const phone = field("Nomor ponsel yang benar", h("input", {
      type: "tel", inputmode: "tel", autocomplete: "off", maxlength: "24",
    }), {
      optional: Boolean(one.phone),
      hint: one.phone ? `Isi hanya bila nomor ${one.phone} salah.` : "Penerima ini belum mempunyai nomor ponsel.",
    });
    const changed = await ask({
      title: "Kirim ulang SMS",
      intro: h("p", {}, `Kepada ${one.name}. Satu orang hanya dapat dikirimi ulang satu kali sehari.`),
      fields: [phone, reason],
      label: "Kirim ulang",
      busy: "Mengirim …",
      check() {
        if (!one.phone && !phone.value) phone.complain("Isi nomor ponselnya.");
        else if (phone.value && phone.value.replace(/\D/g, "").length < 8) phone.complain("Nomor terlalu pendek.");
        reason.check();
      },
      submit: () => post("enrollments/resend", {
        ...given, programme: one.programme, reason: reason.value, ...(phone.value ? { phone: phone.value } : {}),
      }),
    });
    if (changed) announce("SMS masuk antrean dan dikirim dalam jam pengiriman.");
    return changed;
  }

  return {
    title: "Cari",
    node: h("div", {}, h("h1", { class: "no-print" }, "Cari penerima"), made.node, answer),
    /** Look up somebody whom another view hands on; the address stays silent about it. */
    receive(given) {
      what.input.value = given.reference;
      count();
      what.complain("");
      find(given).catch((error) => fill(answer, failure(error, () => this.receive(given))));
    },
    back() {
      if (!last) what.input.focus();
    },
    discard: () => fill(answer),
  };
}

function verdict({ protected_today: yes, enrollments }) {
  const [latest] = enrollments;
  return h("section", { class: `answer ${yes ? "yes" : "no"}` },
    h("h2", {}, icon(yes ? "yes" : "no"), h("strong", {}, yes ? "YA" : "TIDAK"), " ", h("span", {}, "terlindungi hari ini")),
    h("p", {}, why(yes, latest, enrollments)));
}

function why(yes, latest, enrollments) {
  if (yes) {
    const current = enrollments.find((each) => each.protected_today) ?? latest;
    return `${current.name}: terlindungi sampai ${day(current.ends)}.`;
  }
  if (latest.status === "withdrawn") return `${latest.name}: pendaftaran dibatalkan.`;
  return latest.starts > today()
    ? `${latest.name}: perlindungan baru mulai ${day(latest.starts)}.`
    : `${latest.name}: perlindungan berakhir ${day(latest.ends)}.`;
}

function notEnrolled(me, message) {
  return [
    h("section", { class: "answer no" },
      h("h2", {}, icon("no"), h("strong", {}, "TIDAK"), " ",
        h("span", {}, me.role === "bank" ? "ada di bank Anda" : "terdaftar")),
      h("p", {}, message),
      h("p", {}, me.role === "bank"
        ? "Orang ini dapat saja terdaftar lewat bank lain; yang dicari hanya penerima dari bank Anda."
        : "Cocokkan dengan KTP atau SMS yang bersangkutan.")),
    printed(),
  ];
}

function printed() {
  return h("p", { class: "only-print" }, `Dicetak ${moment(new Date().toISOString())} oleh ${signedInAs() ?? ""} dari Payung.`);
}
