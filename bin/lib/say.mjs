/** Something that a person must fix: shown as its one sentence, without a stack, exit code 1. */
export class Stop extends Error {}

const began = performance.now();
const onTerminal = process.stderr.isTTY === true;

/**
 * Runs one phase of the set-up and shows its name while it runs, then how long it took; on a terminal the seconds count. What it throws is thrown on.
 * A phase that resolves to "skipped" leaves no line on a terminal and a short one elsewhere.
 */
export async function phase(name, work) {
  const start = performance.now();
  const line = (text) => process.stderr.write(onTerminal ? `\r\u001b[K  ${name} ${text}` : `${text}`);
  if (!onTerminal) process.stderr.write(`  ${name} … `);
  else line('…');
  const ticking = onTerminal
    ? setInterval(() => line(`… ${Math.round((performance.now() - start) / 1000)} s`), 1_000)
    : undefined;
  try {
    const result = await work();
    line(`${((performance.now() - start) / 1_000).toFixed(1)} s\n`);
    return result;
  } catch (error) {
    line('failed\n');
    throw error;
  } finally {
    clearInterval(ticking);
  }
}

/** Seconds since this program began. */
export function elapsedSeconds() {
  return (performance.now() - began) / 1_000;
}

/** Prints a Stop as its sentence and anything else whole; returns the exit code 1. */
export function report(error) {
  const full = /ENOSPC|No space left on device/i.test(String(error?.message ?? error));
  const text = full
    ? 'The disk is full. Free some space and start again; nothing that was saved is lost.'
    : error instanceof Stop
      ? error.message
      : (error?.stack ?? String(error));
  process.stderr.write(`\n${text}\n`);
  return 1;
}
