// The page's frame: the signed-in user, the visible view, and the focus.

import { get, onSessionOver } from "./api.js";
import { isTrial } from "./config.js";
import { announce, button, byId, fill, focusOn, h, hideSuccess } from "./dom.js";
import { failure } from "./forms.js";
import { forget, signedInAs, signOut } from "./session.js";
import { signInForm } from "./signin.js";
import { role } from "./words.js";

const main = byId("isi");
const menu = byId("menu");
const who = byId("who");
const notices = byId("notices");

/** @type {Record<string, any>} */
let VIEWS = {};
let me = null;
let shown = null;
let kept = new Map();
let asking = null;
let handed = null;

const may = (action) => action === null || me.may.includes(action);

/** Parse the address: `#/berkas/7K3M9QX2?status=stuck`. It never holds a person's NIK or reference. */
function place() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, ...args] = path.split("/").map(decodeURIComponent);
  return { name: name || "cari", args, query: new URLSearchParams(query) };
}

/** Show another view; `given` is data for it that must not be in the address. */
function go(address, given = null) {
  handed = given;
  if (location.hash === address) route();
  else location.hash = address;
}

function route({ focus = true } = {}) {
  if (!me) return;
  const { name: wanted, args, query } = place();
  const name = me.second_factor === "missing" ? "akun" : wanted;
  const view = VIEWS[name];
  shown?.leave?.();
  hideSuccess();
  if (!view || !may(view.action)) {
    shown = { node: h("div", {}, h("h1", {}, "Halaman tidak ada"), h("p", {}, "Halaman ini tidak ada, atau tidak tersedia untuk akun Anda. Pilih dari menu di atas.")), title: "Halaman tidak ada" };
  } else if (view.kept && kept.has(name)) {
    shown = kept.get(name);
  } else {
    shown = view.draw({ me, may, args, query, go, reload: enter });
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
    if (shown.focus) shown.focus();
    else focusOn(main.querySelector("h1"));
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
  byId("help").hidden = false;
}

/** Load the views. They are a script of their own: the form to sign in does not wait for them. */
function views() {
  return import("./views.js");
}

/** Begin. After a sign-in the focus goes to the view; after a page load it stays at the top. */
async function enter({ focus = true } = {}) {
  fill(main, h("p", { role: "status" }, "Memuat …"));
  try {
    const [loaded, answer] = await Promise.all([views(), get("me")]);
    VIEWS = loaded.VIEWS;
    me = answer;
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
  hideSuccess();
  shown?.leave?.();
  for (const each of kept.values()) each.discard?.();
  shown = null;
  kept = new Map();
  menu.hidden = true;
  who.hidden = true;
  byId("help").hidden = true;
  fill(menu);
  fill(who);
  document.title = "Masuk – Payung";
  const made = signInForm({ done: () => enter() });
  fill(main, made.node);
  made.focus();
  views().catch(() => {}); // asked for again after the sign-in, which reports a failure
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

/** Ask the user to sign in again in a dialog above the view; resolves to whether they did. */
function signInAgain() {
  asking ??= new Promise((resolve) => {
    const before = signedInAs();
    let again = false;
    const made = signInForm({
      username: before ?? me?.username ?? "", level: "h2", title: "Sesi berakhir: masuk kembali",
      async done(username) {
        again = true;
        if (me && before && username !== before) {
          // Another user signed in: nothing of the first user may stay on the page.
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
  document.querySelector(".skip")?.addEventListener("click", (event) => {
    event.preventDefault(); // the address names the view, not a position in it
    focusOn(main);
  });
  if (isTrial) notices.append(h("p", { class: "notice" }, "Lingkungan uji coba: gunakan data rekaan."));
  connection();
  if (signedInAs()) enter({ focus: false });
  else signInPage();
}

start();
