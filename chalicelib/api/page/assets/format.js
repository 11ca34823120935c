// Numbers, money, days and times as Indonesian offices write them. Times are Central Indonesian Time
// (WITA); the time zone of the computer does not matter.

export const MONTHS = ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus",
  "September", "Oktober", "November", "Desember"];
const ZONE = "Asia/Makassar";
const CLOCK = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit",
  minute: "2-digit", hourCycle: "h23",
});

/** `1.234.567`; a dash for an unknown number. */
export function number(value) {
  if (value === null || value === undefined) return "–";
  const [whole, rest] = String(value).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ".");
  return rest ? `${grouped},${rest}` : grouped;
}

/** `Rp1.234.567` */
export function rupiah(value) {
  return value === null || value === undefined ? "–" : `Rp${number(value)}`;
}

/** `US$13,50`, from decimal text. */
export function usd(value) {
  return value === null || value === undefined ? "–" : `US$${number(value)}`;
}

/** `12,5%`, from a share between 0 and 1; 100 % only for 1, and 0 % only for 0. */
export function percent(share) {
  const tenths = share >= 1 ? 1000 : Math.min(999, share > 0 ? Math.max(1, Math.round(share * 1000)) : 0);
  const text = tenths % 10 ? `${Math.floor(tenths / 10)},${tenths % 10}` : `${tenths / 10}`;
  return `${text}%`;
}

/** `22 November 2026`, from an ISO day or an ISO time (the day in WITA). */
export function day(iso) {
  if (!iso) return "–";
  if (iso.length > 10) return moment(iso).replace(/ \d+\.\d+ WITA$/, "");
  const [year, month, date] = iso.slice(0, 10).split("-").map(Number);
  return `${date} ${MONTHS[month - 1]} ${year}`;
}

/** `22-11-2026`, for tables; from an ISO day or an ISO time (the day in WITA). */
export function shortDay(iso) {
  if (!iso) return "–";
  return (iso.length > 10 ? today(new Date(iso)) : iso).split("-").reverse().join("-");
}

function parts(moment) {
  const found = {};
  for (const { type, value } of CLOCK.formatToParts(moment)) found[type] = value;
  return found;
}

/** `22 November 2026 14.05 WITA`, from an ISO time. */
export function moment(iso) {
  if (!iso) return "–";
  const at = parts(new Date(iso));
  return `${Number(at.day)} ${MONTHS[Number(at.month) - 1]} ${at.year} ${at.hour}.${at.minute} WITA`;
}

/** `14.05 WITA`, from an ISO time. */
export function clock(iso) {
  return moment(iso).split(" ").slice(-2).join(" ");
}

/** Today's ISO date in North Sulawesi. */
export function today(now = new Date()) {
  const at = parts(now);
  return `${at.year}-${at.month}-${at.day}`;
}

/** `14.05 WITA` for today, else day and time. */
export function soon(iso, now = new Date()) {
  if (!iso) return "–";
  const at = parts(new Date(iso));
  const present = parts(now);
  const same = at.day === present.day && at.month === present.month && at.year === present.year;
  return same ? `${at.hour}.${at.minute} WITA` : moment(iso);
}

/** `12,3 MB` */
export function size(bytes) {
  const units = ["byte", "KB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const text = unit === 0 || value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
  return `${number(text)} ${units[unit]}`;
}

/** The bank's own file name. Names of uploads from this page begin with time and a random part. */
export function fileName(text) {
  return text.replace(/^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}-/, "");
}
