import type { Finish } from '#lib/catalogue/fit/finish.ts';
import { finishWords, tooFewWords } from './finish-words.ts';

type FinishCellProps = {
  finish: Finish | null;
  /** How many GPUs of the offer are free: a job is held against the whole machine, and may want more of them. */
  freeGpus?: number | undefined;
};

/** What a job costs on an offer and how long it takes, both as ranges; says so where nobody knows the card, and where too few are free now. */
export function FinishCell({ finish, freeGpus }: FinishCellProps) {
  const [cost, time] = finishWords(finish);
  const tooFew = freeGpus === undefined ? null : tooFewWords(finish, freeGpus);
  return (
    <>
      <span className={time === undefined ? 'text-muted' : 'font-semibold'}>{cost}</span>
      {time !== undefined && <span className="block text-muted text-xs">{time}</span>}
      {tooFew !== null && <span className="block text-warn-ink text-xs">{tooFew}</span>}
    </>
  );
}
