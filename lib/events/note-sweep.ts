import { inTransaction } from '#lib/io/db.ts';

export type SweepNote = {
  readonly name: string;
  readonly everySeconds: number;
  readonly beganAt: Date;
  readonly tookMilliseconds: number;
  readonly rows: number;
  /** What it failed with; null when it did not. */
  readonly error: string | null;
};

const MOST_CHARACTERS = 300;

/** Writes down how a run of a sweep went, for the page of the market's health: one row a sweep, and failures counted in a row. */
export async function noteSweep({ error, ...run }: SweepNote): Promise<void> {
  const failed = error === null ? null : { failedAt: run.beganAt, lastError: error.slice(0, MOST_CHARACTERS) };
  await inTransaction('note sweep', (tx) =>
    tx.sweepRun.upsert({
      where: { name: run.name },
      create: { ...run, failures: failed === null ? 0 : 1, ...failed },
      update: { ...run, ...(failed === null ? { failures: 0 } : { failures: { increment: 1 }, ...failed }) },
    }),
  );
}
