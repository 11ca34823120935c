// Fields, forms and dialogs. Each field has a label and shows its error next to it. A failure never
// clears a field.

import { Problem } from "./api.js";
import { Refused } from "./cognito.js";
import { button, fill, focusOn, h, hideSuccess, newId, put } from "./dom.js";

/** Return a text for any failure, with the request id, with which administrators find it in the log. */
export function errorText(error) {
  if (error instanceof Problem || error instanceof Refused) {
    const id = error instanceof Problem && error.requestId ? h("small", { class: "request" }, `No. permintaan: ${error.requestId}`) : null;
    return [h("p", {}, error.message), id];
  }
  return [h("p", {}, "Ada gangguan pada halaman ini. Muat ulang halaman, lalu coba lagi.")];
}

/** Return a box that shows a failure; with `again`, it has a button to retry. */
export function failure(error, again) {
  return h("div", { class: "box bad", role: "alert" }, errorText(error),
    again ? button("Coba lagi", again, { class: "plain" }) : null);
}

/**
 * Return a labelled field: `{node, input, value, complain}`.
 *
 * `control` is an input, select or textarea. `complain(text)` shows an error; `complain("")` removes
 * it.
 *
 * @param {unknown} label
 * @param {any} control
 * @param {{hint?: unknown, after?: unknown, optional?: boolean}} [options]
 */
export function field(label, control, { hint = "", after = null, optional = false } = {}) {
  const id = control.id || newId("f");
  control.id = id;
  const hintNode = hint instanceof Node || hint ? h("p", { class: "hint", id: `${id}-hint` }, hint) : null;
  const wrong = h("p", { class: "wrong", id: `${id}-wrong`, hidden: true });
  const described = (on) => [hintNode && `${id}-hint`, on && `${id}-wrong`].filter(Boolean).join(" ");
  if (hintNode) control.setAttribute("aria-describedby", described(false));
  // An error goes when its cause goes. A file input fires "input" before the "change" that checks it.
  control.addEventListener("input", () => complain(""));
  const node = h("div", { class: "field" },
    h("label", { for: id }, label, optional ? h("span", { class: "optional" }, " (boleh kosong)") : null),
    hintNode, control, after, wrong);
  return {
    node,
    input: control,
    get value() { return control.value.trim(); },
    complain,
  };

  function complain(text) {
    wrong.hidden = !text;
    wrong.textContent = text;
    control.toggleAttribute("aria-invalid", false);
    if (text) control.setAttribute("aria-invalid", "true");
    const ids = described(Boolean(text));
    if (ids) control.setAttribute("aria-describedby", ids);
    else control.removeAttribute("aria-describedby");
  }
}

/** Return a select field's control; `options` are `[value, label]`. */
export function select(options, chosen = "", props = {}) {
  const control = h("select", props, options.map(([value, label]) => h("option", { value }, label)));
  control.value = options.some(([value]) => value === chosen) ? chosen : options[0][0];
  return control;
}

/** Focus the first field with an error; return true if there is none. */
export function allRight(fields) {
  const bad = fields.find((each) => each.input.getAttribute("aria-invalid") === "true");
  bad?.input.focus();
  return !bad;
}

/**
 * Return a form. It submits once at a time and shows a failure below its fields.
 *
 * `submit()` may return a promise; until it is settled the button shows `busy`.
 *
 * @param {{content: unknown, label: string, busy?: string, submit: () => unknown, extra?: unknown, className?: string}} options
 */
export function form({ content, label, busy = "Memproses …", submit, extra = [], className = "" }) {
  const wrong = h("div", { class: "form-wrong" });
  const go = h("button", { type: "submit", class: "main" }, label);
  let working = false;
  const node = h("form", {
    class: className, novalidate: true, autocomplete: "off",
    on: {
      async submit(event) {
        event.preventDefault();
        if (working) return;
        working = true;
        fill(wrong);
        // Not `disabled`: a disabled button loses the focus.
        go.setAttribute("aria-disabled", "true");
        go.textContent = busy;
        try {
          await submit();
        } catch (error) {
          if (error?.name !== "AbortError") fill(wrong, h("div", { class: "box bad", role: "alert" }, errorText(error)));
        } finally {
          working = false;
          go.removeAttribute("aria-disabled");
          go.textContent = label;
        }
      },
    },
  }, content, wrong, h("div", { class: "buttons" }, go, extra));
  return { node, button: go };
}

/**
 * Open a dialog with a form.
 *
 * `fields` come from `field`. `check()` calls `complain` of fields with an error. `submit()` does the
 * work; after a failure the dialog stays open with its input. Resolves to the result of `submit`, or
 * to undefined if the user cancels.
 *
 * @param {{title: string, intro?: unknown, fields?: any[], label: string, busy?: string, check?: () => void, submit: () => unknown, danger?: boolean}} options
 * @returns {Promise<any>}
 */
export function ask({ title, intro = [], fields = [], label, busy, check = () => {}, submit, danger = false }) {
  hideSuccess();
  const heading = h("h2", { id: newId("d") }, title);
  const dialog = h("dialog", { "aria-labelledby": heading.id, class: danger ? "danger" : "" });
  return new Promise((resolve) => {
    let result;
    const made = form({
      content: [put(h("div", { class: "intro" }), intro), fields.map((each) => each.node)],
      label,
      busy,
      extra: button("Batal", () => dialog.close(), { class: "plain" }),
      async submit() {
        for (const each of fields) each.complain("");
        check();
        if (!allRight(fields)) return;
        result = await submit();
        dialog.close();
      },
    });
    const opener = /** @type {HTMLElement | null} */ (document.activeElement);
    put(dialog, [heading, made.node]);
    dialog.addEventListener("close", () => {
      dialog.remove();
      // The page below the dialog may have been redrawn.
      if (opener?.isConnected) opener.focus();
      else focusOn(document.querySelector("main h1") ?? document.querySelector("main"));
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
    (fields[0]?.input ?? made.button).focus();
  });
}

// NIKs and mobile numbers, as people usually write them; the API finds every other spelling.
const TELLING = /\d{10,}|(?:^|\D)\d(?:[\s._-]?\d){15}|(?:^|\D)(?:62[\s.()-]*|0)8\d\d(?:[\s.()-]{0,2}\d{3,})+/;

/** Return the field for a reason; the reason is stored together with the action. */
export function reasonField(hint) {
  const made = field("Alasan", h("textarea", { rows: "3", maxlength: "200", autocomplete: "off" }), { hint });
  const check = () => {
    if (made.value.length < 5) made.complain("Tuliskan alasannya, paling sedikit 5 huruf.");
    else if (TELLING.test(made.value)) {
      made.complain("Alasan disimpan dalam catatan. Jangan tulis NIK atau nomor telepon di sini.");
    }
  };
  return Object.assign(made, { check });
}
