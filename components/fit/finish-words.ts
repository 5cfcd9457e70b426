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
