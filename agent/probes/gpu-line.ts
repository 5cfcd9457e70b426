/** What a GPU does just now; null is "the driver does not say". */
export type GpuLoad = {
  uuid: string;
  utilisationPercent: number | null;
  memoryUsedBytes: number | null;
  powerWatts: number | null;
  temperatureCelsius: number | null;
};

/** What `nvidia-smi --query-gpu` is asked for: fields that every driver since 2014 knows; one unknown field fails the whole program. */
export const GPU_FIELDS = [
  'uuid',
  'timestamp',
  'utilization.gpu',
  'utilization.memory',
  'memory.used',
  'memory.total',
  'power.draw',
  'temperature.gpu',
] as const;

const MIB = 2 ** 20;

/** One line of `--format=csv,noheader,nounits` that begins with {@link GPU_FIELDS}; null for anything else. */
export function readGpuLine(line: string): GpuLoad | null {
  const words = line.split(',').map((word) => word.trim());
  if (words.length < GPU_FIELDS.length) return null;
  const of = (field: (typeof GPU_FIELDS)[number]) => words[GPU_FIELDS.indexOf(field)] ?? '';
  const uuid = of('uuid');
  if (!/^GPU-[0-9a-f-]{8,60}$/i.test(uuid)) return null;
  const used = figure(of('memory.used'), 0, 2 ** 24);
  return {
    uuid,
    utilisationPercent: figure(of('utilization.gpu'), 0, 100),
    memoryUsedBytes: used === null ? null : Math.round(used) * MIB,
    powerWatts: figure(of('power.draw'), 0, 10_000),
    temperatureCelsius: figure(of('temperature.gpu'), -50, 200),
  };
}

/** `[N/A]`, `[Not Supported]`, `[Unknown Error]`, `ERR!` and what no GPU can have are null. */
function figure(word: string, least: number, most: number): number | null {
  if (!/^-?\d{1,9}(\.\d{1,6})?$/.test(word)) return null;
  const number = Number(word);
  return number >= least && number <= most ? number : null;
}
