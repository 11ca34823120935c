// Who asked for whose data, when, and why: the department orders a file, and fetches it when it is
// done.

import { get, post, withQuery } from "./api.js";
import { announce, button, fill, focusOn, h, icon, succeeded, table } from "./dom.js";
import { dayField } from "./dates.js";
import { download } from "./file.js";
import { allRight, failure, field, form, reasonField } from "./forms.js";
import { day, moment, number, today } from "./format.js";
import { poll } from "./poll.js";

const PROGRESS = { waiting: "Menunggu giliran", running: "Sedang disusun", done: "Selesai", failed: "Tidak selesai" };
const BADGE = { done: "batch-completed", failed: "batch-stuck" };
const isOpen = (each) => each.progress === "waiting" || each.progress === "running";

/** Draw the view. */
export function access() {
  const list = h("div", {}, h("p", { role: "status" }, "Memuat …"));
  const trouble = h("div");
  let orders = null;
  let watch = null;
  let left = false;

  const from = dayField("Sejak tanggal");
  const to = dayField("Sampai tanggal");
  from.set(`${today().slice(0, 8)}01`);
  to.set(today());
  const user = field("Nama pengguna", h("input", { type: "text", autocomplete: "off", autocapitalize: "none", spellcheck: "false", maxlength: "128" }), {
    optional: true, hint: "Hanya yang dilakukan pengguna ini; tulis seperti pada waktu masuk.",
  });
  const whom = field("NIK atau nomor referensi", h("input", { type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: "64" }), {
    optional: true, hint: "Hanya yang menyangkut orang ini.",
  });
  const reason = reasonField("Dicatat beserta nama Anda.");
  const made = form({
    className: "narrow",
    content: [h("div", { class: "filters" }, from.node, to.node), user.node, whom.node, reason.node],
    label: "Susun berkas",
    busy: "Meminta …",
    submit: order,
  });

  function check() {
    const days = [from, to];
    for (const each of days) {
      each.check();
      if (!each.input.value.trim()) each.complain("Isi tanggalnya.");
      else if (each.value > today()) each.complain("Tanggal itu belum tiba.");
    }
    if (from.value && to.value && from.value > to.value) to.complain("Lebih awal daripada tanggal sejak.");
    reason.complain("");
    reason.check();
    return allRight([...days, user, whom, reason]);
  }

  async function order() {
    if (!check()) return;
    const given = { from: from.value, to: to.value, reason: reason.value };
    if (user.value) given.user = user.value;
    if (whom.value) given.reference = whom.value;
    const made = await post("access", given);
    orders = [made, ...(orders ?? [])];
    draw();
    reason.input.value = "";
    succeeded("Permintaan dicatat. Berkas sedang disusun; statusnya ada di bawah.");
    follow();
  }

  async function load() {
    try {
      ({ orders } = await get("access"));
      if (left) return;
      draw();
      follow();
    } catch (error) {
      if (!left) fill(list, failure(error, load));
    }
  }

  function follow() {
    watch?.stop();
    if (left || !orders?.some(isOpen)) return;
    watch = poll(async () => {
      const before = orders;
      ({ orders } = await get("access"));
      fill(trouble);
      const moved = JSON.stringify(before) !== JSON.stringify(orders);
      if (moved && !left) {
        draw();
        const done = orders.find((each) => each.progress === "done" && before.some((old) => old.order === each.order && isOpen(old)));
        if (done) announce("Berkas catatan akses selesai dan dapat diunduh.");
      }
      return orders.some(isOpen) ? moved || null : false;
    }, { fast: 1_500, slow: 15_000, failed: () => fill(trouble, h("p", { class: "notice bad" }, "Status berkas belum dapat diperbarui; dicoba lagi sendiri.")) });
  }

  function draw() {
    if (!orders.length) {
      fill(list, h("p", { class: "empty" }, "Belum ada permintaan dalam 30 hari terakhir."));
      return;
    }
    const focused = list.contains(document.activeElement);
    fill(list, h("div", { class: "wide-table" }, table("Berkas yang diminta", [
      { label: "Diminta", heading: true, cell: (each) => [moment(each.at), h("small", {}, `oleh ${each.by}`)] },
      { label: "Masa", cell: (each) => (each.first === each.last ? day(each.first) : `${day(each.first)} – ${day(each.last)}`) },
      { label: "Tentang", cell: about },
      { label: "Alasan", wide: true, cell: (each) => h("p", {}, each.reason) },
      { label: "Status", cell: state },
    ], orders)));
    if (focused) focusOn(list.querySelector("button") ?? list);
  }

  function about(each) {
    if (!each.user && !each.reference) return "Semua pengguna dan penerima";
    return [each.user ? h("p", {}, `Pengguna ${each.user}`) : null,
      each.reference ? h("p", {}, "Penerima ", h("span", { class: "digits" }, each.reference)) : null];
  }

  function state(each) {
    return [
      h("span", { class: `badge ${BADGE[each.progress] ?? ""}` }, PROGRESS[each.progress] ?? each.progress),
      each.explanation ? h("small", {}, each.explanation) : null,
      each.progress === "done" ? h("small", {}, each.lines ? `${number(each.lines)} catatan` : "Tidak ada catatan pada masa itu") : null,
      each.progress === "done" ? button("Unduh XLSX", () => fetchOne(each), { class: "plain", "aria-label": `Unduh XLSX, diminta ${moment(each.at)}` }) : null,
    ];
  }

  async function fetchOne(each) {
    fill(trouble);
    try {
      const { files } = await get(withQuery("access/file", { order: each.order }));
      if (files.length) download(files[0].url);
      else fill(trouble, h("p", { class: "box warn", role: "alert" }, icon("warn"), "Berkas itu belum ada. Tunggu sebentar, lalu coba lagi."));
      if (files.length) announce(`Mengunduh ${files[0].name}.`);
    } catch (error) {
      fill(trouble, failure(error, () => fetchOne(each)));
    }
  }

  load();
  return {
    title: "Catatan akses",
    node: h("div", {},
      h("h1", {}, "Catatan akses"),
      h("p", {}, "Siapa yang melihat data siapa, kapan, dan dengan alasan apa. Berkas disusun di latar belakang dan tersimpan 30 hari. NIK dan nomor telepon tidak ada di dalamnya."),
      h("p", { class: "hint" }, "Paling lama 93 hari untuk satu berkas. Catatan beberapa menit terakhir mungkin belum ada. Permintaan ini pun dicatat."),
      made.node,
      h("section", { class: "panel", "aria-labelledby": "permintaan" }, h("h2", { id: "permintaan" }, "Berkas yang diminta"), trouble, list)),
    leave() {
      left = true;
      watch?.stop();
    },
  };
}
