import { parseArgs } from 'node:util';
import { rehearse } from '#lib/scheduler/rehearse.ts';
import { enginePlacer } from './placement/judge.ts';
import type { Placer } from './placement/protocol.ts';
import { publishedPlacer } from './placement/published.ts';
import { DEFAULT_DATA, readTrace, type Sequence, traceNames } from './placement/trace.ts';
import { atLeast, median, round, say, sayGoals } from './report.ts';

/**
 * Decisions per second of this process's CPU time, in one thread, whole runs to 130 % of the capacity with everything
 * that belongs to them: the engine is made anew for each. The full scan, by far the longest part, runs once, and only the
 * first part of each sequence, which is its faster part too.
 */
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: DEFAULT_DATA },
    traces: { type: 'string' },
    seed: { type: 'string', default: '44' },
    rounds: { type: 'string', default: '3' },
  },
});
const SCANNED = 1_500;

type Run = { readonly choices: (string | null)[]; readonly perSecond: number };

function run(arrivals: Uint16Array, place: () => Placer): Run {
  const before = process.cpuUsage();
  const placer = place();
  const choices: (string | null)[] = [];
  for (const demand of arrivals) choices.push(placer.place(demand));
  const { user, system } = process.cpuUsage(before);
  return { choices, perSecond: arrivals.length / ((user + system) / 1e6) };
}

const totals = { scan: [] as number[], fgd: [] as number[], ours: [] as number[], ratio: [] as number[] };
let differing = 0;
for (const name of values.traces?.split(',') ?? traceNames(values.data)) {
  const trace = readTrace(values.data, name);
  const sequence = trace.sequence(Number(values.seed));
  const { policy } = rehearse(trace.machines, trace.expected);
  const { arrivals }: Sequence = sequence;
  const scan = run(arrivals.subarray(0, SCANNED), () => publishedPlacer('FGD', trace, sequence));
  const rounds = Array.from({ length: Number(values.rounds) }, () => ({
    fgd: run(arrivals, () => enginePlacer(trace, sequence, 'fragmentsOnly')),
    ours: run(arrivals, () => enginePlacer(trace, sequence, policy)),
  }));
  for (const { fgd } of rounds) differing += scan.choices.filter((choice, at) => choice !== fgd.choices[at]).length;
  const fgd = median(rounds.map((each) => each.fgd.perSecond));
  const ours = median(rounds.map((each) => each.ours.perSecond));
  const ratio = fgd / scan.perSecond;
  totals.scan.push(scan.perSecond);
  totals.fgd.push(fgd);
  totals.ours.push(ours);
  totals.ratio.push(ratio);
  say({
    trace: name,
    policy,
    decisions: arrivals.length,
    fullScanPerSecond: Math.round(scan.perSecond),
    engineFgdPerSecond: Math.round(fgd),
    enginePerSecond: Math.round(ours),
    ratio: round(ratio),
  });
}
const { user, system } = process.cpuUsage();
say({
  traces: totals.ratio.length,
  cpuSeconds: Math.round((user + system) / 1e6),
  seconds: Math.round(process.uptime()),
});
sayGoals('placement-speed', [
  atLeast('engine set to FGD ÷ full scan, median of traces', median(totals.ratio), 10, '×'),
  { name: 'choices that differ from the full scan', value: differing, goal: 0, unit: 'choices', ok: differing === 0 },
  atLeast('engine set to FGD, median of traces', median(totals.fgd), 100_000, 'decisions/s'),
  atLeast('engine set to FGD, slowest trace', Math.min(...totals.fgd), 100_000, 'decisions/s'),
  atLeast('engine set to our policy, median of traces', median(totals.ours), 5_000, 'decisions/s'),
  atLeast('engine set to our policy, slowest trace', Math.min(...totals.ours), 5_000, 'decisions/s'),
]);
