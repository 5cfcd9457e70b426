'use client';

import { type MouseEvent, useEffect, useRef } from 'react';
import { Callout } from './callout.tsx';
import type { FormState } from './form-state.ts';

/** What is wrong with a form, in one place: focused when it appears, each line a link to its field. */
export function ErrorSummary({ state }: { state: FormState }) {
  const box = useRef<HTMLDivElement>(null);
  const errors = Object.entries(state.errors ?? {});
  const shown = state.ok !== true && (errors.length > 0 || state.message !== undefined);

  useEffect(() => {
    if (shown && state) box.current?.focus();
  }, [shown, state]);

  if (!shown) return null;
  const title =
    state.message ?? (errors.length === 1 ? 'One thing is not right yet' : `${errors.length} things are not right yet`);
  return (
    <div ref={box} tabIndex={-1} role="alert" className="mb-4 rounded-lg outline-none">
      <Callout tone="bad" title={title}>
        {errors.length > 0 && (
          <ul className="space-y-0.5">
            {errors.map(([name, error]) => (
              <li key={name}>
                <a
                  href={`#${name}`}
                  onClick={(event) => focusField(event, name)}
                  className="text-bad-ink underline underline-offset-2"
                >
                  {error}
                </a>
              </li>
            ))}
          </ul>
        )}
        {state.requestId && <p className="text-muted text-xs">Request {state.requestId}</p>}
      </Callout>
    </div>
  );
}

/** Goes to the field of this very form, also where another form on the page has a field of the same name. */
function focusField(event: MouseEvent<HTMLAnchorElement>, name: string) {
  const found = event.currentTarget.closest('form')?.elements.namedItem(name);
  const field = found instanceof RadioNodeList ? found[0] : found;
  if (!(field instanceof HTMLElement)) return;
  event.preventDefault();
  field.focus();
}
