// Fields, forms and dialogs: labelled, with what is wrong said beside the field, and nothing lost
// when something goes wrong.

import { Problem } from "./api.js";
import { Refused } from "./cognito.js";
import { button, fill, focusOn, h, newId, put } from "./dom.js";

/** Return words for any failure, with the id that whoever looks after the system can find. */
export function told(error) {
  if (error instanceof Problem || error instanceof Refused) {
    const id = error.requestId ? h("small", { class: "request" }, `No. permintaan: ${error.requestId}`) : null;
    return [h("p", {}, error.message), id];
  }
  return [h("p", {}, "Ada gangguan pada halaman ini. Muat ulang halaman, lalu coba lagi.")];
}

/** Return a box that says what went wrong, with a way to try again where there is one. */
export function failure(error, again) {
  return h("div", { class: "box bad", role: "alert" }, told(error),
    again ? button("Coba lagi", again, { class: "plain" }) : null);
}

/**
 * Return a labelled field: `{node, input, value, complain}`.
 *
 * `control` is an input, select or textarea; `complain(text)` says what is wrong with it ("" takes
 * it back).
 */
export function field(label, control, { hint = "", after = null, optional = false } = {}) {
  const id = control.id || newId("f");
  control.id = id;
  const hintNode = hint instanceof Node || hint ? h("p", { class: "hint", id: `${id}-hint` }, hint) : null;
  const wrong = h("p", { class: "wrong", id: `${id}-wrong`, hidden: true });
  const described = (on) => [hintNode && `${id}-hint`, on && `${id}-wrong`].filter(Boolean).join(" ");
  if (hintNode) control.setAttribute("aria-describedby", described(false));
  const node = h("div", { class: "field" },
    h("label", { for: id }, label, optional ? h("span", { class: "optional" }, " (boleh kosong)") : null),
    hintNode, control, after, wrong);
  return {
    node,
    input: control,
    get value() { return control.value.trim(); },
    complain(text) {
      wrong.hidden = !text;
      wrong.textContent = text;
      control.toggleAttribute("aria-invalid", false);
      if (text) control.setAttribute("aria-invalid", "true");
      const ids = described(Boolean(text));
      if (ids) control.setAttribute("aria-describedby", ids);
      else control.removeAttribute("aria-describedby");
    },
  };
}

/** Return a select field's control; `options` are `[value, label]`. */
export function select(options, chosen = "", props = {}) {
  const control = h("select", props, options.map(([value, label]) => h("option", { value }, label)));
  control.value = options.some(([value]) => value === chosen) ? chosen : options[0][0];
  return control;
}

/** Focus the first field that something is wrong with; true where there is none. */
export function allRight(fields) {
  const bad = fields.find((each) => each.input.getAttribute("aria-invalid") === "true");
  bad?.input.focus();
  return !bad;
}

/**
 * Return a form that does its work once at a time and says what went wrong below its fields.
 *
 * `submit()` may return a promise; while it is under way the button says `busy`.
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
        // Not `disabled`: a button that has the focus would lose it.
        go.setAttribute("aria-disabled", "true");
        go.textContent = busy;
        try {
          await submit();
        } catch (error) {
          if (error?.name !== "AbortError") fill(wrong, h("div", { class: "box bad", role: "alert" }, told(error)));
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
 * Ask for something in a dialog.
 *
 * `fields` are as `field` returns them; `check()` complains about them; `submit()` does it, and the
 * dialog closes when it succeeded. Resolves to what `submit` returned, or undefined where it was
 * put aside. What was typed in stays until then.
 */
export function ask({ title, intro = [], fields = [], label, busy, check = () => {}, submit, danger = false }) {
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
    const opener = document.activeElement;
    put(dialog, [heading, made.node]);
    dialog.addEventListener("close", () => {
      dialog.remove();
      // The page may have been drawn anew below the dialog.
      if (opener?.isConnected) opener.focus();
      else focusOn(document.querySelector("main h1") ?? document.querySelector("main"));
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
    (fields[0]?.input ?? made.button).focus();
  });
}

// NIKs and mobile numbers, as the API refuses them; a day or a time may be written.
const TELLING = /\d{10,}|(?:^|\D)\d(?:[\s._-]?\d){15}|(?:^|\D)(?:62[\s.()-]*|0)8\d\d(?:[\s.()-]{0,2}\d{3,})+/;

/** Return the field for a reason, which is kept with what is done. */
export function reasonField(hint) {
  const made = field("Alasan", h("textarea", { rows: "3", maxlength: "200", autocomplete: "off" }), { hint });
  made.check = () => {
    if (made.value.length < 5) made.complain("Tuliskan alasannya, paling sedikit 5 huruf.");
    else if (TELLING.test(made.value)) {
      made.complain("Alasan disimpan dalam catatan. Jangan tulis NIK atau nomor telepon di sini.");
    }
  };
  return made;
}
