import type { Finish } from '#lib/catalogue/fit/finish.ts';
import { totalSeconds } from '#lib/catalogue/fit/finish.ts';
import { costRange, timeRange } from '#lib/catalogue/fit/words.ts';

type FinishCellProps = {
  finish: Finish | null;
  /** How many GPUs of the offer are free: a job is held against the whole machine, and may want more of them. */
  freeGpus?: number | undefined;
};

/** What a job costs on an offer and how long it takes, both as ranges; says so where nobody knows the card, and where too few are free now. */
export function FinishCell({ finish, freeGpus }: FinishCellProps) {
  if (finish === null) return <span className="text-muted">does not fit</span>;
  const total = totalSeconds(finish);
  const tooFew = freeGpus !== undefined && finish.gpus > freeGpus && (
    <span className="block text-warn-ink text-xs">
      needs {finish.gpus} GPUs, {freeGpus === 0 ? 'none' : `only ${freeGpus}`} free now
    </span>
  );
  if (finish.costMicros === null || total === null)
    return (
      <>
        <span className="text-muted">speed not known</span>
        {tooFew}
      </>
    );
  return (
    <>
      <span className="font-semibold">{costRange(finish.costMicros)}</span>
      <span className="block text-muted text-xs">
        {timeRange(total)} on {finish.gpus === 1 ? '1 GPU' : `${finish.gpus} GPUs`}
      </span>
      {tooFew}
    </>
  );
}
