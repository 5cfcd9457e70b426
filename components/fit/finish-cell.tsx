import type { Finish } from '#lib/catalogue/fit/finish.ts';
import { totalSeconds } from '#lib/catalogue/fit/finish.ts';
import { costRange, timeRange } from '#lib/catalogue/fit/words.ts';

/** What a job costs on an offer and how long it takes, both as ranges; says so where nobody knows the card. */
export function FinishCell({ finish }: { finish: Finish | null }) {
  if (finish === null) return <span className="text-muted">does not fit</span>;
  const total = totalSeconds(finish);
  if (finish.costMicros === null || total === null) return <span className="text-muted">speed not known</span>;
  return (
    <>
      <span className="font-semibold">{costRange(finish.costMicros)}</span>
      <span className="block text-muted text-xs">
        {timeRange(total)} on {finish.gpus === 1 ? '1 GPU' : `${finish.gpus} GPUs`}
      </span>
    </>
  );
}
