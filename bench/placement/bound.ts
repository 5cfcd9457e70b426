import loadHighs from 'highs';
import { type Demand, demandMilli } from '#lib/scheduler/snapshot.ts';
import type { Sequence, Trace } from './trace.ts';

let highs: Awaited<ReturnType<typeof loadHighs>> | undefined;

const GRAINS = 100;
type Group = { readonly gpuCount: number; readonly size: number; readonly kinds: readonly number[] };
type Asked = { readonly demand: Demand; readonly count: number; readonly kinds: readonly number[] };

/**
 * What a packer could reach at best who knew all arrivals up to 100 % of the capacity, in percent of the capacity, by
 * linear programs that HiGHS solves.
 *
 * - `clairvoyant` holds for every policy, with or without migration: flows of GPU rests, models apart where tasks name
 *   models. CPU, memory and machines are left out, so it is loose.
 * - `workConserving` adds CPU and memory in total and that what fits must be placed: if one demand is at least as hard
 *   as another in every respect, no larger share of it is accepted. True for policies that move nothing, when arrivals
 *   come in the proportions of the whole; so it is what to expect and not a proof.
 */
export type Bounds = { readonly clairvoyant: number; readonly workConserving: number };

export async function boundsAt100(trace: Trace, sequence: Sequence): Promise<Bounds> {
  highs ??= await loadHighs();
  const solver = highs;
  const counts = new Array<number>(trace.demands.length).fill(0);
  let arrived = 0;
  for (const at of sequence.arrivals) {
    arrived += demandMilli(trace.demands[at] as Demand);
    if (arrived > trace.capacityMilli) break;
    counts[at] = (counts[at] as number) + 1;
  }
  const named = trace.demands.some((demand) => demand.models !== null);
  const models = named ? [...new Set(trace.machines.map(({ model }) => model))] : [null];
  const asked = trace.demands.flatMap((demand, at): Asked[] => {
    const kinds = models.flatMap((model, kind) =>
      model === null || demand.models === null || demand.models.includes(model) ? [kind] : [],
    );
    return (counts[at] as number) > 0 ? [{ demand, count: counts[at] as number, kinds }] : [];
  });
  const solve = (workConserving: boolean) => {
    const { Status, ObjectiveValue } = solver.solve(programText(trace, models, asked, workConserving), {
      solver: 'simplex',
    });
    if (Status !== 'Optimal') throw new Error(`HiGHS says ${Status} of ${trace.name}, seed ${sequence.seed}.`);
    return (100 * ObjectiveValue) / trace.capacityMilli;
  };
  return { clairvoyant: solve(false), workConserving: solve(true) };
}

/**
 * The program in the LP format: z = how many of a demand on a kind, f = how many of a size from a rest of a kind's
 * GPUs.
 */
function programText(
  trace: Trace,
  models: readonly (string | null)[],
  asked: readonly Asked[],
  conserving: boolean,
): string {
  const goal: string[] = [];
  const rows: string[] = [];
  const groups = new Map<string, Group & { members: number[] }>();
  asked.forEach(({ demand, kinds }, at) => {
    for (const kind of kinds) goal.push(`+ ${demandMilli(demand)} z${at}_${kind}`);
    rows.push(`${kinds.map((kind) => `+ z${at}_${kind}`).join(' ')} <= ${asked[at]?.count ?? 0}`);
    if (demand.gpuCount === 0) return;
    const size = Math.floor((demand.gpuMilli * GRAINS) / 1000);
    const key = String(size);
    const group = groups.get(key) ?? { gpuCount: 0, size, kinds, members: [] };
    group.members.push(at);
    groups.set(key, group);
  });
  models.forEach((model, kind) => {
    const machines = trace.machines.filter((machine) => model === null || machine.model === model);
    const gpus = machines.reduce((sum, { capacity }) => sum + capacity.gpuMilli.length, 0);
    const balance = Array.from({ length: GRAINS + 1 }, (): string[] => []);
    for (const { size, members } of groups.values()) {
      const here = members.filter((at) => asked[at]?.kinds.includes(kind));
      if (here.length === 0) continue;
      const link = here.map((at) => `+ ${asked[at]?.demand.gpuCount} z${at}_${kind}`);
      for (let rest = size; rest <= GRAINS; rest += 1) {
        link.push(`- f${kind}_${rest}_${size}`);
        balance[rest]?.push(`+ f${kind}_${rest}_${size}`);
        balance[rest - size]?.push(`- f${kind}_${rest}_${size}`);
      }
      rows.push(`${link.join(' ')} = 0`);
    }
    balance.forEach((terms, rest) => {
      if (rest > 0 && terms.length > 0) rows.push(`${terms.join(' ')} <= ${rest === GRAINS ? gpus : 0}`);
    });
    if (!conserving) return;
    const total = (size: (room: { cpuMilli: number; memoryBytes: number }) => number) =>
      machines.reduce((sum, { capacity }) => sum + size(capacity), 0);
    const here = asked.flatMap(({ demand, kinds }, at) => (kinds.includes(kind) ? [{ demand, at }] : []));
    rows.push(
      `${here.map(({ demand, at }) => `+ ${demand.cpuMilli / 1000} z${at}_${kind}`).join(' ')} <= ${total((room) => room.cpuMilli / 1000)}`,
    );
    rows.push(
      `${here.map(({ demand, at }) => `+ ${demand.memoryBytes / 2 ** 30} z${at}_${kind}`).join(' ')} <= ${total((room) => room.memoryBytes / 2 ** 30)}`,
    );
  });
  if (conserving) rows.push(...acceptanceRows(asked));
  return `Maximize\n obj: ${goal.join('\n ')}\nSubject To\n${rows.map((row, at) => ` r${at}: ${row}`).join('\n')}\nEnd\n`;
}

function acceptanceRows(asked: readonly Asked[]): string[] {
  const isHarder = (a: Asked, b: Asked) =>
    a !== b &&
    a.demand.gpuCount >= b.demand.gpuCount &&
    a.demand.gpuMilli >= b.demand.gpuMilli &&
    a.demand.cpuMilli >= b.demand.cpuMilli &&
    a.demand.memoryBytes >= b.demand.memoryBytes &&
    a.kinds.every((kind) => b.kinds.includes(kind));
  const share = (at: number, sign: string) => {
    const { count, kinds } = asked[at] as Asked;
    return kinds.map((kind) => `${sign} ${1 / count} z${at}_${kind}`).join(' ');
  };
  return asked.flatMap((a, harder) => {
    const easier = asked.flatMap((b, at) => (isHarder(a, b) ? [{ b, at }] : []));
    return easier
      .filter(({ b }) => !easier.some(({ b: c }) => c !== b && isHarder(c, b)))
      .map(({ at }) => `${share(harder, '+')} ${share(at, '-')} <= 0`);
  });
}
