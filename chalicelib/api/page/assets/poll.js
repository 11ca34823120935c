// Polls: often while something changes, less often while nothing changes, and never while the page
// is hidden.

const FAST = 1_500;
const SLOW = 30_000;
const FAILING = 60_000;

/**
 * Call `work` until it returns false or `stop()` is called.
 *
 * `work` returns true if something changed, null if nothing changed. After a failure `failed` is
 * called, and polling continues less often.
 *
 * @param {() => Promise<boolean | null>} work
 * @param {{failed?: (error: any) => void, fast?: number, slow?: number}} [options]
 */
export function poll(work, { failed = () => {}, fast = FAST, slow = SLOW } = {}) {
  let delay = fast;
  let timer = 0;
  let stopped = false;
  let running = false;

  async function run() {
    clearTimeout(timer);
    if (stopped || running) return;
    if (document.hidden) return; // continues when the page is visible again
    running = true;
    try {
      const moved = await work();
      if (moved === false) stopped = true;
      delay = moved ? fast : Math.min(slow, delay * 1.5);
    } catch (error) {
      if (error?.status === 401) stopped = true;
      if (!stopped) failed(error);
      delay = Math.min(FAILING, delay * 2);
    } finally {
      running = false;
    }
    if (!stopped) timer = setTimeout(run, delay);
    else end();
  }

  function look() {
    if (document.hidden) return;
    delay = fast;
    run();
  }

  function end() {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", look);
    window.removeEventListener("online", look);
  }

  document.addEventListener("visibilitychange", look);
  window.addEventListener("online", look);
  timer = setTimeout(run, delay);
  return { stop: end, now: look };
}
