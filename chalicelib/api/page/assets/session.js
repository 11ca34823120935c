// The session of the signed-in user. Tokens are only in the session storage of this tab.

import { Refused, renew, revoke } from "./cognito.js";

const KEY = "payung.session";
const EARLY = 90_000; // milliseconds before its end at which a token is renewed

let renewing = null;

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

/** Store the tokens of Cognito's answer. */
export function keep(username, result) {
  const before = stored();
  sessionStorage.setItem(KEY, JSON.stringify({
    username,
    id: result.IdToken,
    access: result.AccessToken,
    refresh: result.RefreshToken ?? before?.refresh,
    // This computer's clock may be wrong, but a duration that it measures is right.
    until: Date.now() + (result.ExpiresIn ?? 3600) * 1000,
  }));
}

/** The user name that was typed at sign-in, or null. */
export function signedInAs() {
  return stored()?.username ?? null;
}

/** Delete the session from this tab; the tokens stay valid. */
export function forget() {
  sessionStorage.removeItem(KEY);
}

/** Sign out: delete the session from this tab at once, and revoke it at Cognito. */
export async function signOut() {
  const refresh = stored()?.refresh;
  forget();
  if (!refresh) return;
  try {
    await revoke(refresh);
  } catch {
    // Without a connection the user is still signed out on this computer.
  }
}

/** Get new tokens; calls at the same time share one request. Resolves to false if the session is over. */
export function refresh() {
  renewing ??= renewed().finally(() => { renewing = null; });
  return renewing;
}

async function renewed() {
  const session = stored();
  if (!session?.refresh) return false;
  try {
    const answer = await renew(session.refresh);
    if (!stored()) return false; // the user signed out in the meantime
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

/** The token for payung's API, or null if the session is over. */
export const idToken = () => fresh("id");

/** The token for the user's own settings at Cognito, or null if the session is over. */
export const accessToken = () => fresh("access");
