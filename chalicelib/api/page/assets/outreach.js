// The lists of people that no message has reached; officers visit or call them.

import { get, post, withQuery } from "./api.js";
import { announce, button, fill, h, table } from "./dom.js";
import { allRight, failure, field, reasonField, select } from "./forms.js";
import { download } from "./file.js";
import { number } from "./format.js";

const LOOKS = 10;
const BETWEEN = 2_000;

/** Return the people's last messages that did not reach them, by reason. */
function byReason(reasons) {
  if (!reasons.length) return null;
  return h("div", { class: "wide-table" }, table("SMS terakhir yang tidak sampai, menurut sebabnya", [
    { label: "Sebab", heading: true, wide: true, cell: (each) => each.reason },
    { label: "Status", cell: (each) => each.status },
    { label: "Orang", number: true, cell: (each) => number(each.people) },
  ], reasons, { captionSeen: true }));
}

/** Return the section. */
export function outreach({ me, may }) {
  const place = h("div");
  const notice = h("p", { role: "status" });
  const reason = reasonField("Daftar memuat nomor telepon lengkap. Alasan dicatat beserta nama Anda.");
  const shows = button("Tampilkan daftar", show, { class: "plain" });
  const order = may("order_outreach") ? button("Buat daftar baru", make, { class: "plain" }) : null;
  const bank = field("Bank", select([["", "Pilih bank …"], ...me.banks.map(({ code, name }) => [code, name])], "", { on: { change } }));
  let timer = 0;
  offer();

  function offer() {
    for (const each of [reason.node, shows, order]) if (each) each.hidden = !bank.value;
  }

  function change() {
    clearTimeout(timer);
    notice.textContent = "";
    fill(place);
    offer();
  }

  /** Whether there is a reason; if not, say so at the field. */
  function isExplained() {
    reason.complain("");
    reason.check();
    return allRight([reason]);
  }

  const links = (chosen) => get(withQuery("outreach", { bank: chosen, reason: reason.value }));

  async function show() {
    const chosen = bank.value;
    if (!isExplained()) return;
    try {
      const { files, reasons } = await links(chosen);
      if (bank.value !== chosen) return;
      fill(place, files.length
        ? [byReason(reasons), h("ul", { class: "downloads" }, files.map((each) => h("li", {}, button(`Unduh ${each.name}`, () => fetchOne(chosen, each.name), { class: "plain" }))))]
        : h("p", { class: "empty" }, "Belum ada daftar untuk bank ini."));
    } catch (error) {
      fill(place, failure(error, show));
    }
  }

  async function make() {
    const chosen = bank.value;
    if (!isExplained()) return;
    try {
      await post("outreach", { bank: chosen });
    } catch (error) {
      fill(place, failure(error, make));
      return;
    }
    notice.textContent = "Daftar sedang dibuat dan muncul di bawah dalam beberapa saat.";
    look(chosen, LOOKS);
  }

  function look(chosen, times) {
    clearTimeout(timer);
    if (!times || bank.value !== chosen || !place.isConnected) return;
    timer = setTimeout(async () => {
      if (!place.contains(document.activeElement)) await show();
      look(chosen, times - 1);
    }, BETWEEN);
  }

  /** Fetch a new link for each download: a link is valid for five minutes. */
  async function fetchOne(chosen, name) {
    if (!isExplained()) return;
    try {
      const { files } = await links(chosen);
      const found = files.find((each) => each.name === name);
      if (found) download(found.url);
      else await show();
      announce(found ? `Mengunduh ${name}.` : "Daftar itu sudah tidak ada.");
    } catch (error) {
      fill(place, failure(error, show));
    }
  }

  return h("section", { class: "panel no-print", "aria-labelledby": "kunjungan" },
    h("h2", { id: "kunjungan" }, "Daftar kunjungan"),
    h("p", {}, "Penerima yang tidak menerima SMS, menurut kabupaten/kota, untuk dihubungi langsung. Daftar memuat nomor telepon lengkap: simpan dan hapus dengan hati-hati."),
    h("div", { class: "filters" }, bank.node, reason.node, shows, order), notice, place);
}
