// Builds the page's elements. Text is always set as text: data is never parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Return an element: `h("p", {class: "hint", on: {click}}, "text", child)`.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [props]
 * @param {...any} children
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    } else if (name === "class") {
      element.className = value;
    } else if (value === true) {
      element.setAttribute(name, "");
    } else {
      element.setAttribute(name, String(value));
    }
  }
  put(element, children);
  return element;
}

/**
 * Append children: elements, texts or lists of them; null, undefined and false are skipped.
 *
 * @template {Element} Parent
 * @param {Parent} element
 * @returns {Parent}
 */
export function put(element, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** Replace the children of an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  return put(element, children);
}

/** Set an element's text only if it differs: screen readers read out each change of a live region. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

let lastId = 0;

/** Return an id that no other element has. */
export function newId(prefix = "x") {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** Return an element of index.html. */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** Let screen readers read out a text; the focus does not move. */
export function announce(text) {
  const region = byId("polite");
  region.textContent = "";
  // Some screen readers ignore a region that is emptied and filled at the same moment.
  setTimeout(() => { region.textContent = text; }, 50);
}

/**
 * Show that an action succeeded, and let screen readers read it out; the focus does not move.
 *
 * The banner is above the view until the user closes it, acts again, or opens another view.
 */
export function succeeded(text) {
  fill(byId("done"), h("p", { class: "box good" }, icon("yes"), text, " ",
    button("Tutup", hideSuccess, { class: "link no-print", "aria-label": "Tutup pemberitahuan" })));
  announce(text);
}

/** Remove the banner of the last success. */
export function hideSuccess() {
  fill(byId("done"));
}

/** Move the focus to a heading or region, which normally cannot have the focus. */
export function focusOn(element) {
  if (!element.hasAttribute("tabindex")) element.setAttribute("tabindex", "-1");
  element.focus();
}

const SHAPES = {
  yes: ["M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1.4 14.6L6 12l1.8-1.8 2.8 2.8 5.8-5.8L18.2 9z"],
  no: ["M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm4.6 12.9-1.7 1.7-2.9-2.9-2.9 2.9-1.7-1.7 2.9-2.9-2.9-2.9 1.7-1.7 2.9 2.9 2.9-2.9 1.7 1.7-2.9 2.9z"],
  warn: ["M12 3 1.5 21h21zm1 14.5h-2v-2h2zm0-3.5h-2V9h2z"],
  wait: ["M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm1 11H7v-2h4V6h2z"],
  pause: ["M7 4h4v16H7zM13 4h4v16h-4z"],
};

/** Return a small picture next to a text; screen readers ignore it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  svg.setAttribute("class", "icon");
  for (const shape of SHAPES[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", shape);
    svg.append(path);
  }
  return svg;
}

/** Return a bar for a share of a whole; the caller shows the figure as text beside it. */
export function bar(share, kind = "") {
  const inner = h("span", { class: "bar-part" });
  inner.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
  return h("span", { class: `bar ${kind}`, "aria-hidden": "true" }, inner);
}

/** Return a button. */
export function button(label, onClick, props = {}) {
  return h("button", { type: "button", ...props, on: { click: onClick } }, label);
}

/**
 * Return a table that a narrow screen shows as cards.
 *
 * `columns` are `{label, cell: (row) => content, number?: bool, heading?: bool}`. Roles are set
 * explicitly: in some browsers a table loses them when CSS changes its display.
 */
export function table(caption, columns, rows, { captionSeen = false } = {}) {
  const head = h("tr", { role: "row" }, columns.map((column) =>
    h("th", { role: "columnheader", scope: "col", class: column.number ? "number" : null }, column.label)));
  const body = h("tbody", { role: "rowgroup" }, rows.map((row) => tableRow(columns, row)));
  return h("table", { role: "table", class: "cards" },
    h("caption", { class: captionSeen ? null : "unseen" }, caption),
    h("thead", { role: "rowgroup" }, head),
    body);
}

/** Return one row of such a table. */
export function tableRow(columns, row) {
  return h("tr", { role: "row" }, columns.map((column) => {
    const content = column.cell(row);
    const kinds = [column.number && "number", column.wide && "wide", content === "–" && "none"].filter(Boolean).join(" ");
    return h(column.heading ? "th" : "td", {
      role: column.heading ? "rowheader" : "cell", scope: column.heading ? "row" : null, class: kinds || null, "data-label": column.label,
    }, content);
  }));
}

/** Return a list of terms with their values; pairs without a value are left out. */
export function facts(pairs) {
  return h("dl", { class: "facts" }, pairs
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([term, value]) => h("div", {}, h("dt", {}, term), h("dd", {}, value))));
}
