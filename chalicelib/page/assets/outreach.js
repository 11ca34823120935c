// Lists of people whom no message reached, for officers who visit or call them.

import { get, post, withQuery } from "./api.js";
import { announce, button, fill, h } from "./dom.js";
import { failure, field, select } from "./forms.js";
import { download } from "./file.js";

const LOOKS = 10;
const BETWEEN = 2_000;

/** Return the section. */
export function outreach({ me, may }) {
  const place = h("div");
  const told = h("p", { role: "status" });
  const order = may("order_outreach") ? button("Buat daftar baru", make, { class: "plain" }) : null;
  const bank = field("Bank", select([["", "Pilih bank …"], ...me.banks.map(({ code, name }) => [code, name])], "", { on: { change } }));
  let timer = 0;
  if (order) order.hidden = true;

  function change() {
    clearTimeout(timer);
    told.textContent = "";
    if (order) order.hidden = !bank.value;
    show();
  }

  async function show() {
    const chosen = bank.value;
    if (!chosen) {
      fill(place);
      return;
    }
    try {
      const { files } = await get(withQuery("outreach", { bank: chosen }));
      if (bank.value !== chosen) return;
      fill(place, files.length
        ? h("ul", { class: "downloads" }, files.map((each) => h("li", {}, button(`Unduh ${each.name}`, () => fetchOne(chosen, each.name), { class: "plain" }))))
        : h("p", { class: "empty" }, "Belum ada daftar untuk bank ini."));
    } catch (error) {
      fill(place, failure(error, show));
    }
  }

  async function make() {
    const chosen = bank.value;
    try {
      await post("outreach", { bank: chosen });
    } catch (error) {
      fill(place, failure(error, make));
      return;
    }
    told.textContent = "Daftar sedang dibuat dan muncul di bawah dalam beberapa saat.";
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

  /** Links live five minutes: each is fetched when it is wanted. */
  async function fetchOne(chosen, name) {
    try {
      const { files } = await get(withQuery("outreach", { bank: chosen }));
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
    h("div", { class: "filters" }, bank.node, order), told, place);
}
