'use client';

import { Tooltip } from '@base-ui/react/tooltip';
import { type ReactElement, useId } from 'react';

const shared = Tooltip.createHandle<string>();

type HintProps = {
  /** What it says; line breaks are kept. Nothing that cannot be learnt elsewhere on the page. */
  text: string;
  /** One element that takes props: it becomes focusable if it is not. */
  children: ReactElement<{ children?: React.ReactNode }>;
};

/** A word of explanation on hover and focus, also said by screen readers. The bubble itself is HintLayer. */
export function Hint({ text, children }: HintProps) {
  const id = useId();
  return (
    <>
      <Tooltip.Trigger handle={shared} payload={text} render={children} tabIndex={0} aria-describedby={id} />
      <span id={id} hidden>
        {text}
      </span>
    </>
  );
}

/** The one bubble that all hints of a page share. Stands once in the layout. */
export function HintLayer() {
  return (
    <Tooltip.Root handle={shared}>
      {({ payload }) => (
        <Tooltip.Portal>
          <Tooltip.Positioner sideOffset={6} collisionPadding={8} className="z-50">
            <Tooltip.Popup className="max-w-[min(20rem,calc(100vw-1rem))] whitespace-pre-line rounded-md border border-line bg-raised px-2.5 py-1.5 text-ink text-xs shadow-raised transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0">
              {payload as string}
            </Tooltip.Popup>
          </Tooltip.Positioner>
        </Tooltip.Portal>
      )}
    </Tooltip.Root>
  );
}
