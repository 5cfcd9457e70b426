import { duration, exactly } from '#components/ui/instant.ts';
import { Money } from '#components/ui/money.tsx';
import type { Interruption, InterruptionKind } from '#lib/trust/interruption.ts';

const WORDS: Readonly<Record<InterruptionKind, string>> = {
  unreachable: 'The machine did not answer',
  notUsable: 'The rental was not usable',
  hostEnded: 'The host broke it off',
  noSamples: 'No figures came (counts for nothing)',
};
const MOST_SHOWN = 12;

/** What interrupted a rental, by the market's own records, each with what was charged for it. */
export function InterruptionList({ interruptions }: { interruptions: readonly Interruption[] }) {
  if (interruptions.length === 0)
    return <p className="text-muted text-sm">The market recorded no interruption of this rental.</p>;
  return (
    <>
      <ul className="divide-y divide-line text-sm">
        {interruptions.slice(0, MOST_SHOWN).map(({ kind, from, until, chargedMicros }) => (
          <li key={`${kind} ${from.getTime()}`} className="flex items-baseline justify-between gap-x-4 py-1.5">
            <span className="min-w-0">
              {WORDS[kind]} for {duration((until.getTime() - from.getTime()) / 1_000)}
              <span className="block text-muted text-xs">{exactly(from, 'UTC')}</span>
            </span>
            <Money micros={chargedMicros} className="tabular shrink-0" />
          </li>
        ))}
      </ul>
      {interruptions.length > MOST_SHOWN && (
        <p className="pt-1.5 text-muted text-sm">and {interruptions.length - MOST_SHOWN} more, in the evidence.</p>
      )}
    </>
  );
}
