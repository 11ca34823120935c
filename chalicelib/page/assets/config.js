// What the server put into the page when it served it.

const given = document.querySelector('meta[name="payung"]')?.content ?? "";

function read() {
  try {
    return JSON.parse(given);
  } catch {
    return {};
  }
}

/** `{cognito, client, stage}` */
export const config = Object.freeze({ cognito: "", client: "", stage: "", ...read() });

/** Whether this is not the real thing: what is tried here reaches nobody. */
export const isTrial = !["prod", ""].includes(config.stage);
