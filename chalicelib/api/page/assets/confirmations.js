// What waits for somebody: banks that have not confirmed their deductions, and proposed reversals.

import { get } from "./api.js";
import { fill, h, table } from "./dom.js";
import { failure } from "./forms.js";
import { day, fileName, moment, number, rupiah } from "./format.js";

/** Draw the view; its address is `#/konfirmasi`. */
export function confirmations({ me }) {
  const place = h("div", {}, h("p", { role: "status" }, "Memuat …"));

  async function load() {
    try {
      const found = await get("confirmations");
      fill(place, late(found, me), proposed(found));
    } catch (error) {
      fill(place, failure(error, load));
    }
  }

  load();
  return { title: "Konfirmasi", node: h("div", {}, h("h1", {}, "Konfirmasi potongan"), place) };
}

function late(found, me) {
  const title = h("h2", {}, `Belum dikonfirmasi lebih dari ${number(found.days)} hari`);
  if (!found.overdue.length) return [title, h("p", { class: "box good" }, "Tidak ada: semua bank sudah mengonfirmasi tepat waktu.")];
  const asks = me.role === "bank" ? "Unggah konfirmasinya lewat menu Unggah." : "Mintalah konfirmasi kepada bank itu.";
  return [
    title,
    h("p", { class: "box warn" }, `${number(found.people)} orang, iuran ${rupiah(found.rupiah)}. Mereka belum terlindungi, dan tidak diketahui apakah iurannya sudah dipotong. ${asks}`),
    h("div", { class: "wide-table" }, table("Bank yang belum mengonfirmasi", [
      { label: "Bank", heading: true, cell: (line) => line.bank_name },
      { label: "Skema", cell: (line) => line.scheme },
      { label: "Sejak", cell: (line) => day(line.since) },
      { label: "Hari", number: true, cell: (line) => number(line.waits) },
      { label: "Orang", number: true, cell: (line) => number(line.people) },
      { label: "Iuran", number: true, cell: (line) => rupiah(line.rupiah) },
    ], found.overdue)),
  ];
}

function proposed(found) {
  if (!found.reversals.length) return null;
  return [
    h("h2", {}, "Usul pembatalan yang menunggu"),
    h("ul", {}, found.reversals.map((each) => h("li", {},
      h("a", { href: `#/berkas/${encodeURIComponent(each.batch)}` }, fileName(each.file)),
      ` (${each.bank_name}), diusulkan ${moment(each.reversal.proposed_at)}: ${each.reversal.reason}`))),
  ];
}
