// A file row by row, in the file's own order, by what became of the rows.

import { page } from "./api.js";
import { announce, button, fill, h, table, tableRow } from "./dom.js";
import { failure } from "./forms.js";
import { day, number, rupiah } from "./format.js";
import { disposition, DISPOSITIONS, dispositionMeaning } from "./words.js";

const PAGE = 50;
const ORDER = ["rejected", "conflict", "duplicate", "accepted"];

/** Return `{node, update}`; `view()` is the file as it stands. */
export function rowsOf(id, { view, kind, go }) {
  let chosen = DISPOSITIONS.includes(kind) ? kind : "";
  let body = null;
  let next = null;
  let shown = 0;
  let asking = null;
  const about = h("p", { class: "hint" });
  const place = h("div");
  const more = h("div", { class: "buttons no-print" });
  const choices = new Map(["", ...ORDER].map((each) => [each, button("", () => choose(each), { class: "plain" })]));
  const node = h("section", { class: "panel", "aria-labelledby": "baris" },
    h("h2", { id: "baris" }, "Baris demi baris"),
    h("div", { class: "choices no-print", role: "group", "aria-label": "Pilih baris menurut hasilnya" }, [...choices.values()]),
    about, place, more);

  const columns = [
    { label: "Baris", number: true, heading: true, cell: (row) => number(row.row) },
    { label: "Hasil", cell: (row) => h("span", { class: `badge of-${row.disposition}` }, disposition(row.disposition)) },
    { label: "NIK", cell: (row) => h("span", { class: "digits" }, row.nik ?? "–") },
    { label: "Nama", cell: (row) => row.name ?? "–" },
    { label: "Iuran", number: true, cell: (row) => (row.premium ? rupiah(row.premium) : "–") },
    { label: "Perlindungan", cell: (row) => (row.starts ? `${day(row.starts)} – ${day(row.ends)}` : "–") },
    { label: "Keterangan", wide: true, cell: (row) => row.findings.map((each) => h("p", {}, each.message)) },
    { label: "Referensi", cell: reference },
  ];

  function reference(row) {
    if (!row.reference) return "–";
    return button(row.reference, () => go("#/cari", { reference: row.reference }), {
      class: "link digits", "aria-label": `Cari penerima ${row.reference}`,
    });
  }

  function choose(each) {
    chosen = each;
    history.replaceState(null, "", `#/berkas/${id}${each ? `/${each}` : ""}`);
    label();
    load();
  }

  function label() {
    const now = view();
    for (const [each, control] of choices) {
      const times = each ? now[each] : now.accepted + now.duplicate + now.conflict + now.rejected;
      const text = `${each ? disposition(each) : "Semua"} (${number(times)})`;
      if (control.textContent !== text) control.textContent = text;
      control.setAttribute("aria-pressed", String(each === chosen));
    }
    about.textContent = chosen ? dispositionMeaning(chosen) : "";
  }

  async function load({ quiet = false } = {}) {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    place.setAttribute("aria-busy", "true");
    try {
      const found = await ask(null, { signal });
      if (signal.aborted) return;
      draw(found);
      if (!quiet) announce(`${shown} baris ditampilkan.`);
    } catch (error) {
      if (!signal.aborted && !quiet) fill(place, failure(error, load));
    } finally {
      if (!signal.aborted) place.removeAttribute("aria-busy");
    }
  }

  function ask(cursor, options) {
    return page(`batches/${encodeURIComponent(id)}/rows`, "rows", { disposition: chosen, limit: PAGE, cursor }, options);
  }

  function draw(found) {
    next = found.next;
    shown = found.items.length;
    if (!shown) {
      fill(place, h("p", { class: "empty" }, "Tidak ada baris."));
    } else {
      const made = table("Baris berkas", columns, found.items);
      body = made.querySelector("tbody");
      fill(place, h("div", { class: "wide-table" }, made));
    }
    showMore();
  }

  function showMore() {
    fill(more, next ? button("Tampilkan baris berikutnya", loadMore, { class: "plain" }) : null);
  }

  async function loadMore(event) {
    const pressed = event.currentTarget;
    pressed.setAttribute("aria-disabled", "true");
    try {
      const found = await ask(next);
      const added = found.items.map((row) => tableRow(columns, row));
      body.append(...added);
      shown += added.length;
      next = found.next;
      showMore();
      (more.querySelector("button") ?? added[0])?.focus?.();
      announce(`${added.length} baris lagi; ${shown} ditampilkan.`);
    } catch (error) {
      fill(more, failure(error), button("Tampilkan baris berikutnya", loadMore, { class: "plain" }));
    }
  }

  let begun = false;
  return {
    node,
    /** Follow the file: rows that were settled since the last look appear by themselves. */
    update(before) {
      const now = view();
      node.hidden = now.status === "refused" || now.rows === 0;
      if (node.hidden) return;
      label();
      const settled = (each) => each.accepted + each.duplicate + each.conflict + each.rejected;
      if (!begun) {
        begun = true;
        load({ quiet: true });
      } else if (before && settled(before) !== settled(now) && !next && shown < PAGE && !node.contains(document.activeElement)) {
        load({ quiet: true });
      }
    },
  };
}
