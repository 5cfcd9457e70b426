'use client';

import { useId, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/controls.tsx';
import { Field } from '#components/ui/field.tsx';
import { dollarsInput, formatDollars } from '#lib/base/money.ts';
import { type PriceAdvice, readWhatIf, type WhatIfAsk, whatIf } from '#lib/catalogue/price-advice.ts';
import { WhatIfResult } from './what-if-result.tsx';

export type WhatIfTyped = { readonly price: string; readonly watts: string; readonly kwh: string };

type WhatIfProps = {
  advice: PriceAdvice;
  range: { readonly lowMicros: bigint; readonly highMicros: bigint; readonly stepMicros: bigint };
  usual: WhatIfAsk;
  typed: WhatIfTyped;
  /** Id of the field of the price that is really asked: a button puts the tried price into it. */
  fieldId?: string | undefined;
};

/**
 * A price, what power costs, and what a month would bring: worked out while the slider moves; without scripts by the button. The
 * slider moves by arrow keys as any of the browser's own.
 */
export function WhatIf({ advice, range, usual, typed: first, fieldId }: WhatIfProps) {
  const id = useId();
  const [typed, setTyped] = useState(first);
  const { ask, problems } = readWhatIf(typed, usual);
  const set = (change: Partial<WhatIfTyped>) => setTyped((before) => ({ ...before, ...change }));
  const onSlider = (micros: bigint) =>
    Math.min(Number(range.highMicros), Math.max(Number(range.lowMicros), Number(micros)));
  return (
    <div className="space-y-4">
      {/* Without scripts field and slider do not follow each other: the one that was moved counts. */}
      <input type="hidden" name="was" value={first.price} />
      <input type="hidden" name="slid" value={onSlider(readWhatIf(first, usual).ask.priceMicrosPerGpuHour)} />
      <div>
        <label htmlFor={`${id}-slider`} className="font-medium text-sm">
          Try a price
        </label>
        <input
          id={`${id}-slider`}
          type="range"
          name="slide"
          min={Number(range.lowMicros)}
          max={Number(range.highMicros)}
          step={Number(range.stepMicros)}
          value={onSlider(ask.priceMicrosPerGpuHour)}
          aria-valuetext={`${formatDollars(ask.priceMicrosPerGpuHour)} per GPU-hour`}
          onChange={(event) => set({ price: dollarsInput(BigInt(event.target.value)) })}
          className="mt-1 block h-8 w-full cursor-pointer accent-accent"
        />
        <div aria-hidden className="tabular flex justify-between text-muted text-xs">
          <span>{formatDollars(range.lowMicros)}</span>
          <span>{formatDollars(range.highMicros)}</span>
        </div>
      </div>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(min(10rem,100%),1fr))] gap-x-4 gap-y-3">
        <Field label="Price" id={`${id}-price`} error={problems.price}>
          {(aria) => (
            <Input
              {...aria}
              name="try"
              before="$"
              after="/ GPU-hour"
              inputMode="decimal"
              autoComplete="off"
              value={typed.price}
              onChange={(event) => set({ price: event.target.value })}
            />
          )}
        </Field>
        <Field label="Power of one GPU" id={`${id}-watts`} error={problems.watts}>
          {(aria) => (
            <Input
              {...aria}
              name="watts"
              after="watts"
              inputMode="numeric"
              autoComplete="off"
              value={typed.watts}
              onChange={(event) => set({ watts: event.target.value })}
            />
          )}
        </Field>
        <Field label="A kilowatt-hour costs you" id={`${id}-kwh`} error={problems.kwh}>
          {(aria) => (
            <Input
              {...aria}
              name="kwh"
              before="$"
              inputMode="decimal"
              autoComplete="off"
              placeholder="0.30"
              value={typed.kwh}
              onChange={(event) => set({ kwh: event.target.value })}
            />
          )}
        </Field>
      </div>
      <WhatIfResult advice={advice} ask={ask} month={whatIf(advice, ask)} />
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit">Work it out</Button>
        {fieldId !== undefined && (
          <a
            href={`#${fieldId}`}
            className="link inline-flex min-h-6 items-center text-sm"
            onClick={() => fill(fieldId, ask)}
          >
            Put {formatDollars(ask.priceMicrosPerGpuHour)} into the terms
          </a>
        )}
      </div>
    </div>
  );
}

/** React reads a field's value through its prototype's setter; the event tells it and the form. */
function fill(fieldId: string, ask: WhatIfAsk): void {
  const field = document.getElementById(fieldId);
  if (!(field instanceof HTMLInputElement)) return;
  field.value = dollarsInput(ask.priceMicrosPerGpuHour);
  field.dispatchEvent(new Event('input', { bubbles: true }));
  requestAnimationFrame(() => field.focus());
}
