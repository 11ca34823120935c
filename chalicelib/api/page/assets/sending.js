// Messages: whether they go out, how many wait, and their cost. Also the lists of people that no
// message has reached.

import { get, post } from "./api.js";
import { announce, button, facts, fill, h, icon, succeeded } from "./dom.js";
import { ask, failure, reasonField } from "./forms.js";
import { moment, number, percent, soon, usd } from "./format.js";
import { outreach } from "./outreach.js";
import { poll } from "./poll.js";
import { shut } from "./words.js";

/** Draw the view. */
export function sending({ me, may }) {
  const place = h("div", {}, h("p", { role: "status" }, "Memuat …"));
  const state = h("div");
  const figures = h("div");
  const controls = h("div", { class: "buttons no-print" });
  const stopped = h("div");
  const trouble = h("div");
  let view = null;
  let watch = null;
  let left = false;

  async function load() {
    try {
      const found = await get("sms/gate");
      if (left) return;
      fill(place, trouble, state, controls, figures, stopped);
      draw(found);
      watch = poll(async () => {
        const renewed = await get("sms/gate");
        fill(trouble);
        return draw(renewed) || null;
      }, { fast: 4_000, slow: 30_000, failed: () => fill(trouble, h("p", { class: "notice bad" }, "Status SMS belum dapat diperbarui; dicoba lagi sendiri.")) });
    } catch (error) {
      if (!left) fill(place, failure(error, load));
    }
  }

  /** Show the changes; return whether there are any. */
  function draw(found) {
    const before = view;
    if (JSON.stringify(before) === JSON.stringify(found)) return false;
    view = found;
    fill(state, h("section", { class: `answer ${found.open ? "yes" : "no"} gate` },
      h("h2", {}, icon(found.open ? "yes" : "pause"), h("strong", {}, found.open ? "TERBUKA" : "TERTUTUP"), " ",
        h("span", {}, found.open ? "SMS boleh dikirim" : shut(found.why))),
      h("p", {}, found.explanation),
      found.until ? h("p", {}, `Dibuka lagi ${soon(found.until)}.`) : null,
      found.pause ? h("p", {}, `Dijeda ${moment(found.pause.at)} oleh ${found.pause.by}: “${found.pause.reason}”`) : null));
    fill(figures, numbers(found), budget(found));
    if (before?.open !== undefined && before.open !== found.open) announce(found.open ? "SMS terbuka." : `SMS tertutup: ${shut(found.why)}.`);
    if (!before || Boolean(before.pause) !== Boolean(found.pause)) showControls();
    if (JSON.stringify(before?.batches) !== JSON.stringify(found.batches)) showStopped();
    return true;
  }

  function showControls() {
    if (!may("switch_gate")) return;
    fill(controls, view.pause
      ? button("Lanjutkan pengiriman SMS", () => turn("resume"), { class: "main" })
      : button("Jeda semua SMS", () => turn("pause"), { class: "danger" }));
  }

  function showStopped() {
    fill(stopped, view.batches.length ? h("section", { class: "panel", "aria-labelledby": "dijeda" },
      h("h2", { id: "dijeda" }, "Berkas yang SMS-nya dijeda"),
      h("ul", { class: "plain-list" }, view.batches.map((each) => h("li", {},
        h("a", { href: `#/berkas/${each.batch}`, class: "digits" }, each.batch),
        ` sejak ${moment(each.at)} oleh ${each.by}: “${each.reason}” `,
        may("switch_gate") ? button("Lanjutkan", () => turn("resume", each.batch), { class: "plain", "aria-label": `Lanjutkan SMS berkas ${each.batch}` }) : null)))) : null);
  }

  async function turn(action, batch = null) {
    const reason = reasonField("Dicatat beserta nama Anda.");
    const pausing = action === "pause";
    const title = batch ? `Lanjutkan SMS berkas ${batch}?` : pausing ? "Jeda semua SMS?" : "Lanjutkan pengiriman SMS?";
    const done = await ask({
      title,
      intro: h("p", {}, pausing
        ? "Tidak ada SMS yang dikirim sampai dilanjutkan. Pendaftaran dan perlindungan berjalan terus."
        : "SMS yang tertunda dikirim lagi, dalam jam pengiriman."),
      fields: [reason],
      label: pausing ? "Jeda" : "Lanjutkan",
      danger: pausing,
      check: reason.check,
      submit: () => post("sms/gate", { action, reason: reason.value, ...(batch ? { batch } : {}) }),
    });
    if (!done) return;
    draw(done);
    succeeded(batch ? `SMS berkas ${batch} dilanjutkan.` : pausing ? "Semua SMS dijeda." : "Pengiriman SMS dilanjutkan.");
    watch?.now();
    (controls.querySelector("button") ?? place.querySelector("h2"))?.focus();
  }

  load();
  return {
    title: "SMS",
    node: h("div", {}, h("h1", {}, "SMS konfirmasi"), place, may("download_outreach") ? outreach({ me, may }) : null),
    leave() {
      left = true;
      watch?.stop();
    },
  };
}

function numbers(view) {
  const { window: hours } = view;
  const clock = (text) => text.replace(":", ".");
  return facts([
    ["Menunggu dikirim", h("strong", {}, `${number(view.waiting)} orang`)],
    ["Perkiraan selesai", view.waiting ? (view.rate && view.done_by ? soon(view.done_by) : "belum dapat diperkirakan") : null],
    ["Kecepatan", view.rate ? `${number(view.rate)} SMS per detik` : "tanpa batas"],
    ["Jam pengiriman", hours ? `${clock(hours.opens)}–${clock(hours.closes)} ${hours.timezone === "Asia/Makassar" ? "WITA" : hours.timezone}` : "setiap saat"],
  ]);
}

function budget(view) {
  const billed = h("p", { class: "hint" }, `Menurut laporan operator sejauh ini: ${usd(view.billed_usd)}.`);
  if (view.budget_usd === null) {
    return h("section", { class: "panel" }, h("h2", {}, "Biaya bulan ini"), h("p", {}, `${usd(view.reserved_usd)} terpakai; tidak ada batas anggaran.`), billed);
  }
  const share = Number(view.budget_usd) ? Number(view.reserved_usd) / Number(view.budget_usd) : 1;
  const label = `${usd(view.reserved_usd)} dari ${usd(view.budget_usd)} (${percent(share)})`;
  return h("section", { class: "panel" },
    h("h2", {}, "Anggaran bulan ini"),
    h("p", { class: "progress" }, h("progress", { max: "1", value: Math.min(1, share), class: view.nearly_spent ? "high" : null, "aria-label": "Anggaran terpakai" }, label), h("span", {}, label)),
    view.nearly_spent ? h("p", { class: "box warn" }, icon("warn"), "Anggaran hampir habis. SMS yang tidak terbiayai menunggu sampai bulan berikutnya, atau sampai anggaran ditambah.") : null,
    billed);
}
