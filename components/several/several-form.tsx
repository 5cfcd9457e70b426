'use client';

import { CircleCheck, CircleX } from 'lucide-react';
import { ActionForm, useFormState } from '#components/ui/action-form.tsx';
import { Callout } from '#components/ui/callout.tsx';
import type { FormAction } from '#components/ui/form-state.ts';
import { Money } from '#components/ui/money.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';

/** One of several, and what doing it to this one means. */
export type SeveralRow = {
  readonly id: string;
  readonly name: string;
  /** Why it is left out; null when it is not. */
  readonly whyNot: string | null;
  readonly words: string;
  /** Micro-dollars, as decimal text. */
  readonly savesMicrosPerHour: string;
};

export type SeveralVerb = {
  readonly value: string;
  /** On the button that does it: "Stop 3 bookings". */
  readonly label: string;
  readonly pending: string;
  readonly tone: 'primary' | 'dangerFill';
};

type SeveralFormProps = {
  rows: readonly SeveralRow[];
  verb: SeveralVerb;
  /** What they are called: "booking", "bookings". */
  nouns: readonly [one: string, many: string];
  action: FormAction;
  onDone?: (() => void) | undefined;
};

/** What doing something to several means, one by one and together; afterwards what became of each. */
export function SeveralForm({ action, onDone, ...inside }: SeveralFormProps) {
  return (
    <ActionForm action={action} onDone={() => onDone?.()}>
      <Inside {...inside} />
    </ActionForm>
  );
}

function Inside({ rows, verb, nouns }: Omit<SeveralFormProps, 'action' | 'onDone'>) {
  const { ok, shown } = useFormState();
  if (ok && shown) return <Results rows={rows} results={shown} />;
  const asked = rows.filter(({ whyNot }) => whyNot === null);
  const saved = asked.reduce((sum, row) => sum + BigInt(row.savesMicrosPerHour), 0n);
  return (
    <>
      <input type="hidden" name="verb" value={verb.value} />
      {asked.map(({ id }) => (
        <input key={id} type="hidden" name="ids[]" value={id} />
      ))}
      <ul className="divide-y divide-line border-line border-b text-sm">
        {rows.map((row) => (
          <li key={row.id} className="py-2.5 first:pt-0">
            <p className="font-medium [overflow-wrap:anywhere]">{row.name}</p>
            <p className={row.whyNot === null ? 'text-muted' : 'text-warn-ink'}>
              {row.whyNot === null ? row.words : `Left as it is: ${row.whyNot}`}
            </p>
          </li>
        ))}
      </ul>
      {asked.length === 0 ? (
        <Callout tone="warn" title="None of them can be changed so" className="mt-4" />
      ) : (
        <>
          <p className="mt-3 text-sm">
            Together <Money micros={saved} per="hour" className="font-semibold" /> less. If one of them cannot be
            changed, the others still are.
          </p>
          <div className="mt-4 flex justify-end">
            <SubmitButton variant={verb.tone} pendingLabel={verb.pending}>
              {`${verb.label} ${asked.length} ${asked.length === 1 ? nouns[0] : nouns[1]}`}
            </SubmitButton>
          </div>
        </>
      )}
    </>
  );
}

/** "done: …" or "refused: …" of each, as the action tells it. */
function Results({ rows, results }: { rows: readonly SeveralRow[]; results: Readonly<Record<string, string>> }) {
  return (
    <ul role="status" className="divide-y divide-line text-sm">
      {rows.map((row) => {
        const said = results[row.id];
        const done = said?.startsWith('done: ') === true;
        const Icon = done ? CircleCheck : CircleX;
        return (
          <li key={row.id} className="flex gap-2.5 py-2">
            <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${done ? 'text-good-ink' : 'text-warn-ink'}`} />
            <div className="min-w-0">
              <p className="font-medium [overflow-wrap:anywhere]">{row.name}</p>
              <p className="text-muted">
                {said === undefined ? `Left as it is: ${row.whyNot}` : said.replace(/^(done|refused): /, '')}
              </p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
