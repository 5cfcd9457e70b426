/** Something that a person must fix: shown as its one sentence, without a stack, exit code 1. */
export class Stop extends Error {}

const began = performance.now();
const onTerminal = process.stderr.isTTY === true;

/**
 * Runs one phase of the set-up and shows its name, then how long it took; on a terminal the seconds count meanwhile. What it throws is thrown on.
 */
export async function phase(name, work) {
  const start = performance.now();
  const seconds = (digits) => ((performance.now() - start) / 1_000).toFixed(digits);
  const redraw = (text) => process.stderr.write(`\r\u001b[K  ${name} ${text}`);
  if (onTerminal) redraw('…');
  else process.stderr.write(`  ${name} …\n`);
  const ticking = onTerminal ? setInterval(() => redraw(`… ${seconds(0)} s`), 1_000) : undefined;
  let ended = 'failed after ';
  try {
    const result = await work();
    ended = '';
    return result;
  } finally {
    clearInterval(ticking);
    if (onTerminal) redraw(`${ended}${seconds(1)} s\n`);
    else process.stderr.write(`  ${name}: ${ended}${seconds(1)} s\n`);
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
