// "Is this person protected?": the question of people at a counter.

import { post } from "./api.js";
import { isTrial } from "./config.js";
import { dayField } from "./dates.js";
import { button, fill, focusOn, h, icon, succeeded } from "./dom.js";
import { allRight, ask, failure, field, form, reasonField } from "./forms.js";
import { day, moment, today } from "./format.js";
import { person } from "./person.js";
import { poll } from "./poll.js";
import { signedInAs } from "./session.js";

const LABEL = /^[^\p{L}\p{N}]*(?:(?:no|nomor|ref|referensi|nik)(?![\p{L}\p{N}])[^\p{L}\p{N}]*)+/iu;
// Each look leaves a line in the audit trail.
const MOST_LOOKS = 8;
const MISREAD = { I: "1", L: "1", O: "0", S: "5" };

/**
 * Return `{nik}` or `{reference}` for a text that a person typed or copied from an SMS.
 *
 * Labels ("Ref", "NIK"), spaces, brackets, commas and dashes of all kinds do not matter. Sixteen
 * characters that are digits once O, I, L and S are read as 0, 1, 1 and 5 are a NIK. The API reads
 * a text in the same way.
 */
export function asked(text) {
  const bare = text.replace(LABEL, "");
  const plain = bare.replace(/[^\p{L}\p{N}]/gu, "").toUpperCase();
  const digits = plain.replace(/[ILOS]/g, (letter) => MISREAD[letter]);
  if (/^[0-9]{16}$/.test(digits)) return { nik: digits };
  const isReference = /\p{L}/u.test(plain) || /^[^\p{L}\p{N}]*[0-9]{8}\p{Pd}/u.test(bare);
  return isReference ? { reference: bare.trim() } : { nik: plain };
}

/** Return a query as an answer repeats it: a NIK without district and birth date. */
export function masked(given) {
  return given.nik ? `NIK ${given.nik.slice(0, 4)}********${given.nik.slice(-4)}` : `nomor referensi ${given.reference}`;
}

/** Draw the view. */
export function lookup({ me, may }) {
  const answer = h("div", { class: "answer-place" });
  const counted = h("span", { class: "counted" });
  const keyboard = button("Ketik huruf", letters, { class: "link only-touch" });
  const what = field("NIK atau nomor referensi", h("input", {
    type: "text", inputmode: "numeric", autocomplete: "off", autocapitalize: "characters", autocorrect: "off", spellcheck: "false",
    maxlength: "64", class: "who", "data-1p-ignore": true, "data-lpignore": "true", on: { input: change },
  }), { hint: "16 angka NIK di KTP, atau nomor referensi di SMS (misalnya 7K3M9QX2-151A).", after: [counted, keyboard] });
  const when = dayField("Tanggal", {
    optional: true, typed: change, hint: "Kosong berarti hari ini. Untuk hari yang lalu, jawabannya juga menyebut apa yang diketahui waktu itu.",
  });
  const otherDay = h("details", { class: "other-day" }, h("summary", {}, "Untuk tanggal lain"), when.node);
  const made = form({
    className: "look-up no-print",
    content: [what.node, otherDay],
    label: "Cari",
    busy: "Mencari …",
    submit: () => search(),
  });
  let asking = null;
  let watch = null;

  function count() {
    const given = asked(what.value);
    counted.textContent = given.nik ? `${given.nik.length} dari 16 angka` : "";
  }

  /** Remove the answer to the former query, and any answer to it that is still on its way. */
  function forget() {
    asking?.abort();
    asking = null;
    watch?.stop();
    fill(answer);
  }

  function change() {
    forget();
    what.complain("");
    count();
  }

  /** Switch the on-screen keyboard: digits for a NIK, letters for a reference. */
  function letters() {
    const digits = what.input.inputMode === "text";
    what.input.inputMode = digits ? "numeric" : "text";
    keyboard.textContent = digits ? "Ketik huruf" : "Ketik angka";
    what.input.focus();
  }

  async function search() {
    forget();
    const given = asked(what.value);
    what.complain("");
    if (!what.value) what.complain("Isi NIK atau nomor referensi.");
    else if (given.nik && given.nik.length !== 16) {
      what.complain(`NIK terdiri atas 16 angka; yang diisi ${given.nik.length} angka.`);
    }
    when.check();
    if (when.value > today()) when.complain("Tanggal itu belum tiba.");
    if (when.input.hasAttribute("aria-invalid")) otherDay.open = true;
    if (!allRight([what, when])) return;
    await find({ ...given, ...(when.value ? { on: when.value } : {}) });
  }

  async function find(given, extra = {}) {
    forget();
    asking = new AbortController();
    const { signal } = asking;
    let found;
    try {
      found = await post("enrollments/lookup", { ...given, ...extra }, { signal });
    } catch (error) {
      if (error.code !== "not_enrolled") throw error;
      show([notEnrolled(me, given, error.message), h("div", { class: "buttons no-print" },
        button("Cetak", () => window.print(), { class: "plain" }),
        button("Cari orang lain", clear, { class: "plain", "aria-keyshortcuts": "Escape" }))]);
      return;
    }
    if (signal.aborted) throw new DOMException("another query came", "AbortError");
    show(view(found, given, Boolean(extra.unmask)));
  }

  function show(content) {
    fill(answer, content);
    focusOn(answer.querySelector("h2"));
  }

  function escape(event) {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    clear();
  }

  function view(found, given, unmasked) {
    const people = found.enrollments.map((each) => person(each, {
      me,
      may,
      resend: (one, message) => resend(given, one, message),
      follow,
    }));
    return [
      verdict(found, given),
      h("div", { class: "buttons no-print" },
        may("unmask") && !unmasked ? button("Tampilkan data lengkap", () => unmask(given), { class: "plain" }) : null,
        unmasked ? button("Samarkan kembali", () => quietly(given), { class: "plain" }) : null,
        button("Perbarui", () => quietly(given, "Sudah diperbarui."), { class: "plain" }),
        button("Cetak", () => window.print(), { class: "plain" }),
        button("Cari orang lain", clear, { class: "plain", "aria-keyshortcuts": "Escape" })),
      unmasked ? h("p", { class: "box warn" }, icon("warn"), "Data lengkap ditampilkan. Pembukaan ini tercatat atas nama Anda.") : null,
      people,
      printed(PLEASE_COME),
    ];
  }

  /** Remove everything about one person from the screen before the next person comes. */
  function clear() {
    forget();
    what.input.value = "";
    when.input.value = "";
    what.complain("");
    count();
    what.input.focus();
  }

  async function quietly(given, words = "") {
    try {
      await find(given);
      if (words) succeeded(words);
    } catch (error) {
      if (error?.name === "AbortError") return;
      fill(answer, failure(error, () => quietly(given, words)));
    }
  }

  /** After a re-send, let the card follow the message until it is no longer under way. */
  function follow(one, renewed, isOpen) {
    const given = { reference: one.reference };
    let looks = 0;
    watch?.stop();
    watch = poll(async () => {
      looks += 1;
      const { enrollments } = await post("enrollments/lookup", given);
      const now = enrollments.find((each) => each.programme === one.programme);
      if (!now) return false;
      renewed(now);
      return isOpen(now) && looks < MOST_LOOKS ? null : false;
    }, { fast: 5_000, slow: 30_000 });
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

  async function resend({ on, ...person }, one, message) {
    const reason = reasonField("Dicatat beserta nama Anda.");
    const phone = field("Nomor ponsel yang benar", h("input", {
      type: "tel", inputmode: "tel", autocomplete: "off", maxlength: "24",
    }), {
      optional: Boolean(one.phone),
      hint: one.phone ? `Isi hanya bila nomor ${one.phone} salah.` : "Penerima ini belum mempunyai nomor ponsel.",
    });
    const changed = await ask({
      title: `Kirim ulang ${message.about}`,
      intro: h("p", {}, `Kepada ${one.name}. Satu kali sehari; nomor yang ternyata salah dapat diperbaiki sekali lagi di hari yang sama.`),
      fields: [phone, reason],
      label: "Kirim ulang",
      busy: "Mengirim …",
      check() {
        if (!one.phone && !phone.value) phone.complain("Isi nomor ponselnya.");
        else if (phone.value && phone.value.replace(/\D/g, "").length < 8) phone.complain("Nomor terlalu pendek.");
        reason.check();
      },
      submit: () => post("enrollments/resend", {
        ...person, programme: one.programme, kind: message.kind, reason: reason.value, ...(phone.value ? { phone: phone.value } : {}),
      }),
    });
    if (changed) succeeded("SMS masuk antrean dan dikirim dalam jam pengiriman.");
    return changed;
  }

  return {
    title: "Cari",
    node: h("div", { on: { keydown: escape } }, h("h1", { class: "no-print" }, "Cari penerima"), made.node, answer),
    focus: () => what.input.focus(),
    /** Look up a person that another view passes on; the address does not name the person. */
    receive(given) {
      what.input.value = given.reference;
      count();
      what.complain("");
      find(given).catch((error) => {
        if (error?.name !== "AbortError") fill(answer, failure(error, () => this.receive(given)));
      });
    },
    leave: () => watch?.stop(),
    discard: forget,
  };
}

const NOT_YET = new Set(["enrolled", "deferred", "deducted", "remitted", "not_begun"]);

function verdict({ on, protected: yes, enrollments }, given) {
  const one = enrollments.find((each) => each.protected) ?? enrollments[0];
  const waits = !yes && NOT_YET.has(one.phase);
  return h("section", { class: `answer ${yes ? "yes" : waits ? "waits" : "no"}` },
    h("h2", {}, icon(yes ? "yes" : waits ? "wait" : "no"), h("strong", {}, yes ? "YA" : waits ? "BELUM" : "TIDAK"), " ",
      h("span", {}, `terlindungi pada ${day(on)}`)),
    h("p", {}, `${one.name}. ${one.answer}`),
    one.known_then ? h("p", {}, one.known_then) : null,
    query(given));
}

function query(given) {
  return h("p", { class: "asked" }, `Jawaban untuk ${masked(given)}.`);
}

/** A bank sees its own people only: an answer about others would be a guess, so it is not red. */
function notEnrolled(me, given, message) {
  const ofBank = me.role === "bank";
  return [
    h("section", { class: `answer ${ofBank ? "elsewhere" : "no"}` },
      ofBank
        ? h("h2", {}, icon("warn"), h("strong", {}, `Bukan penerima ${me.bank_name}`))
        : h("h2", {}, icon("no"), h("strong", {}, "TIDAK"), " ", h("span", {}, `terdaftar pada ${day(today())}`)),
      h("p", {}, message),
      h("p", {}, ofBank
        ? "Ini tidak berarti bahwa orang ini tidak terlindungi: perlindungan lewat bank lain tidak terlihat di sini. Minta yang bersangkutan bertanya ke Dinas Koperasi atau BPJS Ketenagakerjaan."
        : "Cocokkan dengan KTP atau SMS yang bersangkutan. Kepesertaan BPJS Ketenagakerjaan di luar program ini tidak terlihat di sini."),
      query(given)),
    printed(),
  ];
}

const PLEASE_COME = "Bila terjadi kecelakaan kerja atau kematian: datang dengan KTP dan lembar ini ke kantor BPJS Ketenagakerjaan, atau bertanya ke bank penyalur.";

function printed(advice = "") {
  return h("div", { class: "only-print" },
    isTrial ? h("p", { class: "trial" }, "UJI COBA: lembar ini bukan bukti perlindungan.") : null,
    advice ? h("p", {}, advice) : null,
    h("p", {}, `Dicetak ${moment(new Date().toISOString())} oleh ${signedInAs() ?? ""} dari Payung.`));
}
