/** Something that a person must fix: shown as its one sentence, without a stack, exit code 1. */
export class Stop extends Error {}

const began = process.hrtime.bigint();

export function secondsSince(start) {
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** Runs one phase and prints its name, then how long it took. What it throws is thrown on. */
export async function phase(name, work) {
  const start = process.hrtime.bigint();
  process.stderr.write(`  ${name} …`);
  try {
    const result = await work();
    process.stderr.write(` ${secondsSince(start).toFixed(1)} s\n`);
    return result;
  } catch (error) {
    process.stderr.write(' failed\n');
    throw error;
  }
}

export function elapsed() {
  return secondsSince(began);
}

/** Prints a Stop as its sentence and anything else whole, and says which exit code fits. */
export function report(error) {
  process.stderr.write(error instanceof Stop ? `\n${error.message}\n` : `\n${error?.stack ?? error}\n`);
  return 1;
}
