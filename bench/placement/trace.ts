import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { ANY_GPU, type Demand, demandKey, type Expected, type Machine } from '#lib/scheduler/snapshot.ts';

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
  readonly sequences: ReadonlyMap<number, Sequence>;
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

/** Traces that have both a task list and arrivals, by name. */
export function traceNames(dir: string): string[] {
  return readdirSync(join(dir, 'arrivals'))
    .flatMap((file) => /^openb_pod_list_(\w+)\.json(?:\.gz)?$/.exec(file)?.[1] ?? [])
    .sort();
}

const arrivalsFile = z.record(
  z.string(),
  z.object({ order_b64_u16le: z.base64(), node_rank_b64_u16le: z.base64(), n: z.number() }),
);

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
  const sequences = new Map<number, Sequence>();
  const recorded = arrivalsFile.parse(JSON.parse(readText(join(dir, 'arrivals', `${PREFIX}${name}.json`))));
  for (const [seed, { order_b64_u16le: order, node_rank_b64_u16le: ranks }] of Object.entries(recorded)) {
    sequences.set(Number(seed), {
      seed: Number(seed),
      arrivals: words(order).map((task) => demandOfTask[task] as number),
      ranked: Array.from(words(ranks), (at) => machines[at] as Machine),
    });
  }
  return {
    name,
    machines,
    capacityMilli: machines.reduce((sum, machine) => sum + machine.capacity.gpuMilli.length * 1000, 0),
    demands: expected.map((each) => each.demand),
    expected,
    sequences,
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

function words(base64: string): Uint16Array {
  const bytes = Buffer.from(base64, 'base64');
  return Uint16Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readUInt16LE(at * 2));
}
