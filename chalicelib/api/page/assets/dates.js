// The field for a day. A browser's own date input has the language of the browser, `mm/dd/yyyy` on an
// English one, so this is a text field, read here: `22/11/2026`, `22-11-2026`, `22.11.2026`,
// `22112026`, `22 November 2026`, and the day as programs write it, `2026-11-22`.

import { field } from "./forms.js";
import { MONTHS, today } from "./format.js";
import { h } from "./dom.js";

const PARTS = /^(\d{1,2})[\s./-]+(\d{1,2}|\p{L}{3,})[\s./-]+(\d+)$/u;
const RUN = /^(\d{2})(\d{2})(\d{4})$/;
const ISO = /^(\d{4})-(\d{2})-(\d{2})$/;
const FORM = "HH/BB/TTTT";

function monthOf(text) {
  if (/^\d+$/.test(text)) return Number(text);
  return MONTHS.findIndex((each) => each.toLowerCase().startsWith(text.toLowerCase())) + 1;
}

/** Return `{iso}` of a day as people write it, or `{wrong}`, which says what to write instead. */
export function readDay(text) {
  const plain = text.trim();
  const [, year = "", month = "", day = ""] = ISO.exec(plain) ?? [];
  const [, first = "", second = "", third = ""] = (year ? ["", day, month, year] : null) ?? RUN.exec(plain) ?? PARTS.exec(plain) ?? [];
  if (!first) return { wrong: `Tulis tanggal sebagai hari/bulan/tahun, misalnya ${written(today())}.` };
  if (third.length !== 4) return { wrong: `Tulis tahun dengan empat angka, misalnya ${written(today())}.` };
  const at = { day: Number(first), month: monthOf(second), year: Number(third) };
  if (at.month < 1 || at.month > 12) return { wrong: `Bulan ${second} tidak ada. Tulis hari lebih dahulu, lalu bulan 1 sampai 12.` };
  const iso = `${third}-${String(at.month).padStart(2, "0")}-${String(at.day).padStart(2, "0")}`;
  const real = new Date(`${iso}T00:00:00Z`);
  if (at.year < 1900 || Number.isNaN(real.getTime()) || real.getUTCDate() !== at.day) return { wrong: `Tanggal ${written(iso)} tidak ada.` };
  return { iso };
}

/** Return a day as the field shows it, `22/11/2026`, from its ISO text; an empty text stays empty. */
export function written(iso) {
  return iso.split("-").reverse().join("/");
}

/**
 * Return a field for a day, as `field` does. Its `value` is the ISO day, empty for no day or a wrong
 * one; `check()` complains of a wrong one; `set(iso)` shows a day. `change` is called for each day
 * that is right, and for none.
 *
 * @param {string} label
 * @param {{value?: string, optional?: boolean, hint?: string, change?: () => void, typed?: () => void}} [options]
 */
export function dayField(label, { value = "", optional = false, hint = "", change = () => {}, typed = () => {} } = {}) {
  const input = h("input", {
    type: "text", inputmode: "numeric", autocomplete: "off", maxlength: "20", class: "day", value: written(value),
    on: { input: typed, change: settle },
  });
  const made = field(label, input, { optional, hint: hint ? `${FORM}. ${hint}` : FORM });
  const read = () => (input.value.trim() ? readDay(input.value) : { iso: "" });

  function check() {
    made.complain(read().wrong ?? "");
  }

  function settle() {
    const { iso, wrong } = read();
    if (!wrong) input.value = written(iso);
    check();
    if (!wrong) change();
  }

  return {
    node: made.node,
    input,
    get value() { return read().iso ?? ""; },
    complain: made.complain,
    check,
    set(iso) { input.value = written(iso); },
  };
}
