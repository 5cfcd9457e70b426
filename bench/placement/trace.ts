import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ANY_GPU, type Demand, demandKey, type Expected, type Machine } from '#lib/scheduler/snapshot.ts';
import { drawArrivals } from './arrivals.ts';

/**
 * Alibaba's trace in the scheduler's words: machines by name, the kinds of demand, and for each seed who arrives when.
 */
export type Trace = {
  readonly name: string;
  readonly machines: readonly Machine[];
  readonly capacityMilli: number;
  readonly demands: readonly Demand[];
  /** How many tasks of the list ask for each demand: the distribution that FGD is given, and ours. */
  readonly expected: readonly Expected[];
  /** Who arrives when, for a seed; 42 to 51 are the published ones. */
  sequence(seed: number): Sequence;
};
export type Sequence = {
  readonly seed: number;
  /** Indexes of demands, in order of arrival. */
  readonly arrivals: Uint16Array;
  /** Machines by rank: ties go to the lowest. */
  readonly ranked: readonly Machine[];
};

export const DEFAULT_DATA = 'bench/data/alibaba-gpu-2023';
const PREFIX = 'openb_pod_list_';
const MIB = 2 ** 20;

/** Traces that have a task list, by name. */
export function traceNames(dir: string): string[] {
  return readdirSync(join(dir, 'csv'))
    .flatMap((file) => /^openb_pod_list_(\w+)\.csv(?:\.gz)?$/.exec(file)?.[1] ?? [])
    .sort();
}

export function readTrace(dir: string, name: string): Trace {
  const machines = readRows(join(dir, 'csv', 'openb_node_list_gpu_node.csv')).map(machineOf);
  machines.sort((a, b) => (a.id < b.id ? -1 : 1));
  const tasks = readRows(join(dir, 'csv', `${PREFIX}${name}.csv`)).sort((a, b) =>
    String(a.name) < String(b.name) ? -1 : 1,
  );
  const index = new Map<string, number>();
  const expected: { demand: Demand; count: number }[] = [];
  const demandOfTask = tasks.map((row) => {
    const demand = demandOf(row);
    const key = demandKey(demand);
    let at = index.get(key);
    if (at === undefined) {
      at = expected.length;
      index.set(key, at);
      expected.push({ demand, count: 0 });
    }
    (expected[at] as { count: number }).count += 1;
    return at;
  });
  const capacityMilli = machines.reduce((sum, machine) => sum + machine.capacity.gpuMilli.length * 1000, 0);
  const asked = demandOfTask.map((at) => (expected[at] as Expected).demand);
  return {
    name,
    machines,
    capacityMilli,
    demands: expected.map((each) => each.demand),
    expected,
    sequence: (seed) => {
      const { order, ranked } = drawArrivals(seed, asked, machines.length, capacityMilli);
      return {
        seed,
        arrivals: order.map((task) => demandOfTask[task] as number),
        ranked: Array.from(ranked, (at) => machines[at] as Machine),
      };
    },
  };
}

type Row = Readonly<Record<string, string>>;

function machineOf(row: Row): Machine {
  const room = {
    cpuMilli: Number(row.cpu_milli),
    memoryBytes: Number(row.memory_mib) * MIB,
    diskBytes: 0,
    gpuMilli: new Array<number>(Number(row.gpu)).fill(1000),
  };
  return {
    id: String(row.sn),
    hostId: 'openb',
    model: String(row.model),
    vramBytesPerGpu: 0,
    region: null,
    trust: 0,
    priceMicrosPerGpuHour: 0n,
    minGpus: 0,
    freeUntilMs: Number.POSITIVE_INFINITY,
    capacity: room,
    free: room,
  };
}

function demandOf(row: Row): Demand {
  const gpuCount = Number(row.num_gpu);
  return {
    ...ANY_GPU,
    gpuCount,
    gpuMilli: gpuCount === 0 ? 0 : Number(row.gpu_milli),
    cpuMilli: Number(row.cpu_milli),
    memoryBytes: Number(row.memory_mib) * MIB,
    models:
      row.gpu_spec === undefined || row.gpu_spec === '' ? null : [...new Set(String(row.gpu_spec).split('|'))].sort(),
  };
}

function readRows(path: string): Row[] {
  const [head = '', ...lines] = readText(path).trim().split('\n');
  const columns = head.trim().split(',');
  return lines.map((line) => {
    const cells = line.trim().split(',');
    return Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? '']));
  });
}

function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : gunzipSync(readFileSync(`${path}.gz`)).toString('utf8');
}
