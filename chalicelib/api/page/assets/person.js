// One person's cover: the details below the answer.

import { button, facts, fill, focusOn, h, newId } from "./dom.js";
import { day, moment, rupiah } from "./format.js";
import { cover, smsMeaning, smsState } from "./words.js";

const OPEN = new Set(["pending", "sending"]);

/**
 * Return a card for an enrollment.
 *
 * `resend(one)` resolves to the changed enrollment; `follow` then draws the card again while the
 * message is under way.
 */
export function person(one, { me, may, resend, follow }) {
  const id = newId("p");
  const card = h("article", { class: "panel person", "aria-labelledby": id });

  async function again() {
    const changed = await resend(one);
    if (!changed) return;
    let shown = draw(changed, card);
    focusOn(shown.querySelector("h3"));
    follow(changed, (now) => { shown = draw(now, shown); }, (now) => OPEN.has(now.sms));
  }

  function draw(now, before) {
    const renewed = person(now, { me, may, resend, follow });
    const focused = before.contains(document.activeElement);
    before.replaceWith(renewed);
    if (focused) focusOn(renewed.querySelector("h3"));
    return renewed;
  }

  const programme = me.programmes.find((each) => each.code === one.programme);
  const scheme = programme?.schemes.find((each) => each.code === one.scheme);
  fill(card,
    h("h3", { id }, programme?.name ?? one.programme),
    facts([
      ["Nama", h("strong", {}, one.name)],
      ["NIK", h("span", { class: "digits" }, one.nik)],
      [one.phase === "active" || one.phase === "grace" || one.phase === "ended" ? "Masa perlindungan" : "Masa perlindungan yang direncanakan", `${day(one.starts)} – ${day(one.ends)}`],
      ["Status", cover(one.status)],
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
    timeline(one.timeline ?? [], "Riwayat"),
    timeline(one.money ?? [], "Iuran"));
  return card;
}

function timeline(events, title) {
  if (!events.length) return null;
  return h("div", { class: "time-line" },
    h("h4", {}, title),
    h("ol", {}, events.map((event) =>
      h("li", {}, h("time", { datetime: event.at }, moment(event.at)), " ", event.text))));
}
