// One file: its progress, the outcomes of its rows, its messages and its result files.

import { get, post, withQuery } from "./api.js";
import { announce, bar, button, facts, fill, h, icon, say, succeeded } from "./dom.js";
import { ask, failure, reasonField } from "./forms.js";
import { isMoving, isUnderWay, progress } from "./files.js";
import { fileName, moment, number, percent, rupiah, soon, usd } from "./format.js";
import { codeLabel, help } from "./codes.js";
import { breaksOf, isConfirmation, moneyPanel, reversalOf, statedFigures } from "./money.js";
import { poll } from "./poll.js";
import { rowsOf } from "./rows.js";
import { batchStatus, disposition, DISPOSITIONS, dispositionMeaning, SMS_STATES, smsState } from "./words.js";

const RESULTS = [
  ["hasil.xlsx", "Semua baris dengan hasilnya. Dari hasil berkas penerima, iuran dipotong."],
  ["konfirmasi.xlsx", "Setelah memotong: isi status potongan tiap penerima, lalu unggah dengan skema KONFIRMASI."],
  ["ditolak.xlsx", "Hanya baris yang ditolak: perbaiki sel yang berwarna, simpan, lalu unggah kembali."],
  ["hasil.csv", "Semua baris, untuk dibaca program. Jangan dibuka dengan Excel: NIK akan rusak."],
  ["konfirmasi.csv", "Daftar yang sama, untuk diisi program."],
  ["ditolak.csv", "Baris yang ditolak, untuk dibaca program."],
  ["ringkasan.json", "Jumlah-jumlahnya, untuk dibaca program."],
];

/** Draw the view; its address is `#/berkas/<number>`, or `#/berkas/<number>/<disposition>`. */
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
      const isReversing = ["checking", "reversing"].includes(view.reversal?.state);
      if (!isMoving(view) && !view.sms.sent && !isReversing) return false;
      return (moved && isUnderWay(view)) || null;
    }, { failed: () => fill(trouble, h("p", { class: "notice bad" }, "Status berkas belum dapat diperbarui; dicoba lagi sendiri.")) });
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
    const results = downloads(id, me);
    const rows = rowsOf(id, { view: () => view, kind, go });
    const money = h("div");
    const breaks = breaksOf(id);
    const reversal = reversalOf(id, { may, changed: () => refresh().catch(() => {}) });
    const update = (before) => {
      fill(status, states(view));
      fill(findings, findingTexts(view, may("upload")));
      fill(counts, isConfirmation(view) ? statedFigures(view) : [dispositions(view, rows), sums(view)]);
      fill(money, moneyPanel(view));
      breaks.update(view);
      if (isConfirmation(view)) reversal.update(view);
      else reversal.node.hidden = true;
      fill(messages, smsPanel(view, me.role !== "bank"));
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
      status, findings, counts, reversal.node, money, breaks.node, results.node, messages, actions, codes, rows.node);
    return { update };
  }

  // Rebuild the buttons only if they change: a rebuilt button loses the focus.
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
    succeeded(done.people === null || done.people === undefined
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
    succeeded(pausing ? "SMS berkas ini dijeda." : "SMS berkas ini dilanjutkan.");
    await refresh().catch(() => {});
    /** @type {HTMLElement | null} */
    const first = place.querySelector(".buttons.no-print button");
    first?.focus();
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
  if (view.status === "refused") return "Tidak ada yang dicatat.";
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
  if (view.given_up) {
    parts.push(h("p", { class: "box warn" }, icon("warn"), "Pemrosesan berkas ini dihentikan. Hasilnya final: lihat catatan di bawah, lalu unggah kembali baris yang belum diproses."));
  } else if (view.status === "stuck") {
    parts.push(h("p", { class: "box warn" }, icon("warn"), "Berkas ini tertahan dan sedang ditangani pengelola sistem. Paling lambat sehari kemudian hasilnya muncul di sini, dengan baris yang belum diproses untuk diunggah kembali."));
  }
  if (view.stuck) {
    parts.push(h("p", {}, `${view.stuck.message} `, h("small", {}, "Alasan dalam sistem: ", h("code", {}, view.stuck.reason))));
  }
  return parts;
}

const UPLOADED = /[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}-/g;

/** Return a message with files as the bank named them, and with links to files by number. */
function mentioned({ code, message }) {
  const text = message.replace(UPLOADED, "");
  if (code !== "file_repeated") return text;
  return text.split(/\b([0-9A-HJKMNP-TV-Z]{8})\b/).map((part, at) => (at % 2 ? fileLinks([part]) : part));
}

function findingTexts(view, canUpload) {
  const list = (found) => found.map((each) => h("p", {}, mentioned(each), " ", help(each.code)));
  return [
    view.errors.length ? h("div", { class: "box bad" }, h("h2", {}, "Berkas ini ditolak seluruhnya"), list(view.errors),
      canUpload ? h("p", {}, h("a", { href: "#/unggah" }, "Unggah lagi"), " setelah berkasnya diperbaiki.") : null) : null,
    view.nobody.count ? nobody(view.nobody) : null,
    view.file_warnings.length ? h("div", { class: "box warn" }, h("h2", {}, "Catatan"), list(view.file_warnings)) : null,
    view.corrects ? h("p", {}, "Perbaikan dari berkas ", fileLinks([view.corrects]), ".") : null,
    view.corrected_by.length ? h("p", {}, "Sudah diperbaiki dengan berkas ", fileLinks(view.corrected_by), ".") : null,
  ];
}

function fileLinks(ids) {
  return ids.flatMap((id, at) => [at ? ", " : "", h("a", { href: `#/berkas/${encodeURIComponent(id)}` }, id)]);
}

function nobody({ count, lines }) {
  const more = count > lines.length ? h("p", { class: "hint" }, `Ditampilkan ${number(lines.length)} baris pertama.`) : null;
  return h("details", { class: "box" },
    h("summary", {}, `${number(count)} baris bukan penerima, jadi tidak dihitung`),
    h("p", {}, "Bila salah satunya orang, lengkapi NIK dan namanya, lalu unggah baris itu."),
    h("ul", {}, lines.map((each) => h("li", {}, `Baris ${number(each.line)}: ${each.message}`))),
    more);
}

/** Return the counts as tiles; a tile shows its rows below. */
function dispositions(view, rows) {
  if (view.status === "refused") return null;
  const tile = (kind, count, label) => h("li", { class: kind ? `of-${kind}` : null, title: dispositionMeaning(kind) },
    button([h("b", {}, number(count)), " ", h("span", {}, label)], () => {
      rows.choose(kind);
      rows.node.scrollIntoView({ block: "start" });
    }, { "aria-label": `${number(count)} ${label}: tampilkan barisnya` }));
  return h("ul", { class: "figures", "aria-label": "Hasil baris" }, [
    tile("", view.rows, "Baris"), DISPOSITIONS.map((each) => tile(each, view[each], disposition(each))),
  ]);
}

function sums(view) {
  if (!view.accepted) return null;
  if (view.status !== "completed") {
    return h("p", { class: "hint" }, "Jumlah iuran baru tampil setelah semua baris selesai: jangan memotong sebelum itu.");
  }
  return facts([
    ["Iuran yang harus dipotong dan disetor", h("strong", {}, rupiah(view.premium_total))],
    ["Nilai bantuan yang diterima", rupiah(view.aid_total)],
    ["Dibayarkan kepada penerima", rupiah(view.net_aid_total)],
    ["Diterima dengan catatan", view.warnings ? `${number(view.warnings)} baris` : null],
    ["Data dihapus atas permintaan", view.erased ? `${number(view.erased)} orang` : null],
  ]);
}

function smsPanel(view, withCost) {
  if (!view.accepted || isConfirmation(view)) return null;
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
      `Perkiraan ketika berkas dibaca: ${number(estimate.parts)} SMS`, withCost ? `, ${usd(estimate.cost_usd)}` : "",
      withCost && estimate.left_usd !== null && estimate.left_usd !== undefined ? `; sisa anggaran bulan itu ${usd(estimate.left_usd)}.` : ".") : null);
}

function codeList(view) {
  const found = Object.entries(view.codes).sort(([, a], [, b]) => b - a);
  if (!found.length) return null;
  return h("details", { class: "panel" },
    h("summary", {}, h("h2", {}, "Alasan dan catatan, menurut jumlahnya")),
    h("ul", { class: "codes" }, found.map(([code, times]) =>
      h("li", {}, h("b", {}, number(times)), " ", codeLabel(code), " ", help(code)))));
}

/** Return the download buttons. A link is valid for five minutes, so a click fetches a new one. */
function downloads(id, me) {
  // Staff say once why they need this file; a bank needs no reason for its own.
  let reason = null;
  const trouble = h("div");
  const waiting = h("p", { class: "hint" });
  const list = h("ul", { class: "downloads" }, RESULTS.map(([name, about]) => h("li", { "data-name": name },
    button(`Unduh ${name}`, () => fetchOne(name), { class: "plain" }), h("span", {}, about))));
  const node = h("section", { class: "panel no-print", "aria-labelledby": "hasil" },
    h("h2", { id: "hasil" }, "Berkas hasil"), waiting, list, trouble);

  const links = (why) => get(withQuery(`batches/${encodeURIComponent(id)}/results`, { reason: why }));

  async function withReason() {
    const asked = reasonField("Berkas hasil memuat NIK dan nomor telepon lengkap. Alasan dicatat beserta nama Anda.");
    return ask({
      title: "Unduh berkas hasil",
      fields: [asked],
      label: "Unduh",
      check: asked.check,
      async submit() {
        const found = await links(asked.value);
        reason = asked.value;
        return found;
      },
    });
  }

  async function fetchOne(name) {
    fill(trouble);
    try {
      const answer = me.role === "bank" || reason ? await links(reason) : await withReason();
      if (!answer) return;
      const { files } = answer;
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
      const items = /** @type {HTMLCollectionOf<HTMLElement>} */ (list.children);
      for (const each of items) {
        const name = each.dataset.name ?? "";
        const isForm = name.startsWith("konfirmasi.");
        each.hidden = (view.status === "refused" && name !== "ringkasan.json") || (isForm && isConfirmation(view));
      }
    },
  };
}

/** Let the browser save a file; the address is signed, and the answer is an attachment. */
export function download(url) {
  const link = h("a", { href: url, hidden: true, rel: "noreferrer" });
  document.body.append(link);
  link.click();
  link.remove();
}
