// One person's cover: the details below the answer.

import { button, facts, fill, focusOn, h, newId } from "./dom.js";
import { day, moment, rupiah } from "./format.js";
import { cover, smsMeaning, smsState } from "./words.js";

const OPEN = new Set(["pending", "sending"]);

/**
 * Return a card for an enrollment.
 *
 * `resend(one, message)` resolves to the changed enrollment; `follow` then draws the card again while
 * that message is under way.
 */
export function person(one, { me, may, resend, follow }) {
  const id = newId("p");
  const card = h("article", { class: "panel person", "aria-labelledby": id });

  async function again(message) {
    const changed = await resend(one, message);
    if (!changed) return;
    let shown = draw(changed, card);
    focusOn(shown.querySelector("h3"));
    const isOpen = (now) => now.messages.some((each) => each.kind === message.kind && OPEN.has(each.state));
    follow(changed, (now) => { shown = draw(now, shown); }, isOpen);
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
    one.messages.map((message) => h("div", { class: "sms-state", "data-kind": message.kind },
      h("h4", {}, message.about),
      h("p", {}, h("span", { class: `badge sms-${message.state}` }, smsState(message.state)),
        message.at ? ` ${moment(message.at)}` : "", one.phone ? `, ke ${one.phone}` : ""),
      h("p", {}, message.explanation ?? smsMeaning(message.state)),
      may("resend") && !OPEN.has(message.state)
        ? h("div", { class: "buttons no-print" },
          button(`Kirim ulang ${message.about}`, () => again(message), { class: "plain" }))
        : null)),
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
