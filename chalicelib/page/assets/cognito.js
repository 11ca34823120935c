// Amazon Cognito's own protocol: the password goes there and nowhere else.

import { config } from "./config.js";

const WORDS = {
  NotAuthorizedException: "Nama pengguna atau kata sandi salah. Periksa, lalu coba lagi.",
  UserNotFoundException: "Nama pengguna atau kata sandi salah. Periksa, lalu coba lagi.",
  UserNotConfirmedException: "Akun ini belum aktif. Hubungi pengelola sistem.",
  PasswordResetRequiredException: "Kata sandi akun ini harus diatur ulang. Hubungi pengelola sistem.",
  InvalidPasswordException:
    "Kata sandi belum memenuhi syarat: paling sedikit 12 karakter, dengan huruf kecil, huruf besar, dan angka.",
  PasswordHistoryPolicyViolationException: "Kata sandi ini pernah dipakai. Pilih yang lain.",
  CodeMismatchException: "Kode tidak cocok. Tunggu kode berikutnya di aplikasi, lalu masukkan yang baru.",
  EnableSoftwareTokenMFAException: "Kode tidak cocok. Tunggu kode berikutnya di aplikasi, lalu masukkan yang baru.",
  ExpiredCodeException: "Kode sudah kedaluwarsa. Masukkan kode yang baru.",
  TooManyRequestsException: "Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi.",
  TooManyFailedAttemptsException: "Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi.",
  LimitExceededException: "Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi.",
};

/** Cognito's refusal, in words for people; `offline` where there was no answer at all. */
export class Refused extends Error {
  constructor(kind, { offline = false } = {}) {
    super(offline
      ? "Tidak tersambung ke layanan masuk. Periksa sambungan internet, lalu coba lagi."
      : WORDS[kind] ?? "Layanan masuk sedang terganggu. Silakan coba lagi.");
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
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  const kind = String(told.__type ?? answer.headers.get("x-amzn-errortype") ?? "").split(/[#:]/).find((each) => each.endsWith("Exception"));
  if (kind === "NotAuthorizedException" && /attempts exceeded/i.test(told.message ?? "")) {
    throw new Refused("TooManyFailedAttemptsException");
  }
  throw new Refused(kind ?? "Unknown");
}

/** Begin to sign in; answers with tokens or with a challenge. */
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

/** Get new tokens. */
export function renew(refresh) {
  return cognito("InitiateAuth", {
    AuthFlow: "REFRESH_TOKEN_AUTH", ClientId: config.client, AuthParameters: { REFRESH_TOKEN: refresh },
  });
}

/** Make a refresh token, and what it gave, worthless. */
export function revoke(refresh) {
  return cognito("RevokeToken", { ClientId: config.client, Token: refresh });
}
