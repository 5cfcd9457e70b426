import type { Finish } from '#lib/catalogue/fit/finish.ts';
import { finishWords } from './finish-words.ts';

/** What a job costs on an offer and how long it takes, both as ranges; says so where nobody knows the card. */
export function FinishCell({ finish }: { finish: Finish | null }) {
  const [cost, time] = finishWords(finish);
  if (time === undefined) return <span className="text-muted">{cost}</span>;
  return (
    <>
      <span className="font-semibold">{cost}</span>
      <span className="block text-muted text-xs">{time}</span>
    </>
  );
}
