// The upload of a bank's file. The page checks name and size, sends the file directly to the bucket,
// and follows it until the list shows it.

import { get, post, Problem } from "./api.js";
import { announce, button, fill, h, say } from "./dom.js";
import { allRight, field, form, select } from "./forms.js";
import { percent, size } from "./format.js";
import { template } from "./help.js";
import { poll } from "./poll.js";

const KINDS = ["csv", "txt", "tsv", "xlsx", "xls", "xlsb", "ods", "zip", "gz"];
const MOST = 200 * 1024 ** 2;
const STALE = 120_000;

const CHANGED = "Berkas ini berubah sejak dipilih. Pilih sekali lagi, lalu unggah.";
const WRONG = {
  EntityTooLarge: CHANGED,
  EntityTooSmall: CHANGED,
  AccessDenied: "Waktu untuk mengunggah sudah habis. Unggah sekali lagi.",
};

/** Return an error text if the file cannot be sent, else "". */
export function objection(file) {
  if (!file) return "Pilih berkas dahulu.";
  const suffix = file.name.includes(".") ? file.name.split(".").pop().toLowerCase() : "";
  if (!KINDS.includes(suffix)) {
    return `Berkas ${suffix ? `.${suffix}` : "tanpa akhiran"} tidak dapat dibaca. Simpan sebagai XLSX atau CSV, lalu pilih lagi.`;
  }
  if (file.size === 0) return "Berkas ini kosong.";
  if (file.size > MOST) return `Berkas ini ${size(file.size)}; paling besar ${size(MOST)}. Bagi menjadi beberapa berkas.`;
  return "";
}

/**
 * Send a file to the bucket; `moved(share)` is called with the progress, from 0 to 1.
 *
 * @returns {Promise<void>}
 */
function send(ticket, file, moved, signal) {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(ticket.fields)) body.append(name, value);
    body.append("file", file);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) moved(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) {
        resolve();
        return;
      }
      const code = /<Code>(\w+)<\/Code>/.exec(request.responseText)?.[1] ?? "";
      reject(new Problem(WRONG[code] ?? "Berkas tidak diterima oleh penyimpanan. Silakan coba lagi.", { status: request.status, code }));
    });
    request.addEventListener("error", () => reject(new Problem(
      "Sambungan terputus ketika mengunggah. Berkas Anda masih terpilih; coba lagi.")));
    request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", ticket.url);
    request.send(body);
  });
}

function schemesOf(me) {
  const open = me.programmes.filter((each) => each.open);
  return [...new Map(open.flatMap((each) => each.schemes.map(({ code, name }) => [code, name])))];
}

/** Draw the view. */
export function upload({ me, go }) {
  const schemes = schemesOf(me);
  const heading = h("h1", {}, "Unggah berkas");
  if (!schemes.length) {
    return { title: "Unggah", node: h("div", {}, heading, h("p", { class: "box warn" }, "Saat ini tidak ada program yang menerima berkas. Hubungi Dinas Koperasi.")) };
  }
  let file = null;
  let stopping = null;
  let watch = null;
  const chosen = h("p", { class: "chosen" });
  // The browser's own button has the browser's language, so it is not seen; the label opens it, too.
  const input = h("input", { type: "file", class: "unseen", accept: KINDS.map((each) => `.${each}`).join(), on: { change: () => take(input.files?.[0]) } });
  const what = field("Berkas penerima", input, { hint: "XLSX atau CSV, paling besar 200 MB; satu baris satu orang, dengan kolom NIK, Nama, dan Nilai Bantuan.",
    after: h("span", { class: "buttons", "aria-hidden": "true" }, button("Pilih berkas …", () => input.click(), { class: "plain", tabindex: "-1" })) });
  const zone = h("div", { class: "drop", on: { dragover, dragleave: () => zone.classList.remove("over"), drop } },
    what.node, h("p", { class: "hint drop-hint" }, "Atau seret berkas ke kotak ini."), chosen);
  const scheme = field("Skema", select(
    [...(schemes.length > 1 ? [["", "Pilih skema …"]] : []), ...schemes.map(([code, name]) => [code, `${code}: ${name}`]),
    ["KONFIRMASI", "KONFIRMASI: konfirmasi potongan"]]));
  const made = form({
    className: "narrow",
    content: [scheme.node, zone],
    label: "Unggah",
    busy: "Mengunggah …",
    submit: () => begin(),
  });
  const under = h("div", { class: "under-way" });

  function dragover(event) {
    event.preventDefault();
    zone.classList.add("over");
  }

  function drop(event) {
    event.preventDefault();
    zone.classList.remove("over");
    const dropped = [...event.dataTransfer.files];
    if (dropped.length > 1) what.complain("Unggah satu berkas setiap kali.");
    else if (dropped.length) {
      input.files = event.dataTransfer.files; // the file input shows it, too
      take(dropped[0]);
    }
  }

  function take(given) {
    if (!given) return; // the user cancelled the file dialog: the earlier choice stays
    file = given;
    say(chosen, `${file.name}, ${size(file.size)}`);
    what.complain(objection(file));
    announce(`Terpilih: ${chosen.textContent}`);
  }

  async function begin() {
    scheme.complain(scheme.value ? "" : "Pilih skema.");
    what.complain(objection(file));
    if (!allRight([scheme, what])) return;
    const bar = h("progress", { max: "1", value: "0", "aria-label": `Mengunggah ${file.name}` });
    const percentage = h("span", { class: "digits" }, "0%");
    const stop = button("Batalkan", () => stopping?.abort(), { class: "plain" });
    fill(under, h("div", { class: "panel" }, h("p", {}, `Mengunggah ${file.name}`), h("p", { class: "progress" }, bar, percentage), stop));
    stopping = new AbortController();
    window.addEventListener("beforeunload", warn);
    try {
      const ticket = await post("uploads", { scheme: scheme.value, file_name: file.name, size: file.size }, { signal: stopping.signal });
      let spoken = 0;
      await send(ticket, file, (share) => {
        bar.value = share;
        say(percentage, percent(share));
        if (share - spoken >= 0.25 && share < 1) {
          spoken = share;
          announce(`${percent(share)} terunggah.`);
        }
      }, stopping.signal);
      follow(ticket.file, file.name);
    } catch (error) {
      fill(under);
      if (error?.name === "AbortError") {
        announce("Pengunggahan dibatalkan.");
        fill(under, h("p", { class: "box warn" }, "Pengunggahan dibatalkan. Berkas tidak diproses."));
        return;
      }
      throw error;
    } finally {
      stopping = null;
      window.removeEventListener("beforeunload", warn);
    }
  }

  /** Wait until the list has the file, then show it. */
  function follow(name, label) {
    const since = Date.now();
    const waiting = h("p", { role: "status" }, `${label} sudah terunggah. Menunggu sistem membacanya …`);
    const slow = h("p", { class: "hint" });
    fill(under, h("div", { class: "panel" }, waiting, h("progress", { "aria-label": "Menunggu" }), slow));
    watch?.stop();
    watch = poll(async () => {
      const { batches } = await get("batches?limit=20");
      const found = batches.find((each) => each.file === name);
      if (!found) {
        if (Date.now() - since > STALE) say(slow, "Lebih lama daripada biasanya. Berkas Anda aman; lihat lagi di Berkas beberapa menit kemudian.");
        return null;
      }
      arrived(found, label);
      return false;
    }, { fast: 1000, slow: 5000, failed: (error) => say(slow, error.message) });
  }

  function arrived(batch, label) {
    input.value = "";
    file = null;
    say(chosen, "");
    const address = `#/berkas/${batch.batch}`;
    const link = h("a", { href: address }, `Lihat berkas ${batch.batch}`);
    fill(under, h("div", { class: "box good" }, h("p", {}, `${label} diterima dengan nomor ${batch.batch}. `, link)));
    announce(`${label} diterima dengan nomor ${batch.batch}.`);
    if (made.node.isConnected) go(address);
  }

  function warn(event) {
    event.preventDefault();
    event.returnValue = "";
  }

  return {
    title: "Unggah",
    node: h("div", {}, heading, h("p", {}, `Untuk ${me.bank_name}. Berkas diperiksa baris demi baris; hasilnya biasanya ada dalam beberapa menit.`),
      h("p", { class: "beside" }, template(), h("a", { href: "#/bantuan" }, "Cara menyiapkan berkas")), made.node, under),
    busy: () => Boolean(stopping),
    discard() {
      stopping?.abort();
      watch?.stop();
    },
  };
}
