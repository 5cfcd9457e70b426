/** What most people see first, and what a page is slow at when nobody has seen it yet: its code is read and compiled at its first request. */
const PATHS = ['/', '/gpus'];
const ROUNDS = 3;

/** Opens the first pages of a market a few times, so that no visitor is the first. Nobody waits for it, and it never fails. */
export async function warmPages(url) {
  for (const path of Array.from({ length: ROUNDS }, () => PATHS).flat())
    await fetch(new URL(path, url))
      .then((answer) => answer.arrayBuffer())
      .catch(() => undefined);
}
