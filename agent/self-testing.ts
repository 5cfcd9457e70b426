import type { SelfTest } from '../protocol/specification.ts';
import type { Log } from './log.ts';

/** When the self-test runs, and what it said last. */
export type SelfTesting = {
  latest(): SelfTest | null;
  /** Runs it when it is due: at first, hours after it passed, minutes after it failed, and whenever the host asked anew. */
  look(): Promise<void>;
  /** The market says that the host asked for it, by number; true when that asking is new. */
  ask(asked: number | undefined): boolean;
};

const AGAIN_MS = { passed: 6 * 3_600_000, failed: 10 * 60_000 };

/** One self-test at a time: who looks while one runs waits for it, and runs another only for an asking that came meanwhile. */
export function selfTestingOf(options: {
  run: () => Promise<SelfTest>;
  monotonic: () => number;
  log: Log;
}): SelfTesting {
  const { run, monotonic, log } = options;
  let latest: SelfTest | null = null;
  let ranAt = Number.NEGATIVE_INFINITY;
  let asked: number | null = null;
  let answered: number | null = null;
  let running: Promise<void> | null = null;

  const isDue = () =>
    latest === null || asked !== answered || monotonic() - ranAt >= AGAIN_MS[latest.passed ? 'passed' : 'failed'];

  async function test(): Promise<void> {
    const forAsking = asked;
    ranAt = monotonic();
    const result = await run();
    latest = forAsking === null ? result : { ...result, asked: forAsking };
    answered = forAsking;
    const failures = latest.checks.filter(({ passed }) => !passed);
    for (const { name, detail, fix } of failures) log.warn(`Self-test: ${name} failed. ${detail} ${fix ?? ''}`.trim());
    if (failures.length === 0) log.info('The self-test passed.');
  }

  return {
    latest: () => latest,
    async look() {
      while (running !== null) await running.catch(() => undefined);
      if (!isDue()) return;
      running = test();
      try {
        await running;
      } finally {
        running = null;
      }
    },
    ask(number) {
      if (number === undefined || number === asked) return false;
      asked = number;
      return true;
    },
  };
}
