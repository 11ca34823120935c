// The page's frame: who is signed in, which view is shown, and where the focus goes.

import { get, onSessionOver } from "./api.js";
import { isTrial } from "./config.js";
import { announce, button, fill, focusOn, h } from "./dom.js";
import { file } from "./file.js";
import { files } from "./files.js";
import { failure } from "./forms.js";
import { lookup } from "./lookup.js";
import { profile } from "./profile.js";
import { sending } from "./sending.js";
import { forget, signedInAs, signOut } from "./session.js";
import { signInForm } from "./signin.js";
import { totals } from "./totals.js";
import { upload } from "./upload.js";
import { role } from "./words.js";

// `kept` views stay as they were left: nothing that was typed or is under way is lost.
const VIEWS = {
  cari: { label: "Cari", action: "look_up", draw: lookup, kept: true },
  berkas: { label: "Berkas", action: "list_batches", draw: (context) => (context.args[0] ? file : files)(context) },
  unggah: { label: "Unggah", action: "upload", draw: upload, kept: true },
  rekap: { label: "Rekap", action: "show_totals", draw: totals },
  sms: { label: "SMS", action: "show_gate", draw: sending },
  akun: { label: "Akun saya", action: null, draw: profile, inMenu: false },
};

const main = document.getElementById("isi");
const menu = document.getElementById("menu");
const who = document.getElementById("who");
const notices = document.getElementById("notices");

let me = null;
let shown = null;
let kept = new Map();
let asking = null;
let handed = null;

const may = (action) => action === null || me.may.includes(action);

/** Read the address: `#/berkas/7K3M9QX2?status=stuck`. It never holds who was looked up. */
function place() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, ...args] = path.split("/").map(decodeURIComponent);
  return { name: name || "cari", args, query: new URLSearchParams(query) };
}

/** Show another view, handing it what the address must not tell. */
function go(address, given = null) {
  handed = given;
  if (location.hash === address) route();
  else location.hash = address;
}

function route({ focus = true } = {}) {
  if (!me) return;
  const { name, args, query } = place();
  const view = VIEWS[name];
  shown?.leave?.();
  if (!view || !may(view.action)) {
    shown = { node: h("div", {}, h("h1", {}, "Halaman tidak ada"), h("p", {}, "Halaman ini tidak ada, atau tidak tersedia untuk akun Anda. Pilih dari menu di atas.")), title: "Halaman tidak ada" };
  } else if (view.kept && kept.has(name)) {
    shown = kept.get(name);
    shown.back?.();
  } else {
    shown = view.draw({ me, may, args, query, go });
    if (view.kept) kept.set(name, shown);
  }
  fill(main, shown.node);
  document.title = `${shown.title} – Payung`;
  for (const link of menu.querySelectorAll("a")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (focus) {
    window.scrollTo(0, 0);
    focusOn(main.querySelector("h1"));
  }
  if (handed) shown.receive?.(handed);
  handed = null;
}

function frame() {
  fill(menu, h("ul", {}, Object.entries(VIEWS)
    .filter(([, view]) => view.inMenu !== false && may(view.action))
    .map(([name, view]) => h("li", {}, h("a", { href: `#/${name}`, "data-view": name }, view.label)))));
  fill(who,
    h("a", { href: "#/akun", "data-view": "akun" },
      h("span", { class: "unseen" }, "Akun saya: "), signedInAs() ?? me.username,
      h("small", {}, me.role === "bank" ? me.bank_name : role(me.role))),
    button("Keluar", leave, { class: "plain" }));
  menu.hidden = false;
  who.hidden = false;
}

/** Begin; who has just signed in is taken to the view, who loaded the page begins at its top. */
async function enter({ focus = true } = {}) {
  fill(main, h("p", { role: "status" }, "Memuat …"));
  try {
    me = await get("me");
  } catch (error) {
    if (error.status === 401) return;
    fill(main, h("h1", {}, "Belum dapat dimuat"), failure(error, () => enter()),
      button("Keluar", leave, { class: "plain" }));
    return;
  }
  frame();
  route({ focus });
}

function signInPage() {
  me = null;
  shown?.leave?.();
  for (const each of kept.values()) each.discard?.();
  shown = null;
  kept = new Map();
  menu.hidden = true;
  who.hidden = true;
  fill(menu);
  fill(who);
  document.title = "Masuk – Payung";
  const made = signInForm({ done: () => enter() });
  fill(main, made.node);
  made.focus();
}

async function leave() {
  for (const each of kept.values()) {
    if (each.busy?.() && !window.confirm("Berkas masih diunggah. Tetap keluar? Pengunggahan akan dibatalkan.")) return;
  }
  const ended = signOut();
  document.querySelectorAll("dialog").forEach((each) => each.close());
  history.replaceState(null, "", "#/");
  signInPage();
  announce("Anda sudah keluar.");
  await ended;
}

/** Have the user sign in again above what they were doing; resolves to whether they did. */
function signInAgain() {
  asking ??= new Promise((resolve) => {
    const before = signedInAs();
    let again = false;
    const made = signInForm({
      username: before ?? me?.username ?? "", level: "h2", title: "Sesi berakhir: masuk kembali",
      async done(username) {
        again = true;
        if (me && before && username !== before) {
          // Somebody else: nothing of the other user's may stay on the page.
          history.replaceState(null, "", "#/");
          location.reload();
          return;
        }
        dialog.close();
      },
    });
    const dialog = h("dialog", { "aria-label": "Masuk kembali" },
      h("p", { class: "hint" }, "Isian Anda tetap ada. Masuk kembali untuk melanjutkan."), made.node,
      h("div", { class: "buttons" }, button("Keluar saja", () => dialog.close(), { class: "plain" })));
    dialog.addEventListener("close", () => {
      dialog.remove();
      asking = null;
      resolve(again);
      if (!again) leave();
    });
    document.body.append(dialog);
    dialog.showModal();
    made.focus();
  });
  return asking;
}

function connection() {
  const offline = h("p", { class: "notice bad", role: "alert" },
    "Komputer ini tidak tersambung ke internet. Isian Anda tetap ada; halaman melanjutkan sendiri begitu tersambung.");
  const show = () => (navigator.onLine ? offline.remove() : notices.append(offline));
  window.addEventListener("offline", show);
  window.addEventListener("online", () => {
    show();
    announce("Tersambung kembali.");
  });
  show();
}

function start() {
  onSessionOver(() => (me ? signInAgain() : (forget(), signInPage(), Promise.resolve(false))));
  window.addEventListener("hashchange", () => {
    if (location.hash.startsWith("#/") || !location.hash) route();
  });
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address tells the view, not a place in it
    focusOn(main);
  });
  if (isTrial) notices.append(h("p", { class: "notice" }, "Lingkungan uji coba: gunakan data rekaan."));
  connection();
  if (signedInAs()) enter({ focus: false });
  else signInPage();
}

start();
