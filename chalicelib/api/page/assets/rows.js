// The rows of a file in the file's own order, filtered by disposition.

import { page } from "./api.js";
import { announce, button, fill, h, table, tableRow } from "./dom.js";
import { failure } from "./forms.js";
import { help } from "./codes.js";
import { day, number, rupiah, shortDay } from "./format.js";
import { isConfirmation } from "./money.js";
import { disposition, DISPOSITIONS, dispositionMeaning, smsMeaning, smsState } from "./words.js";

const PAGE = 50;
const ALL = "semua";
const FAILED = "sms-gagal"; // not a disposition: accepted rows whose message failed
const TROUBLED = new Set(["failed", "unconfirmed", "held", "unknown", "not_possible"]);
const ORDER = ["rejected", "conflict", "duplicate", "accepted"];

/**
 * Return `{node, update, choose}`; `view()` returns the file's current state.
 *
 * Without a choice in the address, rejected rows are shown if there are any: they need work.
 */
export function rowsOf(id, { view, kind, go }) {
  let isChosen = kind === ALL || kind === FAILED || DISPOSITIONS.includes(kind);
  let chosen = isChosen && kind !== ALL ? kind : "";
  let why = ""; // the reason of failed messages that is chosen
  let items = [];
  let body = null;
  let next = null;
  let asking = null;
  const about = h("p", { class: "hint" });
  const period = h("p", { class: "hint" });
  const printed = h("p", { class: "only-print" });
  const reasons = h("div", { class: "choices no-print", role: "group", "aria-label": "Pilih menurut sebab SMS gagal" });
  const place = h("div");
  const more = h("div", { class: "buttons no-print" });
  const choices = new Map(["", ...ORDER, FAILED].map((each) => [each, button("", () => choose(each), { class: "plain" })]));
  const node = h("section", { class: "panel", "aria-labelledby": "baris" },
    h("h2", { id: "baris" }, "Baris demi baris"),
    h("div", { class: "choices no-print", role: "group", "aria-label": "Pilih baris menurut hasilnya" }, [...choices.values()]),
    reasons, about, period, printed, place, more);

  /** Return the columns for these rows. A period that all of them share is said once, above. */
  function columnsFor(rows) {
    const shared = periods(rows).size < 2;
    /** @type {any[]} */
    const columns = [
      { label: "Baris", number: true, heading: true, cell: (row) => number(row.row) },
      { label: "Hasil", cell: (row) => h("span", { class: `badge of-${row.disposition}` }, disposition(row.disposition)) },
      { label: "NIK", cell: (row) => (row.nik ? h("span", { class: "digits" }, row.nik) : "–") },
      { label: "Nama", cell: (row) => row.name ?? "–" },
      { label: "Iuran", number: true, cell: (row) => (row.premium ? rupiah(row.premium) : "–") },
      shared ? null : { label: "Rencana masa", cell: (row) => (row.starts ? [h("span", { class: "digits" }, shortDay(row.starts)), h("small", { class: "digits" }, `s.d. ${shortDay(row.ends)}`)] : "–") },
      rows.some((row) => row.sms) ? { label: "SMS", cell: message } : null,
      { label: "Keterangan", wide: true, cell: (row) => [...row.findings, ...row.for_department].map((each) => h("p", {}, each.message, " ", help(each.code))) },
      { label: "Referensi", cell: reference },
    ];
    return columns.filter(Boolean);
  }

  function periods(rows) {
    return new Set(rows.filter((row) => row.starts).map((row) => `${day(row.starts)} – ${day(row.ends)}`));
  }

  function message(row) {
    if (!row.sms) return "–";
    return [h("span", { class: `badge sms-${row.sms}` }, smsState(row.sms)),
      row.sms_explanation || TROUBLED.has(row.sms) ? h("small", {}, row.sms_explanation ?? smsMeaning(row.sms)) : null];
  }

  function reference(row) {
    if (!row.reference) return "–";
    return button(row.reference, () => go("#/cari", { reference: row.reference }), {
      class: "link digits", "aria-label": `Cari penerima ${row.reference}`,
    });
  }

  function choose(each) {
    isChosen = true;
    chosen = each;
    why = "";
    fill(reasons);
    history.replaceState(null, "", `#/berkas/${id}/${each || ALL}`);
    label();
    // Rows of the choice before never stay below this one.
    fill(place, h("p", { class: "empty" }, "Memuat baris…"));
    fill(more, null);
    load();
  }

  function label() {
    const now = view();
    for (const [each, control] of choices) {
      const text = `${nameOf(each)} (${number(timesOf(each, now))})`;
      if (each === FAILED) control.hidden = !now.sms?.failed && chosen !== FAILED;
      if (control.textContent !== text) control.textContent = text;
      control.setAttribute("aria-pressed", String(each === chosen));
    }
    about.textContent = chosen && chosen !== FAILED && !isConfirmation(now) ? dispositionMeaning(chosen) : "";
  }

  const nameOf = (each) => (each === FAILED ? "SMS gagal" : each ? disposition(each) : "Semua");

  function timesOf(each, now) {
    if (each === FAILED) return now.sms?.failed ?? 0;
    return each ? now[each] : now.accepted + now.duplicate + now.conflict + now.rejected;
  }

  /** Offer the reasons of the failed messages that are shown, with how many rows have each. */
  function offerReasons() {
    if (chosen !== FAILED || why) return;
    const found = new Map();
    for (const { sms_reason: code, sms_explanation: text } of items) {
      const [label] = (text ?? code ?? "").split(". ");
      if (code) found.set(code, { label: label.replace(/\.$/, ""), times: (found.get(code)?.times ?? 0) + 1 });
    }
    const all = button(next ? `Semua sebab (dari ${number(items.length)} baris pertama)` : "Semua sebab", () => turn(""), { class: "plain", "aria-pressed": "true" });
    const each = [...found].sort(([, a], [, b]) => b.times - a.times).map(([code, { label, times }]) =>
      button(`${label} (${number(times)})`, () => turn(code), { class: "plain", "data-code": code, "aria-pressed": "false" }));
    fill(reasons, found.size ? [all, ...each] : null);
  }

  /** Show the rows whose message failed for a reason; for all of them without one. */
  function turn(code) {
    why = code;
    for (const each of reasons.querySelectorAll("button")) each.setAttribute("aria-pressed", String((each.dataset.code ?? "") === code));
    load();
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
      if (!quiet) announce(`${items.length} baris ditampilkan.`);
    } catch (error) {
      if (!signal.aborted && !quiet) fill(place, failure(error, load));
    } finally {
      if (!signal.aborted) place.removeAttribute("aria-busy");
    }
  }

  function ask(cursor, options) {
    return page(`batches/${encodeURIComponent(id)}/rows`, "rows", { ...wanted(), limit: PAGE, cursor }, options);
  }

  function wanted() {
    return chosen === FAILED ? { sms: "failed", sms_reason: why } : { disposition: chosen };
  }

  function draw(found) {
    next = found.next;
    items = found.items;
    redraw();
  }

  function redraw() {
    if (!items.length) {
      body = null;
      fill(place, h("p", { class: "empty" }, "Tidak ada baris."));
    } else {
      const made = table("Baris berkas", columnsFor(items), items);
      made.classList.add("dense");
      body = made.querySelector("tbody");
      fill(place, h("div", { class: "wide-table" }, made));
    }
    offerReasons();
    showMore();
  }

  function showMore() {
    const found = periods(items);
    period.textContent = found.size === 1 ? `Masa perlindungan yang direncanakan: ${[...found][0]}.` : "";
    printed.textContent = next
      ? `Lembar ini memuat ${number(items.length)} baris pertama${chosen === FAILED ? " yang SMS-nya gagal" : chosen ? ` yang ${disposition(chosen).toLowerCase()}` : ""}; semua baris ada di hasil.xlsx.`
      : "";
    fill(more, next ? button("Tampilkan baris berikutnya", loadMore, { class: "plain" }) : null);
  }

  async function loadMore(event) {
    const pressed = event.currentTarget;
    pressed.setAttribute("aria-disabled", "true");
    try {
      const found = await ask(next);
      const added = found.items;
      const before = columnsFor(items).map((each) => each.label).join();
      items = [...items, ...added];
      const columns = columnsFor(items);
      next = found.next;
      if (columns.map((each) => each.label).join() === before) {
        body.append(...added.map((row) => tableRow(columns, row)));
        offerReasons();
        showMore();
      } else {
        redraw();
      }
      /** @type {HTMLElement | null} */
      const focused = more.querySelector("button") ?? body.lastElementChild?.querySelector("button") ?? null;
      focused?.focus();
      announce(`${added.length} baris lagi; ${items.length} ditampilkan.`);
    } catch (error) {
      fill(more, failure(error), button("Tampilkan baris berikutnya", loadMore, { class: "plain" }));
    }
  }

  let begun = false;
  return {
    node,
    choose,
    /** Follow the file: rows that are finished since the last update appear without a click. */
    update(before) {
      const now = view();
      node.hidden = now.status === "refused" || now.rows === 0;
      if (node.hidden) return;
      if (!isChosen && !chosen && now.rejected && !node.contains(document.activeElement)) {
        chosen = "rejected";
        begun = false;
      }
      label();
      const settled = (each) => each.accepted + each.duplicate + each.conflict + each.rejected;
      const isReversed = before && before.reversal?.state !== now.reversal?.state && now.reversal?.state === "done";
      if (!begun || isReversed) {
        begun = true;
        load({ quiet: true });
      } else if (before && settled(before) !== settled(now) && !next && items.length < PAGE && !node.contains(document.activeElement)) {
        load({ quiet: true });
      }
    },
  };
}
