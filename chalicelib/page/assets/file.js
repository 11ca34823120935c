// One file: how far it is, what became of its rows, its messages, and its result files.

import { get, post } from "./api.js";
import { announce, bar, button, facts, fill, h, icon, say } from "./dom.js";
import { ask, failure, reasonField } from "./forms.js";
import { isMoving, isUnderWay, progress } from "./files.js";
import { fileName, moment, number, percent, rupiah, soon, usd } from "./format.js";
import { codeLabel } from "./codes.js";
import { poll } from "./poll.js";
import { rowsOf } from "./rows.js";
import { batchStatus, disposition, DISPOSITIONS, dispositionMeaning, SMS_STATES, smsState } from "./words.js";

const RESULTS = [
  ["hasil.csv", "Semua baris dengan hasilnya: dari sinilah iuran dipotong."],
  ["ditolak.csv", "Hanya baris yang ditolak: perbaiki, lalu unggah kembali."],
  ["ringkasan.json", "Jumlah-jumlahnya, untuk dibaca program."],
];

/** Draw the view; the address is `#/berkas/<number>` and, where rows are chosen, their kind. */
export function file({ me, may, args, go }) {
  const [id, kind = ""] = args;
  const heading = h("h1", {}, `Berkas ${id}`);
  const place = h("div", {}, h("p", { role: "status" }, "Memuat …"));
  const trouble = h("div");
  let view = null;
  let watch = null;
  let left = false;
  let drawn = null;

  async function load() {
    try {
      view = await get(`batches/${encodeURIComponent(id)}`);
    } catch (error) {
      if (!left) fill(place, failure(error, error.passes ? load : null));
      return;
    }
    if (left) return;
    drawn = draw();
    follow();
  }

  function follow() {
    watch?.stop();
    watch = poll(async () => {
      const renewed = await get(`batches/${encodeURIComponent(id)}`);
      fill(trouble);
      const moved = JSON.stringify(renewed) !== JSON.stringify(view);
      const before = view;
      view = renewed;
      if (moved) drawn.update(before);
      if (!isMoving(view) && !view.sms.sent) return false;
      return (moved && isUnderWay(view)) || null;
    }, { failed: () => fill(trouble, h("p", { class: "notice bad" }, "Keadaan berkas belum dapat diperbarui; dicoba lagi sendiri.")) });
  }

  async function refresh() {
    const before = view;
    view = await get(`batches/${encodeURIComponent(id)}`);
    drawn.update(before);
    follow();
  }

  function draw() {
    heading.textContent = fileName(view.file);
    const status = h("div", { class: "status" });
    const findings = h("div");
    const counts = h("div");
    const messages = h("div");
    const codes = h("div");
    const actions = h("div", { class: "buttons no-print" });
    const results = downloads(id);
    const rows = rowsOf(id, { view: () => view, kind, go, me });
    const update = (before) => {
      fill(status, states(view));
      fill(findings, told(view));
      fill(counts, dispositions(view), sums(view));
      fill(messages, smsPanel(view));
      if (JSON.stringify(before?.codes) !== JSON.stringify(view.codes)) fill(codes, codeList(view));
      results.update(view);
      rows.update(before);
      showActions(actions);
      if (before && before.status !== view.status) announce(`Berkas ${batchStatus(view.status)}. ${outcome(view)}`);
    };
    update(null);
    fill(place,
      facts([
        ["Nomor berkas", h("span", { class: "digits" }, view.batch)],
        ["Bank", view.bank_name ?? view.bank],
        ["Skema", view.scheme],
        ["Masuk", moment(view.received_at)],
      ]),
      status, findings, counts, results.node, messages, actions, codes, rows.node);
    return { update };
  }

  // The buttons are made anew only where they change, so that none loses the focus.
  let offered = "";
  function showActions(node) {
    const wanted = [
      may("resend_batch") && view.sms.failed > 0 ? "resend" : "",
      may("switch_gate") && view.sms_paused ? "resume" : "",
      may("switch_gate") && !view.sms_paused && view.sms.pending > 0 ? "pause" : "",
    ].join();
    if (wanted === offered) return;
    offered = wanted;
    fill(node,
      wanted.includes("resend") ? button("Kirim ulang SMS yang gagal", resendFailed, { class: "plain" }) : null,
      wanted.includes("resume") ? button("Lanjutkan SMS berkas ini", () => turn("resume"), { class: "plain" }) : null,
      wanted.includes("pause") ? button("Jeda SMS berkas ini", () => turn("pause"), { class: "plain" }) : null);
  }

  async function resendFailed() {
    const reason = reasonField("Dicatat beserta nama Anda.");
    const done = await ask({
      title: "Kirim ulang SMS yang gagal",
      intro: h("p", {}, `${number(view.sms.failed)} SMS berkas ini gagal. Yang menolak SMS, dan yang sudah dikirimi ulang hari ini, tidak dikirimi.`),
      fields: [reason],
      label: "Kirim ulang",
      check: reason.check,
      submit: () => post(`batches/${encodeURIComponent(id)}/resend`, { reason: reason.value }),
    });
    if (!done) return;
    announce(done.people === null || done.people === undefined
      ? "Pengiriman ulang dimulai."
      : `Pengiriman ulang kepada paling banyak ${number(done.people)} orang dimulai.`);
    await refresh().catch(() => {});
  }

  async function turn(action) {
    const reason = reasonField("Dicatat beserta nama Anda.");
    const pausing = action === "pause";
    const done = await ask({
      title: pausing ? "Jeda SMS berkas ini?" : "Lanjutkan SMS berkas ini?",
      intro: h("p", {}, pausing
        ? "SMS berkas ini berhenti sampai dilanjutkan. Perlindungan dan berkas lain tidak terpengaruh."
        : "SMS yang tertunda dikirim lagi, dalam jam pengiriman."),
      fields: [reason],
      label: pausing ? "Jeda" : "Lanjutkan",
      check: reason.check,
      submit: () => post("sms/gate", { action, batch: id, reason: reason.value }),
    });
    if (!done) return;
    announce(pausing ? "SMS berkas ini dijeda." : "SMS berkas ini dilanjutkan.");
    await refresh().catch(() => {});
    place.querySelector(".buttons.no-print button")?.focus();
  }

  load();
  return {
    title: `Berkas ${id}`,
    node: h("div", {}, h("p", { class: "up no-print" }, h("a", { href: "#/berkas" }, "Semua berkas")), heading, trouble, place),
    leave() {
      left = true;
      watch?.stop();
    },
  };
}

function outcome(view) {
  if (view.status === "refused") return "Tidak ada yang didaftarkan.";
  return `${number(view.accepted)} diterima, ${number(view.duplicate)} duplikat, ${number(view.conflict)} konflik, ${number(view.rejected)} ditolak.`;
}

function states(view) {
  const parts = [h("p", {},
    h("span", { class: `badge batch-${view.status}` }, batchStatus(view.status)),
    view.sms_paused ? [" ", h("span", { class: "badge paused" }, icon("pause"), "SMS dijeda")] : null)];
  if (["received", "splitting", "enrolling"].includes(view.status)) {
    parts.push(h("p", {}, progress(view)),
      h("p", { class: "hint" }, "Halaman ini memperbarui diri sendiri. Anda boleh menutupnya; proses berjalan terus."));
  }
  if (view.status === "stuck") {
    parts.push(h("p", { class: "box warn" }, icon("warn"), "Berkas ini tertahan dan sedang ditangani pengelola sistem. Jangan mengunggahnya lagi."));
  }
  return parts;
}

function told(view) {
  const list = (found) => found.map((each) => h("p", {}, each.message));
  return [
    view.errors.length ? h("div", { class: "box bad" }, h("h2", {}, "Berkas ini ditolak seluruhnya"), list(view.errors)) : null,
    view.file_warnings.length ? h("div", { class: "box warn" }, h("h2", {}, "Catatan"), list(view.file_warnings)) : null,
  ];
}

function dispositions(view) {
  if (view.status === "refused") return null;
  return h("ul", { class: "figures", "aria-label": "Hasil baris" }, [
    h("li", {}, h("b", {}, number(view.rows)), h("span", {}, "Baris")),
    DISPOSITIONS.map((each) => h("li", { class: `of-${each}`, title: dispositionMeaning(each) },
      h("b", {}, number(view[each])), h("span", {}, disposition(each)))),
  ]);
}

function sums(view) {
  if (!view.accepted) return null;
  return facts([
    ["Iuran yang harus dipotong dan disetor", h("strong", {}, rupiah(view.premium_total))],
    ["Nilai bantuan yang diterima", rupiah(view.aid_total)],
    ["Dibayarkan kepada penerima", rupiah(view.net_aid_total)],
    ["Diterima dengan catatan", view.warnings ? `${number(view.warnings)} baris` : null],
    ["Data dihapus atas permintaan", view.erased ? `${number(view.erased)} orang` : null],
  ]);
}

function smsPanel(view) {
  if (!view.accepted) return null;
  const states = SMS_STATES.filter((each) => view.sms[each] > 0);
  const { sms_estimate: estimate } = view;
  return h("section", { class: "panel", "aria-labelledby": "sms-berkas" },
    h("h2", { id: "sms-berkas" }, "SMS konfirmasi"),
    h("ul", { class: "bars" }, states.map((each) => h("li", {},
      h("span", {}, smsState(each)), bar(view.sms[each] / view.accepted, `sms-${each}`),
      h("b", {}, number(view.sms[each]), h("small", {}, ` (${percent(view.sms[each] / view.accepted)})`))))),
    view.sms.pending && view.sms_done_by ? h("p", {}, `Diperkirakan selesai ${soon(view.sms_done_by)}.`) : null,
    view.sms_paused ? h("p", {}, "SMS berkas ini dijeda oleh petugas.") : null,
    estimate ? h("p", { class: "hint" },
      `Perkiraan ketika berkas dibaca: ${number(estimate.parts)} SMS, ${usd(estimate.cost_usd)}`,
      estimate.left_usd !== null && estimate.left_usd !== undefined ? `; sisa anggaran bulan itu ${usd(estimate.left_usd)}.` : ".") : null);
}

function codeList(view) {
  const found = Object.entries(view.codes).sort(([, a], [, b]) => b - a);
  if (!found.length) return null;
  return h("details", { class: "panel" },
    h("summary", {}, h("h2", {}, "Alasan dan catatan, menurut jumlahnya")),
    h("ul", { class: "codes" }, found.map(([code, times]) =>
      h("li", {}, h("b", {}, number(times)), " ", codeLabel(code), " ", h("code", {}, code)))));
}

/** Return the download buttons; links are fetched when one is wanted, since they live five minutes. */
function downloads(id) {
  const trouble = h("div");
  const waiting = h("p", { class: "hint" });
  const list = h("ul", { class: "downloads" }, RESULTS.map(([name, about]) => h("li", { "data-name": name },
    button(`Unduh ${name}`, () => fetchOne(name), { class: "plain" }), h("span", {}, about))));
  const node = h("section", { class: "panel no-print", "aria-labelledby": "hasil" },
    h("h2", { id: "hasil" }, "Berkas hasil"), waiting, list, trouble);

  async function fetchOne(name) {
    fill(trouble);
    try {
      const { files } = await get(`batches/${encodeURIComponent(id)}/results`);
      const found = files.find((each) => each.name === name);
      if (found) download(found.url);
      else fill(trouble, h("p", { class: "box warn", role: "alert" }, "Berkas ini belum ada. Tunggu beberapa saat, lalu coba lagi."));
    } catch (error) {
      fill(trouble, failure(error, () => fetchOne(name)));
    }
  }

  return {
    node,
    update(view) {
      const ready = ["completed", "refused"].includes(view.status);
      list.hidden = !ready;
      waiting.hidden = ready;
      say(waiting, "Tersedia setelah semua baris selesai.");
      for (const each of list.children) each.hidden = view.status === "refused" && each.dataset.name !== "ringkasan.json";
    },
  };
}

/** Have the browser save a file; the address is signed, and the answer is an attachment. */
export function download(url) {
  const link = h("a", { href: url, hidden: true, rel: "noreferrer" });
  document.body.append(link);
  link.click();
  link.remove();
}
