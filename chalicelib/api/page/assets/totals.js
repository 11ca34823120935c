// The sums over all files, by bank, scheme, regency or day.

import { get, withQuery } from "./api.js";
import { announce, bar, button, fill, h, table, tableRow } from "./dom.js";
import { dayField } from "./dates.js";
import { allRight, failure, field, select } from "./forms.js";
import { day, moment, number, rupiah } from "./format.js";
import { save } from "./saving.js";
import { SMS_STATES, smsState } from "./words.js";

const BY = { bank: "Bank", scheme: "Skema", regency: "Kabupaten/Kota", day: "Hari masuk" };

/** Draw the view; the address is `#/rekap/<by>?programme=`. */
export function totals({ me, args, query }) {
  let by = args[0] in BY ? args[0] : me.role === "bank" ? "scheme" : "bank";
  const place = h("div", {}, h("p", { role: "status" }, "Memuat …"));
  const asOf = h("p", { class: "hint" });
  let asking = null;
  const programme = field("Program", select(me.programmes.map(({ code, name }) => [code, name]),
    query.get("programme") ?? me.programmes.find((each) => each.open)?.code ?? "", { class: "programme" }));
  programme.input.addEventListener("change", () => turn(by));
  const dated = (label, name) => dayField(label, { value: query.get(name) ?? "", optional: true, change: () => turn(by) });
  const from = dated("Berkas masuk sejak", "from");
  const to = dated("Sampai", "to");
  const trouble = h("div");
  const asked = () => ({ by, programme: programme.value, from: from.value, to: to.value });
  const choices = new Map(Object.entries(BY).map(([each, label]) => [each, button(label, () => turn(each), { class: "plain" })]));

  function turn(each) {
    by = each;
    for (const each of [from, to]) each.check();
    if (from.value && to.value && from.value > to.value) to.complain("Lebih awal daripada tanggal sejak.");
    if (!allRight([from, to])) return;
    history.replaceState(null, "", withQuery(`#/rekap/${by}`, { ...asked(), by: "" }));
    load();
  }

  function period() {
    if (!from.value && !to.value) return "";
    return `berkas yang masuk ${from.value ? day(from.value) : "sejak awal"} sampai ${to.value ? day(to.value) : "sekarang"}, `;
  }

  async function fetchFile(form) {
    fill(trouble);
    try {
      const { name, content_type: type, content } = await get(withQuery("totals/export", { ...asked(), form }));
      save(name, type, content);
      announce(`Mengunduh ${name}.`);
    } catch (error) {
      fill(trouble, failure(error, () => fetchFile(form)));
    }
  }

  async function load() {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    for (const [each, control] of choices) control.setAttribute("aria-pressed", String(each === by));
    place.setAttribute("aria-busy", "true");
    try {
      const found = await get(withQuery("totals", asked()), { signal });
      if (signal.aborted) return;
      const { name } = me.programmes.find((each) => each.code === found.programme) ?? { name: found.programme };
      asOf.textContent = `${name}, ${period()}keadaan ${moment(new Date().toISOString())}.`;
      fill(place, draw(found));
      announce(`Rekap menurut ${BY[by]}: ${found.lines.length} baris.`);
    } catch (error) {
      if (!signal.aborted) fill(place, failure(error, load));
    } finally {
      if (!signal.aborted) place.removeAttribute("aria-busy");
    }
  }

  load();
  return {
    title: "Rekap",
    node: h("div", {},
      h("h1", {}, me.role === "bank" ? `Rekap ${me.bank_name}` : "Rekap"),
      h("div", { class: "filters no-print" }, programme.node, from.node, to.node),
      h("div", { class: "choices no-print", role: "group", "aria-label": "Rekap menurut" }, [...choices.values()]),
      h("div", { class: "beside" }, asOf, button("Perbarui", load, { class: "plain no-print" }), button("Cetak", () => window.print(), { class: "plain no-print" }),
        button("Unduh XLSX", () => fetchFile("xlsx"), { class: "plain no-print" }), button("Unduh CSV", () => fetchFile("csv"), { class: "plain no-print" })),
      trouble, place),
    leave: () => asking?.abort(),
  };
}

function draw(found) {
  if (!found.lines.length) return h("p", { class: "empty" }, "Belum ada penerima dalam program ini.");
  const label = BY[found.by];
  const most = Math.max(1, ...found.lines.map((each) => each.accepted));
  const known = (name) => found.total[name] !== null;
  const share = (line) => (line === found.total ? null : bar(line.accepted / most));
  const people = [
    { label, heading: true, cell: (line) => line.label },
    { label: "Diterima", number: true, cell: (line) => [number(line.accepted), share(line)] },
    { label: "Iuran", number: true, cell: (line) => rupiah(line.premium_total) },
    known("aid_total") ? { label: "Nilai bantuan", number: true, cell: (line) => rupiah(line.aid_total) } : null,
    known("duplicate") ? { label: "Duplikat", number: true, cell: (line) => number(line.duplicate) } : null,
    known("conflict") ? { label: "Konflik", number: true, cell: (line) => number(line.conflict) } : null,
    known("rejected") ? { label: "Ditolak", number: true, cell: (line) => number(line.rejected) } : null,
  ].filter(Boolean);
  const seen = SMS_STATES.filter((each) => found.total.sms[each] > 0);
  const messages = [
    { label, heading: true, cell: (line) => line.label },
    ...seen.map((each) => ({
      label: smsState(each), number: true,
      cell: (line) => [number(line.sms[each]), line === found.total ? null : bar(line.accepted ? line.sms[each] / line.accepted : 0, `sms-${each}`)],
    })),
  ];
  return [
    h("h2", {}, "Penerima dan iuran"),
    withTotal(`Penerima dan iuran menurut ${label}`, people, found),
    h("h2", {}, "Di mana iurannya"), h("p", { class: "hint" }, "Terlindungi baru setelah BPJS menerima iurannya."), moneyLines(found, label),
    seen.length ? [h("h2", {}, "SMS konfirmasi"), withTotal(`SMS menurut ${label}`, messages, found)] : null,
  ];
}

const MONEY = [
  ["expected", "Seharusnya"], ["open", "Belum dikonfirmasi"], ["deferred", "Ditunda"], ["deducted", "Dipotong"],
  ["failed", "Gagal"], ["returned", "Dikembalikan"], ["received", "Diterima BPJS"],
];

function moneyLines(found, label) {
  const cell = (name) => (line) => [rupiah(line.money[name].rupiah), h("small", {}, ` (${number(line.money[name].people)})`)];
  return withTotal(`Iuran menurut ${label} dan keadaannya, rupiah dan (orang)`, [
    { label, heading: true, cell: (line) => line.label },
    ...MONEY.map(([name, title]) => ({ label: title, number: true, cell: cell(name) })),
  ], found);
}

function withTotal(caption, columns, found) {
  const made = table(caption, columns, found.lines);
  made.classList.add("sums");
  made.append(h("tfoot", { role: "rowgroup" }, tableRow(columns, found.total)));
  return h("div", { class: "wide-table" }, made);
}
