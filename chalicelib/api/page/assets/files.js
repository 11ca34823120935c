// The list of files, latest first; the list updates files that are in progress.

import { get, page, withQuery } from "./api.js";
import { announce, button, fill, h, table, tableRow } from "./dom.js";
import { dayField } from "./dates.js";
import { allRight, failure, field, select } from "./forms.js";
import { clock, fileName, number, percent, rupiah, shortDay } from "./format.js";
import { poll } from "./poll.js";
import { BATCH_STATUSES, batchStatus, disposition, DISPOSITIONS } from "./words.js";

const MOVING = new Set(["received", "splitting", "enrolling"]);
const LIMIT = 20;
const FILTERS = ["bank", "scheme", "status", "from", "to"];

/** Whether a file's rows are in progress: poll often. Messages take hours and do not count. */
export function isUnderWay(batch) {
  return MOVING.has(batch.status);
}

/** Whether a file still changes without an action of a user. */
export function isMoving(batch) {
  if (batch.status === "refused") return false;
  return MOVING.has(batch.status) || batch.sms.pending > 0;
}

/** Return a file's state as a badge, with a bar while it is in progress. */
export function state(batch) {
  /** @type {unknown[]} */
  const parts = [h("span", { class: `badge batch-${batch.status}` }, batchStatus(batch.status))];
  if (batch.sms_paused) parts.push(" ", h("span", { class: "badge paused" }, "SMS dijeda"));
  if (MOVING.has(batch.status)) parts.push(progress(batch));
  return parts;
}

/** Return the progress bar of a file's rows, with the figure as text. */
export function progress(batch) {
  const label = `${percent(batch.progress)} selesai`;
  return h("span", { class: "progress" },
    h("progress", { max: "1", value: batch.progress, "aria-label": `Kemajuan ${fileName(batch.file)}` }, label),
    h("small", {}, batch.rows ? label : "menghitung baris"));
}

/** Return how many of a file's messages have gone out. */
function messages({ sms, accepted }) {
  if (!accepted) return "–";
  const out = sms.sent + sms.delivered + sms.unconfirmed;
  return [
    h("span", { class: "digits" }, `${number(out)} dari ${number(accepted - sms.not_possible)}`),
    sms.failed ? h("small", { class: "digits" }, `${number(sms.failed)} gagal`) : null,
  ];
}

/** Return the outcomes of a file's rows, without those that no row has. */
function outcomes(batch) {
  const found = DISPOSITIONS.filter((each) => batch[each] > 0);
  return found.length ? found.map((each) => h("span", { class: "line" }, `${number(batch[each])} ${disposition(each).toLowerCase()}`)) : "–";
}

function columns(me) {
  return [
    { label: "Berkas", heading: true, wide: true, cell: (each) => [h("a", { href: `#/berkas/${each.batch}` }, fileName(each.file)), h("small", { class: "digits" }, each.batch)] },
    me.role === "bank"
      ? { label: "Skema", cell: (each) => each.scheme }
      : { label: "Bank dan skema", cell: (each) => [each.bank_name ?? each.bank, h("small", {}, each.scheme)] },
    { label: "Masuk", cell: (each) => [h("span", { class: "digits" }, shortDay(each.received_at)), h("small", { class: "digits" }, clock(each.received_at))] },
    { label: "Status", cell: state },
    { label: "Baris", number: true, cell: (each) => number(each.rows) },
    { label: "Hasil", number: true, cell: outcomes },
    { label: "Iuran", number: true, cell: (each) => (each.status === "completed" ? rupiah(each.premium_total) : "–") },
    { label: "SMS terkirim", number: true, cell: messages },
  ].filter(Boolean);
}

/** Draw the view. */
export function files({ me, query }) {
  const chosen = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ""]));
  const list = h("div", { "aria-busy": "true" }, h("p", { role: "status" }, "Memuat daftar berkas …"));
  const more = h("div", { class: "buttons" });
  const trouble = h("div");
  const cols = columns(me);
  let rows = new Map(); // batch -> {view, element}
  let body = null;
  let next = null;
  let watch = null;
  let asking = null;

  function address(values) {
    return withQuery("#/berkas", values);
  }

  async function load() {
    watch?.stop();
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    list.setAttribute("aria-busy", "true");
    fill(trouble);
    try {
      const found = await page("batches", "batches", { ...chosen, limit: LIMIT }, { signal });
      if (signal.aborted) return;
      draw(found);
      watch = poll(refresh, { failed: () => fill(trouble, h("p", { class: "notice bad" }, "Daftar belum dapat diperbarui; dicoba lagi sendiri.")) });
    } catch (error) {
      if (!signal.aborted) fill(list, failure(error, load));
    } finally {
      if (!signal.aborted) list.removeAttribute("aria-busy");
    }
  }

  function draw(found) {
    rows = new Map();
    next = found.next;
    if (!found.items.length) {
      body = null;
      fill(list, h("p", { class: "empty" }, Object.values(chosen).some(Boolean)
        ? "Tidak ada berkas yang cocok dengan saringan ini."
        : "Belum ada berkas."));
    } else {
      const made = table("Berkas, yang terbaru di atas", cols, []);
      made.classList.add("dense");
      body = made.querySelector("tbody");
      fill(list, h("div", { class: "wide-table" }, made));
      found.items.forEach(append);
    }
    showMore();
  }

  function append(view) {
    const element = tableRow(cols, view);
    rows.set(view.batch, { view, element });
    body.append(element);
  }

  function update(view) {
    const row = rows.get(view.batch);
    if (JSON.stringify(row.view) === JSON.stringify(view)) return false;
    const renewed = tableRow(cols, view);
    const focused = row.element.contains(document.activeElement);
    row.element.replaceWith(renewed);
    if (focused) renewed.querySelector("a")?.focus();
    if (MOVING.has(row.view.status) && !MOVING.has(view.status)) {
      announce(`Berkas ${fileName(view.file)}: ${batchStatus(view.status)}.`);
    }
    rows.set(view.batch, { view, element: renewed });
    return true;
  }

  function showMore() {
    fill(more, next ? button("Tampilkan berkas sebelumnya", loadMore, { class: "plain" }) : null);
  }

  async function loadMore(event) {
    const pressed = event.currentTarget;
    pressed.setAttribute("aria-disabled", "true");
    fill(trouble);
    try {
      const found = await page("batches", "batches", { ...chosen, limit: LIMIT, cursor: next });
      const fresh = found.items.filter((each) => !rows.has(each.batch));
      fresh.forEach(append);
      next = found.next;
      showMore();
      if (fresh.length) rows.get(fresh[0].batch).element.querySelector("a").focus();
      announce(`${fresh.length} berkas lagi ditampilkan.`);
    } catch (error) {
      pressed.removeAttribute("aria-disabled");
      fill(trouble, failure(error));
    }
  }

  async function refresh() {
    const { batches: latest } = await get(withQuery("batches", { ...chosen, limit: LIMIT }));
    fill(trouble);
    if (!body) {
      if (latest.length) load();
      return latest.length ? false : null;
    }
    let moved = false;
    const first = body.firstElementChild;
    for (const view of latest) {
      if (rows.has(view.batch)) {
        moved = (update(view) && isUnderWay(view)) || moved;
      } else {
        const element = tableRow(cols, view);
        rows.set(view.batch, { view, element });
        body.insertBefore(element, first?.isConnected ? first : body.firstElementChild);
        moved = true;
      }
    }
    const listed = new Set(latest.map((each) => each.batch));
    const older = [...rows.values()].filter(({ view }) => !listed.has(view.batch) && isMoving(view)).slice(0, 5);
    for (const { view } of older) {
      const renewed = await get(`batches/${view.batch}`);
      moved = (update(renewed) && isUnderWay(renewed)) || moved;
    }
    return moved || null;
  }

  load();
  return {
    title: "Berkas",
    node: h("div", {},
      h("h1", {}, "Berkas"),
      filters(me, chosen, (values) => {
        Object.assign(chosen, values);
        history.replaceState(null, "", address(chosen));
        load();
      }),
      trouble, list, more),
    leave() {
      watch?.stop();
      asking?.abort();
    },
  };
}

function filters(me, chosen, apply) {
  const schemes = new Map(me.programmes.flatMap((each) => each.schemes.map(({ code, name }) => [code, name])));
  const made = {
    bank: me.role === "bank" ? null : field("Bank", select([["", "Semua bank"], ...me.banks.map(({ code, name }) => [code, name])], chosen.bank)),
    scheme: field("Skema", select([["", "Semua skema"], ...[...schemes.keys()].map((code) => [code, code])], chosen.scheme)),
    status: field("Status", select([["", "Semua status"], ...BATCH_STATUSES.map((code) => [code, batchStatus(code)])], chosen.status)),
    from: dayField("Masuk sejak", { value: chosen.from }),
    to: dayField("Masuk sampai", { value: chosen.to }),
  };
  const values = () => Object.fromEntries(FILTERS.map((name) => [name, made[name]?.value ?? ""]));
  const node = h("form", {
    class: "filters no-print", role: "search", "aria-label": "Saring berkas", novalidate: true,
    on: {
      submit(event) {
        event.preventDefault();
        const given = values();
        for (const each of [made.from, made.to]) each.check();
        if (given.from && given.to && given.from > given.to) made.to.complain("Lebih awal daripada tanggal sejak.");
        if (allRight([made.from, made.to])) apply(given);
      },
    },
  }, Object.values(made).map((each) => each?.node),
  h("div", { class: "buttons" }, h("button", { type: "submit", class: "main" }, "Saring"),
    button("Semua berkas", () => {
      for (const each of Object.values(made)) if (each) each.input.value = "";
      for (const each of [made.from, made.to]) each.complain("");
      apply(values());
    }, { class: "plain" })));
  // On a phone the list comes first: the filters are folded, unless one of them is at work.
  const open = Object.values(values()).some(Boolean) || window.matchMedia("(min-width: 40.01rem)").matches;
  return h("details", { class: "no-print", open }, h("summary", {}, "Pilih menurut status, tanggal, dan lainnya"), node);
}
