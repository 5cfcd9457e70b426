import { lottery } from '#lib/scheduler/rehearse.ts';
import type { Demand, Expected, Machine } from '#lib/scheduler/snapshot.ts';
import type { Placer } from './protocol.ts';
import type { Sequence, Trace } from './trace.ts';

/**
 * The six published policies, as plainly as they can be written: each arrival looks at every machine. After Weng et
 * al., USENIX ATC 2023, and the simulator that goes with it (hkust-adsl/kubernetes-scheduler-simulator).
 */
export const POLICIES = ['Random', 'DotProd', 'GpuClustering', 'GpuPacking', 'BestFit', 'FGD'] as const;
export type Policy = (typeof POLICIES)[number];

type Node = {
  readonly id: string;
  readonly model: string;
  cpu: number;
  memory: number;
  readonly gpus: number[];
  /** Shapes of demand that it runs; only GpuClustering looks. */
  readonly shapes: Set<number>;
  /** Its fragmentation, once known; only FGD looks. */
  fragmentation: number;
};
/** Larger is better; `gpu` is the GPU of a fractional demand. */
type Score = { score: number; gpu: number };

const CPU_SCALE = 128_000;
const GPU_SCALE = 8_000;

export function publishedPlacer(policy: Policy, trace: Trace, sequence: Sequence): Placer {
  const nodes = sequence.ranked.map(nodeOf);
  const typical = typicalDemands(trace.expected);
  const score = scorer(policy, typical, sequence.seed);
  const one: Score = { score: 0, gpu: -1 };
  return {
    place(at) {
      const demand = trace.demands[at] as Demand;
      let best: Node | undefined;
      let bestScore = Number.NEGATIVE_INFINITY;
      let bestGpu = -1;
      for (const node of nodes) {
        if (!fits(node, demand)) continue;
        score(node, demand, one);
        if (one.score <= bestScore) continue;
        best = node;
        bestScore = one.score;
        bestGpu = one.gpu;
      }
      if (best === undefined) return null;
      take(best, demand, bestGpu);
      return best.id;
    },
  };
}

function nodeOf(machine: Machine): Node {
  const { cpuMilli, memoryBytes, gpuMilli } = machine.capacity;
  return {
    id: machine.id,
    model: machine.model,
    cpu: cpuMilli,
    memory: memoryBytes,
    gpus: [...gpuMilli],
    shapes: new Set(),
    fragmentation: -1,
  };
}

function accepts(demand: Demand, model: string): boolean {
  return demand.models === null || demand.models.includes(model);
}

function gpusWith(gpus: readonly number[], milli: number): number {
  let count = 0;
  for (const free of gpus) if (free >= milli) count += 1;
  return count;
}

function fits(node: Node, demand: Demand): boolean {
  return (
    node.cpu >= demand.cpuMilli &&
    node.memory >= demand.memoryBytes &&
    accepts(demand, node.model) &&
    gpusWith(node.gpus, demand.gpuMilli) >= demand.gpuCount
  );
}

function isFraction(demand: Demand): boolean {
  return demand.gpuCount === 1 && demand.gpuMilli < 1000;
}

function shapeOf(demand: Demand): number {
  return isFraction(demand) ? 0 : demand.gpuCount;
}

function take(node: Node, demand: Demand, gpu: number): void {
  node.cpu -= demand.cpuMilli;
  node.memory -= demand.memoryBytes;
  node.fragmentation = -1;
  if (demand.gpuCount > 0) node.shapes.add(shapeOf(demand));
  if (isFraction(demand)) {
    node.gpus[gpu] = (node.gpus[gpu] as number) - demand.gpuMilli;
    return;
  }
  let wanted = demand.gpuCount;
  for (let at = 0; wanted > 0; at += 1) {
    if (node.gpus[at] !== 1000) continue;
    node.gpus[at] = 0;
    wanted -= 1;
  }
}

/** The GPU with the least room that is enough. */
function tightest(node: Node, demand: Demand): number {
  let best = -1;
  node.gpus.forEach((free, at) => {
    if (free >= demand.gpuMilli && (best < 0 || free < (node.gpus[best] as number))) best = at;
  });
  return best;
}

function scorer(policy: Policy, typical: readonly Expected[], seed: number): (n: Node, d: Demand, out: Score) => void {
  const total = (node: Node) => node.gpus.reduce((sum, free) => sum + free, 0);
  if (policy === 'FGD') return fgd(typical);
  if (policy === 'Random') {
    const random = lottery(seed);
    return (node, demand, out) => {
      out.score = random();
      let chosen = Math.floor(random() * gpusWith(node.gpus, demand.gpuMilli));
      out.gpu = node.gpus.findIndex((free) => free >= demand.gpuMilli && chosen-- === 0);
    };
  }
  const rate: Record<Exclude<Policy, 'FGD' | 'Random'>, (node: Node, demand: Demand) => number> = {
    DotProd: (node, demand) => {
      const cpu = (node.cpu / CPU_SCALE) * (demand.cpuMilli / CPU_SCALE);
      const gpu = (total(node) / GPU_SCALE) * ((demand.gpuCount * demand.gpuMilli) / GPU_SCALE);
      return Math.trunc(100 * (1 - (cpu + gpu) / 2));
    },
    BestFit: (node, demand) => {
      const cpu = (node.cpu - demand.cpuMilli) / CPU_SCALE;
      const gpu = (total(node) - demand.gpuCount * demand.gpuMilli) / GPU_SCALE;
      return Math.trunc(100 * (1 - cpu / 2 - gpu / 2));
    },
    GpuClustering: (node, demand) => {
      if (demand.gpuCount === 0) return 0;
      const fullness = Math.trunc((25 * (GPU_SCALE - total(node))) / GPU_SCALE);
      if (node.shapes.has(shapeOf(demand))) return fullness + (node.shapes.size === 1 ? 75 : 50);
      return fullness + (node.shapes.size === 0 ? 25 : 0);
    },
    GpuPacking: (node, demand) => {
      if (demand.gpuCount === 0) return 0;
      const whole = gpusWith(node.gpus, 1000);
      if (whole === node.gpus.length) return Math.max(33 - whole, whole);
      if (!isFraction(demand)) return Math.max(50 - demand.gpuCount, 33);
      const free = node.gpus[tightest(node, demand)] as number;
      return free === 1000 ? 49 : Math.max(100 - Math.trunc(Math.trunc(free / 10) / 10), 50);
    },
  };
  return (node, demand, out) => {
    out.score = rate[policy](node, demand);
    out.gpu = isFraction(demand) ? tightest(node, demand) : -1;
  };
}

/** The most frequent demands that make up 95 % of the tasks; memory does not tell them apart. */
export function typicalDemands(expected: readonly Expected[]): Expected[] {
  const merged = new Map<string, { demand: Demand; count: number }>();
  for (const { demand, count } of expected) {
    const key = `${demand.cpuMilli}/${demand.gpuCount}/${demand.gpuMilli}/${demand.models?.join('|') ?? ''}`;
    const entry = merged.get(key);
    if (entry === undefined) merged.set(key, { demand, count });
    else entry.count += count;
  }
  const sorted = [...merged.values()].sort((a, b) => b.count - a.count);
  const all = sorted.reduce((sum, each) => sum + each.count, 0);
  let covered = 0;
  return sorted.filter((each) => {
    const wanted = covered < 0.95 * all;
    covered += each.count;
    return wanted;
  });
}

/**
 * Thousandths of GPUs of a node that typical demands could not use, times how often they come: whole numbers, so that
 * sums are exact.
 */
function fragmentation(node: Node, typical: readonly Expected[]): number {
  let sum = 0;
  let total = 0;
  for (const free of node.gpus) total += free;
  for (const { demand, count } of typical) {
    const { gpuCount, gpuMilli } = demand;
    let enough = 0;
    let below = 0;
    for (const free of node.gpus) {
      if (free >= gpuMilli) enough += 1;
      else below += free;
    }
    const out = gpuCount === 0 || node.cpu < demand.cpuMilli || enough < gpuCount || !accepts(demand, node.model);
    sum += (out ? total : below) * count;
  }
  return sum;
}

function fgd(typical: readonly Expected[]): (node: Node, demand: Demand, out: Score) => void {
  const total = typical.reduce((sum, { count }) => sum + count, 0);
  const score = (before: number, after: number) => Math.trunc(100 / (1 + Math.exp(-(before - after) / (total * 1000))));
  return (node, demand, out) => {
    if (node.fragmentation < 0) node.fragmentation = fragmentation(node, typical);
    const before = node.fragmentation;
    const { cpu, gpus } = node;
    node.cpu -= demand.cpuMilli;
    if (isFraction(demand)) {
      out.score = -1;
      out.gpu = -1;
      for (let at = 0; at < gpus.length; at += 1) {
        const free = gpus[at] as number;
        if (free < demand.gpuMilli) continue;
        gpus[at] = free - demand.gpuMilli;
        const each = score(before, fragmentation(node, typical));
        gpus[at] = free;
        // Of two GPUs that score the same the fuller one is taken.
        if (each > out.score || (each === out.score && free < (gpus[out.gpu] as number))) {
          out.score = each;
          out.gpu = at;
        }
      }
    } else {
      const kept = gpus.slice();
      let wanted = demand.gpuCount;
      for (let at = 0; wanted > 0; at += 1) {
        if (gpus[at] !== 1000) continue;
        gpus[at] = 0;
        wanted -= 1;
      }
      out.score = score(before, fragmentation(node, typical));
      out.gpu = -1;
      for (let at = 0; at < kept.length; at += 1) gpus[at] = kept[at] as number;
    }
    node.cpu = cpu;
  };
}
