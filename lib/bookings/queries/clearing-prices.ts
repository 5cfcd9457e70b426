import type { Micros } from '#lib/base/money.ts';
import { DAY } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { bidForShare, ODDS_DAYS, type Odds, oddsOf, sizeIndex } from '../odds.ts';

/** What the last clearing came to for a model, for whoever looks. */
export type ClearingPriceRow = {
  readonly model: string;
  readonly at: Date;
  /** What a GPU-hour costs who has one; null while nobody has. */
  readonly microsPerGpuHour: Micros | null;
  /** The least that one more bid for so many GPUs on one machine gets in with; null: none does. */
  readonly entryMicros: Micros | null;
  readonly offeredGpus: number;
  readonly rentedGpus: number;
  readonly waitingGpus: number;
  /** Of the bid that was asked about; null when none was. */
  readonly odds: Odds | null;
  /** What would have got in for so much of the past week, in hundredths of a percent; null: nothing, or too little history. */
  readonly wouldHaveRun: readonly { readonly basisPoints: number; readonly microsPerGpuHour: Micros | null }[];
  /** How much of the past week has a history. */
  readonly coveredMs: number;
};

const SHARES = [5_000, 9_000, 9_900];

export type PriceAsk = {
  readonly model?: string | undefined;
  /** How many GPUs on one machine; 1 when left out. */
  readonly gpuCount?: number | undefined;
  /** A bid whose odds are asked for. */
  readonly microsPerGpuHour?: Micros | null | undefined;
};

/** The clearing price of each model that is or was offered to bids within a week, with the odds of a bid. Anybody may look. */
export async function clearingPrices(ask: PriceAsk, now: Date): Promise<ClearingPriceRow[]> {
  const from = new Date(now.getTime() - ODDS_DAYS * DAY);
  const model = ask.model ?? null;
  const rows = await db.$queryRaw<Row[]>`
    SELECT model, at, micros_per_gpu_hour AS "microsPerGpuHour", entry_micros AS "entryMicros",
      offered_gpus AS "offeredGpus", rented_gpus AS "rentedGpus", waiting_gpus AS "waitingGpus"
    FROM clearing_prices c
    WHERE (${model}::text IS NULL OR model = ${model}) AND at <= ${now}::timestamptz
      AND at >= coalesce((
        SELECT max(b.at) FROM clearing_prices b WHERE b.model = c.model AND b.at <= ${from}::timestamptz
      ), ${from}::timestamptz)
    ORDER BY model, at`;
  const gpuCount = ask.gpuCount ?? 1;
  const { microsPerGpuHour = null } = ask;
  return [...Map.groupBy(rows, (row) => row.model).values()].flatMap((history) => {
    const last = history.at(-1);
    if (last === undefined || (last.offeredGpus === 0 && last.at < from)) return [];
    const entry = last.entryMicros[sizeIndex(gpuCount)] ?? -1n;
    return [
      {
        ...last,
        entryMicros: entry < 0n ? null : entry,
        odds: microsPerGpuHour === null ? null : oddsOf(history, { microsPerGpuHour, gpuCount }, from, now),
        wouldHaveRun: SHARES.map((basisPoints) => ({
          basisPoints,
          microsPerGpuHour: bidForShare(history, { gpuCount, basisPoints }, from, now),
        })),
        coveredMs: oddsOf(history, { microsPerGpuHour: 0n, gpuCount }, from, now).coveredMs,
      },
    ];
  });
}

type Row = Omit<ClearingPriceRow, 'entryMicros' | 'odds' | 'wouldHaveRun' | 'coveredMs'> & {
  readonly entryMicros: readonly Micros[];
};
