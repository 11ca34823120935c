// Where premiums are, in people and rupiah; and what became of the rows of a confirmation.

import { page, post } from "./api.js";
import { button, fill, focusOn, h, icon, succeeded, table } from "./dom.js";
import { ask, failure, reasonField } from "./forms.js";
import { codeLabel } from "./codes.js";
import { moment, number, rupiah } from "./format.js";

// The sum first, then what it consists of.
const LEAVES = [
  ["expected", "Seharusnya dipotong"],
  ["open", "Belum dikonfirmasi bank"],
  ["deferred", "Ditunda"],
  ["deducted", "Sudah dipotong bank"],
  ["failed", "Gagal dipotong"],
  ["returned", "Dikembalikan kepada penerima"],
  ["remitted", "Sudah disetor ke BPJS (bagian dari yang dipotong)"],
  ["received", "Sudah diterima BPJS (bagian dari yang disetor)"],
];
const STATED = {
  deducted: "Dipotong", failed: "Gagal", returned: "Dikembalikan", deferred: "Ditunda", blank: "Belum dinyatakan",
};
const PAGE = 20;

/** Return a table of where premiums are, in people and rupiah. */
export function moneyTable(money, caption = "Iuran menurut keadaannya") {
  const lines = LEAVES.map(([name, label]) => ({ label, ...money[name] }));
  if (money.not_due?.people) lines.push({ label: "Dipotong padahal tidak semestinya: harus dikembalikan", ...money.not_due });
  return h("div", { class: "wide-table" }, table(caption, [
    { label: "Iuran", heading: true, cell: (line) => line.label },
    { label: "Orang", number: true, cell: (line) => number(line.people) },
    { label: "Rupiah", number: true, cell: (line) => rupiah(line.rupiah) },
  ], lines));
}

/** Return the panel of a file of recipients; null for another file. */
export function moneyPanel(view) {
  if (!view.money || view.status !== "completed") return null;
  return h("section", { class: "panel", "aria-labelledby": "iuran" },
    h("h2", { id: "iuran" }, "Di mana iurannya"),
    h("p", { class: "hint" }, "Iuran yang dipotong atau disetor belum berarti terlindungi: perlindungan dimulai setelah BPJS menerimanya."),
    moneyTable(view.money));
}

/** Whether a file states what became of deductions. */
export const isConfirmation = (view) => Object.keys(view.matched ?? {}).length > 0;

/** Return the figures of a confirmation: what its rows state. */
export function statedFigures(view) {
  return h("ul", { class: "figures", "aria-label": "Yang dinyatakan berkas ini" },
    h("li", {}, h("b", {}, number(view.rows)), h("span", {}, "Baris")),
    Object.entries(STATED).map(([name, label]) => h("li", {}, h("b", {}, number(view.matched[name])), h("span", {}, label))));
}

/** Return the rows of a confirmation that were not recorded, by kind: `{node, update(view)}`. */
export function breaksOf(id) {
  const node = h("section", { class: "panel", "aria-labelledby": "selisih" });
  const opened = new Set();
  let known = "";

  async function show(code, place, cursor = null) {
    fill(place, h("p", { role: "status" }, "Memuat …"));
    try {
      const found = await page(`batches/${encodeURIComponent(id)}/rows`, "rows", { code, limit: PAGE, cursor });
      fill(place,
        h("div", { class: "wide-table" }, table(`Baris: ${codeLabel(code)}`, [
          { label: "Baris", number: true, heading: true, cell: (row) => number(row.row) },
          { label: "NIK", cell: (row) => h("span", { class: "digits" }, row.nik ?? "–") },
          { label: "Nama", cell: (row) => row.name ?? "–" },
          { label: "Keterangan", wide: true, cell: (row) => row.findings.map((each) => h("p", {}, each.message)) },
        ], found.items)),
        found.next ? button("Baris berikutnya", () => show(code, place, found.next), { class: "plain" }) : null);
    } catch (error) {
      fill(place, failure(error, () => show(code, place, cursor)));
    }
  }

  return {
    node,
    update(view) {
      const list = Object.entries(view.breaks).sort(([, a], [, b]) => b - a);
      node.hidden = !list.length;
      if (JSON.stringify(list) === known) return;
      known = JSON.stringify(list);
      fill(node, h("h2", { id: "selisih" }, "Baris yang tidak tercatat, menurut sebabnya"),
        list.map(([code, times]) => {
          const place = h("div");
          return h("details", { on: { toggle: (event) => {
            if (!event.currentTarget.open || opened.has(code)) return;
            opened.add(code);
            show(code, place);
          } } }, h("summary", {}, `${codeLabel(code)}: ${number(times)} baris`), place);
        }));
    },
  };
}

/** Return the panel of the reversal of a confirmation: `{node, update(view)}`; `changed` reloads. */
export function reversalOf(id, { may, changed }) {
  const node = h("section", { class: "panel", "aria-labelledby": "pembatalan" });
  let known = "";

  async function order(title, intro, label, path, body, said) {
    const reason = reasonField("Dicatat beserta nama Anda, dan terlihat oleh bank dan dinas.");
    const done = await ask({
      title, intro: h("p", {}, intro), fields: [reason], label, check: reason.check, danger: true,
      submit: () => post(`batches/${encodeURIComponent(id)}/${path}`, { ...body, reason: reason.value }),
    });
    if (!done) return;
    succeeded(said);
    await changed();
    focusOn(node.querySelector("h2") ?? node);
  }

  const propose = () => order("Batalkan konfirmasi ini?",
    "Usul ini belum mengubah apa pun. Pengguna lain perlu menyetujuinya; salah satunya petugas dinas.",
    "Usulkan", "reversal", {}, "Pembatalan diusulkan. Pengguna lain perlu menyetujuinya.");
  const approve = () => order("Setujui pembatalan?",
    "Semua yang dicatat dari berkas ini kembali seperti sebelumnya. Ini tidak dapat diulang balik; bank mengunggah konfirmasi yang benar.",
    "Setujui", "reversal/decision", { approve: true }, "Pembatalan disetujui dan segera dijalankan.");
  const drop = () => order("Tolak usul pembatalan?", "Tidak ada yang berubah; berkas tetap berlaku.",
    "Tolak usul", "reversal/decision", { approve: false }, "Usul pembatalan ditolak.");

  function story(found) {
    const by = found.proposed_by ?? (found.of_department ? "petugas dinas" : "pengguna bank");
    return [
      h("p", { class: `box ${found.state === "done" ? "good" : "warn"}` }, icon(found.state === "done" ? "yes" : "warn"), found.explanation),
      h("p", {}, `Diusulkan ${moment(found.proposed_at)} oleh ${by}: ${found.reason}`),
      found.decided_at ? h("p", {}, `Diputuskan ${moment(found.decided_at)}${found.decided_by ? ` oleh ${found.decided_by}` : ""}: ${found.why}`) : null,
      found.kept.length ? h("ul", {}, found.kept.map((each) => h("li", {}, `${number(each.rows)} baris tetap: ${each.message}`))) : null,
    ];
  }

  return {
    node,
    update(view) {
      const state = JSON.stringify([view.reversal, view.status]);
      if (state === known) return;
      known = state;
      const found = view.reversal;
      const again = !found || ["dropped", "refused"].includes(found.state);
      const mayPropose = again && may("propose_reversal") && view.status === "completed";
      node.hidden = !found && !mayPropose;
      fill(node,
        h("h2", { id: "pembatalan" }, "Pembatalan berkas"),
        found ? story(found) : h("p", {}, "Bila berkas ini salah, catatannya dapat dibatalkan oleh dua pengguna selama belum ada iurannya yang disetor."),
        h("div", { class: "buttons no-print" },
          mayPropose ? button("Usulkan pembatalan", propose, { class: "plain" }) : null,
          found?.may.includes("approve") ? button("Setujui pembatalan", approve, { class: "main" }) : null,
          found?.may.includes("drop") ? button("Tolak usul", drop, { class: "plain" }) : null));
    },
  };
}
