import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const FILE = 'bench/data/alibaba-gpu-2023/csv/openb_pod_day_148.csv.gz';
const DAY = 148 * 86_400;

/** A task of the trace as a job of this market: whole GPUs; seconds count from the beginning of the day. */
export type TracedJob = {
  readonly name: string;
  readonly gpuCount: number;
  readonly models: readonly string[];
  readonly arrivesAt: number;
  readonly lastsSeconds: number;
  readonly exitCode: number;
};

/** Tasks of a day of Alibaba's trace that want GPUs, in order of arrival, from an hour on and before another. */
export function tracedJobs(fromHour: number, beforeHour: number): TracedJob[] {
  const [, ...lines] = gunzipSync(readFileSync(FILE)).toString('utf8').trim().split('\n');
  return lines
    .map((line): TracedJob => {
      const [name = '', gpus = '', , spec = '', phase = '', created = '', deleted = ''] = line.split(',');
      return {
        name,
        gpuCount: Number(gpus),
        models: spec === '' ? [] : spec.split('|'),
        arrivesAt: Number(created) - DAY,
        lastsSeconds: Math.max(1, Number(deleted) - Number(created)),
        exitCode: phase === 'Failed' ? 1 : 0,
      };
    })
    .filter(({ gpuCount }) => gpuCount > 0)
    .filter(({ arrivesAt }) => arrivesAt >= fromHour * 3_600 && arrivesAt < beforeHour * 3_600);
}
