'use client';

import { type FormEvent, useEffect, useId, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import type { FormAction } from '#components/ui/form-state.ts';
import { LazyDialog } from '#components/ui/lazy-dialog.tsx';
import { SeveralForm, type SeveralRow, type SeveralVerb } from './several-form.tsx';

/** The form that checkboxes of a list belong to, by its id; one a page. */
export const SEVERAL_FORM = 'several';

type BarVerb = SeveralVerb & {
  /** On the bar: "Stop…". */
  readonly trigger: string;
  /** Over the dialog: "Stop these bookings?" */
  readonly question: string;
  readonly rows: readonly SeveralRow[];
};

type SeveralBarProps = {
  /** Where the same is asked without scripts. */
  href: string;
  verbs: readonly BarVerb[];
  nouns: readonly [one: string, many: string];
  action: FormAction;
};

/** Does something to what is chosen in a list, after saying what it means; without scripts on a page of its own. */
export function SeveralBar({ href, verbs, nouns, action }: SeveralBarProps) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [asked, setAsked] = useState<{ verb: BarVerb; ids: readonly string[] } | null>(null);
  const [said, say] = useState('');
  const hintId = useId();

  useEffect(() => {
    const read = () => setChosen([...new Set(boxes().flatMap((box) => (box.checked ? [box.value] : [])))]);
    const onChange = (event: Event) => {
      const box = event.target;
      if (!(box instanceof HTMLInputElement) || box.getAttribute('form') !== SEVERAL_FORM) return;
      // The same booking stands in the list for wide and in the one for narrow windows.
      for (const twin of boxes()) if (twin.value === box.value) twin.checked = box.checked;
      say('');
      read();
    };
    read();
    document.addEventListener('change', onChange);
    return () => document.removeEventListener('change', onChange);
  }, []);

  function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const value = ((event.nativeEvent as SubmitEvent).submitter as HTMLButtonElement | null)?.value;
    const verb = verbs.find((one) => one.value === value);
    if (verb === undefined) return;
    if (chosen.length === 0) return say(`Choose ${nouns[1]} in the list first.`);
    setAsked({ verb, ids: chosen });
  }

  function clear() {
    for (const box of boxes()) box.checked = false;
    setChosen([]);
  }

  const rows = asked === null ? [] : asked.verb.rows.filter(({ id }) => asked.ids.includes(id));
  return (
    <>
      <form
        id={SEVERAL_FORM}
        method="get"
        action={href}
        onSubmit={onSubmit}
        className="flex flex-wrap items-center gap-2"
      >
        {verbs.map((verb) => (
          <Button
            key={verb.value}
            type="submit"
            size="sm"
            name="verb"
            value={verb.value}
            aria-describedby={hintId}
            variant={verb.tone === 'dangerFill' ? 'danger' : 'secondary'}
          >
            {verb.trigger}
          </Button>
        ))}
        <span id={hintId} role="status" className={said === '' ? 'text-muted text-sm' : 'text-sm text-warn-ink'}>
          {said || (chosen.length === 0 ? 'what is chosen in the list' : `${chosen.length} chosen`)}
        </span>
        {chosen.length > 0 && (
          <Button size="sm" variant="ghost" onClick={clear}>
            Choose none
          </Button>
        )}
      </form>
      <LazyDialog
        open={asked !== null}
        onOpenChange={(open) => {
          if (!open) setAsked(null);
        }}
        title={asked?.verb.question ?? ''}
      >
        {asked !== null && <SeveralForm rows={rows} verb={asked.verb} nouns={nouns} action={action} onDone={clear} />}
      </LazyDialog>
    </>
  );
}

function boxes(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>(`input[type=checkbox][form=${SEVERAL_FORM}]`)];
}
