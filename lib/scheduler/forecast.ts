import { whyUnwanted } from './fit.ts';
import { type FlowDemand, GRAINS } from './flow.ts';
import { type Demand, type Expected, type Machine, WHOLE_GPU_MILLI } from './snapshot.ts';

/** A size that fewer of the demands ask for than this share is planned as the next larger one. */
const RARE_SHARE = 0.005;

/**
 * Planning takes longer with each: so many kinds of machines and demands are told apart at most. What fits is asked
 * exactly all the same.
 */
const MOST_KINDS = 8;
const MOST_FLOW_DEMANDS = 128;

/** What is expected, merged into what planning tells apart. */
export type Forecast = {
  readonly expected: readonly Expected[];
  readonly alike: Alike;
  /** The kind of each machine: machines of one kind are wanted by the same expected demands. */
  readonly kindOf: Int32Array;
  readonly kinds: number;
  /** For each kind one machine that stands for it. */
  readonly examples: readonly Machine[];
  /** GPUs of each kind. */
  readonly gpus: readonly number[];
  readonly flowDemands: readonly FlowDemand[];
  /** Mean and mean square of the CPU cores that each flow demand takes for one GPU. */
  readonly cpuMean: Float64Array;
  readonly cpuSquare: Float64Array;
  /** Thousandths of a GPU that one arrival asks for on average. */
  readonly meanGpuMilli: number;
  readonly totalCount: number;
  /** From grains asked for to grains planned for. */
  readonly plannedSize: Uint8Array;
};

export function forecast(machines: readonly Machine[], expected: readonly Expected[]): Forecast {
  const alike = alikeOf(machines);
  const { kindOf: kindOfAlike, examples } = kindsOf(alike.examples, expected);
  const kindOf = alike.of.map((at) => kindOfAlike[at] as number);
  const gpus = examples.map(() => 0);
  machines.forEach((machine, at) => {
    const kind = kindOf[at] as number;
    gpus[kind] = (gpus[kind] as number) + machine.capacity.gpuMilli.length;
  });
  const plannedSize = plannedSizes(expected);
  const merged = new Map<
    string,
    { gpuCount: number; size: number; kinds: number[]; count: number; cores: number; squares: number }
  >();
  let milli = 0;
  let totalCount = 0;
  for (const { demand, count } of expected) {
    milli += demand.gpuCount * demand.gpuMilli * count;
    totalCount += count;
    const key = flowKey(demand, examples, plannedSize);
    if (key === null) continue;
    const kinds = wantedKinds(demand, examples);
    const entry = merged.get(key) ?? {
      gpuCount: demand.gpuCount,
      size: plannedSize[grainsOf(demand)] as number,
      kinds,
      count: 0,
      cores: 0,
      squares: 0,
    };
    const cores = demand.cpuMilli / 1000 / demand.gpuCount;
    entry.count += count;
    entry.cores += count * cores;
    entry.squares += count * cores * cores;
    merged.set(key, entry);
  }
  const flows = [...merged.values()].sort((a, b) => b.count - a.count).slice(0, MOST_FLOW_DEMANDS);
  return {
    expected,
    alike,
    kindOf,
    kinds: examples.length,
    examples,
    gpus,
    flowDemands: flows,
    cpuMean: Float64Array.from(flows, (each) => each.cores / each.count),
    cpuSquare: Float64Array.from(flows, (each) => each.squares / each.count),
    meanGpuMilli: totalCount === 0 ? 0 : milli / totalCount,
    totalCount,
    plannedSize,
  };
}

/** Machines that are the same but for what is taken of them: which group each is in, and one of each. */
export type Alike = { readonly of: Int32Array; readonly examples: readonly Machine[] };

function alikeOf(machines: readonly Machine[]): Alike {
  const index = new Map<string, number>();
  const examples: Machine[] = [];
  const of = Int32Array.from(machines, (machine) => {
    const { id: _, free: __, priceMicrosPerGpuHour, ...same } = machine;
    const key = JSON.stringify([same, String(priceMicrosPerGpuHour)]);
    const known = index.get(key);
    if (known !== undefined) return known;
    index.set(key, examples.length);
    return examples.push(machine) - 1;
  });
  return { of, examples };
}

/**
 * Machines of one kind are wanted by the same of the expected demands; where that makes too many kinds, by the same of
 * the more frequent ones.
 */
function kindsOf(machines: readonly Machine[], expected: readonly Expected[]): Pick<Forecast, 'kindOf' | 'examples'> {
  const frequent = [...expected].sort((a, b) => b.count - a.count);
  for (let heard = frequent.length; ; heard = Math.floor(heard / 2)) {
    const kindByVerdicts = new Map<string, number>();
    const examples: Machine[] = [];
    const kindOf = Int32Array.from(machines, (machine) => {
      const verdicts = frequent.slice(0, heard).map(({ demand }) => (isWanted(machine, demand) ? '1' : '0'));
      const key = verdicts.join('');
      const known = kindByVerdicts.get(key);
      if (known !== undefined) return known;
      kindByVerdicts.set(key, examples.length);
      return examples.push(machine) - 1;
    });
    if (examples.length <= MOST_KINDS || heard === 0) return { kindOf, examples };
  }
}

/** Whether a machine is wanted, sizes apart: machines of different sizes are planned together. */
export function isWanted(machine: Machine, demand: Demand): boolean {
  return whyUnwanted(machine, demand) === null;
}

function wantedKinds(demand: Demand, examples: readonly Machine[]): number[] {
  return examples.flatMap((machine, kind) => (isWanted(machine, demand) ? [kind] : []));
}

/**
 * The flow demand that a demand belongs to, by what makes it one; null where no GPU is asked for or no machine is
 * wanted.
 */
export function flowKey(demand: Demand, examples: readonly Machine[], plannedSize: Uint8Array): string | null {
  const kinds = wantedKinds(demand, examples);
  if (demand.gpuCount === 0 || kinds.length === 0) return null;
  return `${demand.gpuCount}/${plannedSize[grainsOf(demand)]}/${kinds.join()}`;
}

export function flowKeyOf(flow: FlowDemand): string {
  return `${flow.gpuCount}/${flow.size}/${flow.kinds.join()}`;
}

/** A demand's size in grains, never less than it needs. */
export function grainsOf(demand: Demand): number {
  return Math.max(1, Math.ceil((demand.gpuMilli * GRAINS) / WHOLE_GPU_MILLI));
}

/** What is free of a GPU, in grains, never more than there is. */
export function freeGrains(milli: number): number {
  return Math.floor((milli * GRAINS) / WHOLE_GPU_MILLI);
}

function plannedSizes(expected: readonly Expected[]): Uint8Array {
  const counts = new Float64Array(GRAINS + 1);
  let all = 0;
  for (const { demand, count } of expected) {
    if (demand.gpuCount === 0) continue;
    counts[grainsOf(demand)] = (counts[grainsOf(demand)] as number) + count;
    all += count;
  }
  const planned = new Uint8Array(GRAINS + 1);
  planned[GRAINS] = GRAINS;
  for (let size = GRAINS - 1; size > 0; size -= 1)
    planned[size] =
      (counts[size] as number) >= RARE_SHARE * all && counts[size] !== 0 ? size : (planned[size + 1] as number);
  return planned;
}
