// One person's cover: the details below the answer.

import { button, facts, fill, focusOn, h, newId } from "./dom.js";
import { day, moment, rupiah } from "./format.js";
import { cover, smsMeaning, smsState } from "./words.js";

const OPEN = new Set(["pending", "sending"]);

/** Return a card for an enrollment; `resend(one)` resolves to how it stands afterwards. */
export function person(one, { me, may, resend }) {
  const id = newId("p");
  const card = h("article", { class: "panel person", "aria-labelledby": id });

  async function again() {
    const changed = await resend(one);
    if (!changed) return;
    const renewed = person(changed, { me, may, resend });
    card.replaceWith(renewed);
    focusOn(renewed.querySelector("h3"));
  }

  const programme = me.programmes.find((each) => each.code === one.programme);
  const scheme = programme?.schemes.find((each) => each.code === one.scheme);
  fill(card,
    h("h3", { id }, programme?.name ?? one.programme),
    facts([
      ["Nama", h("strong", {}, one.name)],
      ["NIK", h("span", { class: "digits" }, one.nik)],
      ["Masa perlindungan", `${day(one.starts)} – ${day(one.ends)}`],
      ["Keadaan", cover(one.status)],
      ["Bank", one.bank_name ?? one.bank],
      ["Skema", scheme ? `${one.scheme} (${scheme.name})` : one.scheme],
      ["Iuran", rupiah(one.premium)],
      ["Nilai bantuan", rupiah(one.aid)],
      ["Nomor referensi", h("span", { class: "digits" }, one.reference)],
      ["Terdaftar", moment(one.enrolled_at)],
      ["Dari berkas", h("span", {}, h("a", { href: `#/berkas/${encodeURIComponent(one.batch)}` }, one.batch), `, baris ${one.row}`)],
    ]),
    h("div", { class: "sms-state" },
      h("h4", {}, "SMS konfirmasi"),
      h("p", {}, h("span", { class: `badge sms-${one.sms}` }, smsState(one.sms)),
        one.sms_at ? ` ${moment(one.sms_at)}` : "", one.phone ? `, ke ${one.phone}` : ""),
      h("p", {}, one.sms_explanation ?? smsMeaning(one.sms)),
      may("resend") && !OPEN.has(one.sms)
        ? h("div", { class: "buttons no-print" }, button("Kirim ulang SMS", again, { class: "plain" }))
        : null),
    timeline(one.timeline ?? []));
  return card;
}

function timeline(events) {
  if (!events.length) return null;
  return h("div", { class: "time-line" },
    h("h4", {}, "Riwayat"),
    h("ol", {}, events.map((event) =>
      h("li", {}, h("time", { datetime: event.at }, moment(event.at)), " ", event.text))));
}
