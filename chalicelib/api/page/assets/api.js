// Calls payung's API. It keeps the session alive and turns every failure into a text for people.

import { idToken, refresh } from "./session.js";

const PATIENCE = 30_000;

const BY_STATUS = {
  400: "Permintaan tidak dapat diproses. Periksa isian, lalu coba lagi.",
  401: "Sesi Anda sudah berakhir. Silakan masuk kembali.",
  403: "Akun Anda tidak berhak atas data atau tindakan ini.",
  404: "Data tidak ditemukan.",
  409: "Statusnya sudah berubah. Muat ulang, lalu periksa kembali.",
  413: "Data yang dikirim terlalu besar.",
  429: "Terlalu banyak permintaan. Tunggu sebentar, lalu coba lagi.",
};

/** The reason why a call failed; its message is for people. */
export class Problem extends Error {
  constructor(message, { status = 0, code = "", requestId = "" } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }

  /** Whether the same call may succeed if it is repeated. */
  get passes() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

let askAgain = async () => false;

/** Set the handler for the end of a session. It resolves to whether the user signed in again. */
export function onSessionOver(handler) {
  askAgain = handler;
}

const OFFLINE = "Tidak tersambung ke server. Periksa sambungan internet, lalu coba lagi.";

async function send(method, path, body, token, signal) {
  const waiting = new AbortController();
  const clock = setTimeout(() => waiting.abort(), PATIENCE);
  const stop = () => waiting.abort();
  signal?.addEventListener("abort", stop);
  try {
    return await fetch(new URL(path, document.baseURI), {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      signal: waiting.signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(waiting.signal.aborted
      ? "Server tidak menjawab pada waktunya. Silakan coba lagi."
      : OFFLINE);
  } finally {
    clearTimeout(clock);
    signal?.removeEventListener("abort", stop);
  }
}

async function token() {
  try {
    return await idToken();
  } catch {
    throw new Problem(OFFLINE);
  }
}

async function authorised(method, path, body, signal) {
  let answer = null;
  const first = await token();
  if (first) answer = await send(method, path, body, first, signal);
  if (answer && answer.status !== 401) return answer;
  const renewed = await refresh().catch(() => { throw new Problem(OFFLINE); });
  if (renewed) answer = await send(method, path, body, await token(), signal);
  if (answer && answer.status !== 401) return answer;
  if (!(await askAgain())) throw new Problem(BY_STATUS[401], { status: 401, code: "session_over" });
  return send(method, path, body, await token(), signal);
}

async function problem(answer) {
  const content = await answer.json().catch(() => ({}));
  const error = typeof content.error === "object" && content.error ? content.error : {};
  const fallback = BY_STATUS[answer.status]
    ?? (answer.status >= 500 ? "Ada gangguan pada server. Silakan coba lagi." : BY_STATUS[400]);
  return new Problem(error.message || fallback, {
    status: answer.status,
    code: error.code ?? "",
    requestId: error.request_id ?? answer.headers.get("x-amzn-requestid") ?? "",
  });
}

/**
 * Call the API; return the parsed answer, throw `Problem`.
 *
 * @param {string} method
 * @param {string} path
 * @param {unknown} body
 * @param {{signal?: AbortSignal}} [options]
 */
export async function call(method, path, body, { signal } = {}) {
  const answer = await authorised(method, path, body, signal);
  if (!answer.ok) throw await problem(answer);
  return answer.json();
}

/** Return a path with a query string of the values that are not empty. */
export function withQuery(path, values) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

export const get = (path, options) => call("GET", path, undefined, options);
export const post = (path, body, options) => call("POST", path, body, options);

/**
 * Return the next items of a list: `{items, next}`.
 *
 * A page may be empty although others follow it, if few items match the filter.
 */
export async function page(path, name, values, options) {
  let cursor = values.cursor ?? null;
  const items = [];
  for (let tries = 0; tries < 25; tries += 1) {
    const found = await get(withQuery(path, { ...values, cursor }), options);
    items.push(...found[name]);
    cursor = found.next;
    if (items.length || !cursor) break;
  }
  return { items, next: cursor };
}
