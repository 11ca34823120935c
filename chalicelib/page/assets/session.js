// Who is signed in. Tokens stand in this tab's session storage and nowhere else.

import { Refused, renew, revoke } from "./cognito.js";

const KEY = "payung.session";
const EARLY = 90_000; // renewed so many milliseconds before the end

let renewing = null;

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

/** Keep what Cognito answered with. */
export function keep(username, result) {
  const before = stored();
  sessionStorage.setItem(KEY, JSON.stringify({
    username,
    id: result.IdToken,
    access: result.AccessToken,
    refresh: result.RefreshToken ?? before?.refresh,
    // By this computer's clock, which may be wrong, but runs.
    until: Date.now() + (result.ExpiresIn ?? 3600) * 1000,
  }));
}

/** The name that was typed in, or null. */
export function signedInAs() {
  return stored()?.username ?? null;
}

/** Forget the session here; the tokens themselves stay valid. */
export function forget() {
  sessionStorage.removeItem(KEY);
}

/** Sign out: forgotten here at once, and made worthless at Cognito. */
export async function signOut() {
  const refresh = stored()?.refresh;
  forget();
  if (!refresh) return;
  try {
    await revoke(refresh);
  } catch {
    // Whoever is offline is signed out on this computer all the same.
  }
}

/** Get new tokens once, however many ask at a time; false where the session is over. */
export function refresh() {
  renewing ??= renewed().finally(() => { renewing = null; });
  return renewing;
}

async function renewed() {
  const session = stored();
  if (!session?.refresh) return false;
  try {
    const answer = await renew(session.refresh);
    if (!stored()) return false; // signed out meanwhile
    keep(session.username, answer.AuthenticationResult);
    return true;
  } catch (error) {
    if (error instanceof Refused && (error.offline || error.kind === "TooManyRequestsException")) throw error;
    return false;
  }
}

async function fresh(name) {
  const session = stored();
  if (!session) return null;
  if (session.until - Date.now() > EARLY) return session[name];
  return (await refresh()) ? stored()?.[name] ?? null : null;
}

/** The token for our API, or null where the session is over. */
export const idToken = () => fresh("id");

/** The token for the user's own settings at Cognito, or null. */
export const accessToken = () => fresh("access");
