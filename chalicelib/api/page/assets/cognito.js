// Amazon Cognito's own protocol: the password is sent only to Cognito.

import { config } from "./config.js";

const WORDS = {
  NotAuthorizedException: "Nama pengguna atau kata sandi salah. Periksa, lalu coba lagi.",
  UserNotFoundException: "Nama pengguna atau kata sandi salah. Periksa, lalu coba lagi.",
  UserNotConfirmedException: "Akun ini belum aktif. Hubungi pengelola sistem.",
  InvalidPasswordException:
    "Kata sandi belum memenuhi syarat: paling sedikit 12 karakter, dengan huruf kecil, huruf besar, dan angka.",
  PasswordHistoryPolicyViolationException: "Kata sandi ini pernah dipakai. Pilih yang lain.",
  CodeMismatchException: "Kode tidak cocok. Tunggu kode berikutnya di aplikasi, lalu masukkan yang baru.",
  EnableSoftwareTokenMFAException: "Kode tidak cocok. Tunggu kode berikutnya di aplikasi, lalu masukkan yang baru.",
  ExpiredCodeException: "Kode sudah kedaluwarsa. Masukkan kode yang baru.",
  TooManyRequestsException: "Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi.",
  TooManyFailedAttemptsException: "Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi.",
  LimitExceededException: "Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi.",
  CodeDeliveryFailureException: "Surel tidak dapat dikirim. Hubungi pengelola sistem.",
  "InvalidParameterException@ForgotPassword":
    "Akun ini tidak punya alamat surel untuk kata sandi baru. Hubungi pengelola sistem.",
  "NotAuthorizedException@ForgotPassword":
    "Kata sandi akun ini belum dapat diatur ulang di sini. Hubungi pengelola sistem.",
  "CodeMismatchException@ConfirmForgotPassword":
    "Kode tidak cocok. Periksa surel terbaru dari Payung, lalu coba lagi.",
  "ExpiredCodeException@ConfirmForgotPassword": "Kode sudah kedaluwarsa. Minta kode baru.",
};

/** Cognito's refusal, as a text for people; `offline` if Cognito gave no answer. */
export class Refused extends Error {
  constructor(kind, { offline = false, operation = "" } = {}) {
    super(offline
      ? "Tidak tersambung ke layanan masuk. Periksa sambungan internet, lalu coba lagi."
      : WORDS[`${kind}@${operation}`] ?? WORDS[kind] ?? "Layanan masuk sedang terganggu. Silakan coba lagi.");
    this.kind = kind;
    this.offline = offline;
  }
}

/** Call one operation of the user pool's public API. */
export async function cognito(operation, body) {
  let answer;
  try {
    answer = await fetch(config.cognito, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
    });
  } catch {
    throw new Refused("Offline", { offline: true });
  }
  const content = await answer.json().catch(() => ({}));
  if (answer.ok) return content;
  const kind = String(content.__type ?? answer.headers.get("x-amzn-errortype") ?? "").split(/[#:]/).find((each) => each.endsWith("Exception"));
  if (kind === "NotAuthorizedException" && /attempts exceeded/i.test(content.message ?? "")) {
    throw new Refused("TooManyFailedAttemptsException");
  }
  throw new Refused(kind ?? "Unknown", { operation });
}

/** Begin to sign in; Cognito answers with tokens or with a challenge. */
export function begin(username, password) {
  return cognito("InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    ClientId: config.client,
    AuthParameters: { USERNAME: username, PASSWORD: password },
  });
}

/** Answer a challenge. */
export function answerTo(challenge, session, responses) {
  return cognito("RespondToAuthChallenge", {
    ChallengeName: challenge, ClientId: config.client, Session: session, ChallengeResponses: responses,
  });
}

/** Let Cognito send a code for a new password to the user's mail address. */
export function forget(username) {
  return cognito("ForgotPassword", { ClientId: config.client, Username: username });
}

/** Set a new password with the code from the mail. */
export function setPassword(username, code, password) {
  return cognito("ConfirmForgotPassword", {
    ClientId: config.client, Username: username, ConfirmationCode: code, Password: password,
  });
}

/** Get new tokens. */
export function renew(refresh) {
  return cognito("InitiateAuth", {
    AuthFlow: "REFRESH_TOKEN_AUTH", ClientId: config.client, AuthParameters: { REFRESH_TOKEN: refresh },
  });
}

/** Revoke a refresh token and the access tokens that it gave. */
export function revoke(refresh) {
  return cognito("RevokeToken", { ClientId: config.client, Token: refresh });
}
