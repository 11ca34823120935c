// The help: what to do, the template for recipients, whom to ask, and every code with its cure.

import { config } from "./config.js";
import { codeLabel } from "./codes.js";
import { button, fill, focusOn, h } from "./dom.js";
import { failure, field } from "./forms.js";
import { save } from "./saving.js";

const STEPS = [
  ["Siapkan daftarnya.", "Satu baris satu orang, dengan judul kolom NIK, Nama, dan Nilai Bantuan (rupiah penuh); No. HP agar penerima mendapat SMS. Paling mudah memakai template di bawah."],
  ["Jaga NIK.", "Excel menyimpan 15 angka saja, dan NIK ada 16. Kolom NIK harus berformat Teks sebelum diisi; di template sudah demikian."],
  ["Unggah.", "Pilih skema dan berkasnya, lalu tunggu sampai selesai, biasanya beberapa menit."],
  ["Buka hasil.xlsx.", "Potong iuran hanya dari baris yang berstatus diterima, sebesar payung_iuran. Jangan memotong dari duplikat, konflik, atau ditolak."],
  ["Perbaiki ditolak.xlsx.", "Sel yang salah berwarna merah, dan payung_pesan menyebut apa yang harus diperbaiki. Simpan, lalu unggah berkas itu juga."],
];
const COUNTER = [
  ["Ketik NIK atau nomor referensi", "di Cari. Titik, spasi, dan huruf kecil tidak menjadi soal."],
  ["YA", "berarti BPJS sudah menerima iurannya. BELUM berarti terdaftar, tetapi iurannya belum diterima atau perlindungannya belum mulai. Kalimat di bawahnya menyebut sampai di mana."],
  ["Cetak", "menghasilkan satu lembar untuk dibawa pulang. Cari orang lain (Esc) mengosongkan layar."],
  ["SMS tidak sampai?", "Tanyakan nomornya, lalu Dinas Koperasi mengirim ulang dari kartu orang itu."],
];

let loading = null;

/** Load the content of the help; the browser keeps it. */
async function content() {
  loading ??= fetch(new URL(config.help, document.baseURI)).then((answer) => {
    if (!answer.ok) throw new Error("no help");
    return answer.json();
  });
  try {
    return await loading;
  } catch (error) {
    loading = null;
    throw error;
  }
}

/** Let the browser save the template. */
async function saveTemplate() {
  const { template } = await content();
  save("template-penerima.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", template);
}

/** Return a button that saves the template. */
export function template() {
  const trouble = h("span");
  const get = button("Unduh template (XLSX)", async () => {
    fill(trouble);
    await saveTemplate().catch((error) => fill(trouble, failure(error)));
  }, { class: "plain" });
  return h("span", {}, get, trouble);
}

const list = (steps) => h("ol", {}, steps.map(([what, how]) => h("li", {}, h("strong", {}, what), ` ${how}`)));

/** Draw the view; its address is `#/bantuan`, or `#/bantuan/<code>`. */
export function help({ me, args }) {
  const [wanted = ""] = args;
  const place = h("div", {}, h("p", { role: "status" }, "Memuat …"));
  const search = field("Cari kode atau kata", h("input", { type: "search", autocomplete: "off", on: { input: filter } }));
  let entries = [];

  function filter() {
    const words = search.value.toLowerCase();
    for (const [text, entry] of entries) entry.hidden = !text.includes(words);
  }

  async function load() {
    try {
      const { codes } = await content();
      entries = codes.map(({ code, cause, cure }) => [`${code} ${codeLabel(code)} ${cause} ${cure}`.toLowerCase(), h("details", { id: `kode-${code}`, class: "panel", open: code === wanted },
        h("summary", {}, h("h3", {}, codeLabel(code))), h("p", {}, cause), h("p", {}, h("strong", {}, "Lakukan: "), cure), h("p", { class: "hint" }, h("code", {}, code)))]);
      fill(place, entries.map(([, entry]) => entry));
      /** @type {HTMLElement | null} */
      const found = place.querySelector("details[open] summary");
      found?.scrollIntoView({ block: "start" });
      found?.focus();
    } catch (error) {
      fill(place, failure(error, load));
    }
  }

  load();
  return {
    title: "Bantuan",
    node: h("div", { class: "narrow" }, h("h1", {}, "Bantuan"),
      config.contact ? h("p", { class: "box good" }, h("strong", {}, "Bertanya kepada: "), config.contact) : null,
      me.role === "bank" ? [h("h2", {}, "Menyerahkan daftar penerima"), list(STEPS), h("p", {}, template())] : null,
      h("h2", {}, "Di loket"), list(COUNTER),
      h("h2", {}, "Arti setiap alasan dan catatan"), search.node, place),
    focus: wanted ? () => focusOn(place) : undefined,
  };
}
