import { type Finish, totalSeconds } from '#lib/catalogue/fit/finish.ts';
import { costRange, timeRange } from '#lib/catalogue/fit/words.ts';

/** What a job costs on an offer and how long it takes, both as ranges; one word where nobody can say. */
export function finishWords(finish: Finish | null): readonly [cost: string, time: string] | readonly [why: string] {
  if (finish === null) return ['does not fit'];
  const total = totalSeconds(finish);
  if (finish.costMicros === null || total === null) return ['speed not known'];
  return [
    costRange(finish.costMicros),
    `${timeRange(total)} on ${finish.gpus === 1 ? '1 GPU' : `${finish.gpus} GPUs`}`,
  ];
}

/** What a job needs beside what of an offer is free; null where that is enough, or the job does not fit at all. */
export function tooFewWords(finish: Finish | null, freeGpus: number): string | null {
  if (finish === null || finish.gpus <= freeGpus) return null;
  return `needs ${finish.gpus} GPUs, ${freeGpus === 0 ? 'none' : `only ${freeGpus}`} free now`;
}
