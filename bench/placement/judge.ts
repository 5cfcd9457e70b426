import { Engine } from '#lib/scheduler/engine.ts';
import { rehearse } from '#lib/scheduler/rehearse.ts';
import { isWorthMoving, makeRoom, type Placed } from '#lib/scheduler/repair.ts';
import type { Policy } from '#lib/scheduler/score.ts';
import type { Machine } from '#lib/scheduler/snapshot.ts';
import { type Bounds, boundsAt100 } from './bound.ts';
import { type Placer, runSequence } from './protocol.ts';
import { POLICIES, type Policy as Published, publishedPlacer } from './published.ts';
import { readTrace, type Sequence, type Trace } from './trace.ts';

/** What one trace came to, at 100 % arrived, in percent of the GPUs, one number a seed. */
export type Verdict = {
  readonly trace: string;
  readonly seeds: readonly number[];
  /** Which of our policies the rehearsal chose. */
  readonly policy: Policy;
  readonly ours: readonly number[];
  readonly fgd: readonly number[];
  /** With at most 5 % of what is placed moved once, and the share that was. */
  readonly moving: readonly { readonly at100: number; readonly moved: number }[];
  readonly bounds: readonly Bounds[];
  /** Means over their seeds of the published policies; FGD by the engine, which chooses as the full scan does. */
  readonly published: Partial<Record<Published, number>>;
  readonly decisionsPerSecond: number;
};

const MOST_MOVED = 0.05;
const ASK_AGAIN_AFTER = 32;

/** The engine as a placer for a trace. */
export function enginePlacer(trace: Trace, sequence: Sequence, policy: Policy): Placer {
  const engine = new Engine(sequence.ranked, trace.expected, policy);
  const known = trace.demands.map((demand) => engine.know(demand));
  return {
    place: (demand) => {
      const place = engine.place(known[demand] as number);
      return place === null ? null : (sequence.ranked[place.rank] as Machine).id;
    },
  };
}

/**
 * The same, but others are moved for what fits nowhere if that pays, as long as at most so large a share of what is
 * placed was moved; who moves twice counts twice.
 */
export function movingPlacer(trace: Trace, sequence: Sequence, policy: Policy): Placer & { moved(): number } {
  const engine = new Engine(sequence.ranked, trace.expected, policy);
  const known = trace.demands.map((demand) => engine.know(demand));
  const held: Placed[][] = sequence.ranked.map(() => []);
  /** For whom no move helped, and after how many arrivals; asking again at once would only take time. */
  const helpless = new Map<number, number>();
  let arrived = 0;
  let moved = 0;
  let count = 0;
  const help = (own: number): boolean => {
    const most = Math.floor(MOST_MOVED * count) - moved;
    if (most < 1 || !isWorthMoving(engine, own)) return false;
    if (arrived - (helpless.get(own) ?? Number.NEGATIVE_INFINITY) < ASK_AGAIN_AFTER) return false;
    const made = makeRoom(engine, held, own, most);
    moved += made;
    if (made === 0) helpless.set(own, arrived);
    return made > 0;
  };
  return {
    moved: () => moved / count,
    place: (demand) => {
      const own = known[demand] as number;
      arrived += 1;
      const place = engine.place(own) ?? (help(own) ? engine.put(own) : null);
      if (place === null) return null;
      count += 1;
      held[place.rank]?.push({ known: own, place });
      return (sequence.ranked[place.rank] as Machine).id;
    },
  };
}

export async function judge(
  dir: string,
  name: string,
  seeds: readonly number[],
  publishedSeeds: readonly number[],
): Promise<Verdict> {
  const trace = readTrace(dir, name);
  const { policy } = rehearse(trace.machines, trace.expected);
  const sequences = seeds.map((seed) => trace.sequence(seed));
  const bounds: Bounds[] = [];
  for (const sequence of sequences) bounds.push(await boundsAt100(trace, sequence));
  const at100 = (sequence: Sequence, placer: Placer) => runSequence(trace, sequence, placer, 100).at.get(100) ?? 0;
  let decisions = 0;
  let seconds = 0;
  const ours = sequences.map((sequence) => {
    const before = process.cpuUsage();
    const outcome = runSequence(trace, sequence, enginePlacer(trace, sequence, policy), 100);
    const { user, system } = process.cpuUsage(before);
    seconds += (user + system) / 1e6;
    decisions += outcome.placed + outcome.rejected;
    return outcome.at.get(100) ?? 0;
  });
  const moving = sequences.map((sequence) => {
    const placer = movingPlacer(trace, sequence, policy);
    return { at100: at100(sequence, placer), moved: placer.moved() };
  });
  const byFgd = (sequence: Sequence) => at100(sequence, enginePlacer(trace, sequence, 'fragmentsOnly'));
  const fgd = sequences.map(byFgd);
  const published: Partial<Record<Published, number>> = {};
  const theirs = publishedSeeds.map((seed) => trace.sequence(seed));
  for (const each of POLICIES)
    published[each] = mean(
      theirs.map((sequence) =>
        each === 'FGD' ? byFgd(sequence) : at100(sequence, publishedPlacer(each, trace, sequence)),
      ),
    );
  return { trace: name, seeds, policy, ours, fgd, moving, bounds, published, decisionsPerSecond: decisions / seconds };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
