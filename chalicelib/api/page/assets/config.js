// The settings that the server writes into the page.

/** @type {HTMLMetaElement | null} */
const meta = document.querySelector('meta[name="payung"]');
const given = meta?.content ?? "";

function read() {
  try {
    return JSON.parse(given);
  } catch {
    return {};
  }
}

/** `{cognito, client, stage, help, contact}` */
export const config = Object.freeze({ cognito: "", client: "", stage: "", help: "", contact: "", ...read() });

/** Whether this is a trial system: it sends nothing to real people. */
export const isTrial = !["prod", ""].includes(config.stage);
