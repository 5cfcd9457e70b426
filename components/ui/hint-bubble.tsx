'use client';

import { Tooltip } from '@base-ui/react/tooltip';

/** The words that describe `anchor`, beside it. Screen readers have them already. */
export default function HintBubble({ anchor }: { anchor: Element }) {
  const text = document.getElementById(anchor.getAttribute('aria-describedby') ?? '')?.textContent;
  return (
    <Tooltip.Root open>
      <Tooltip.Portal>
        <Tooltip.Positioner anchor={anchor} sideOffset={6} collisionPadding={8} className="z-50" data-hint-bubble>
          <Tooltip.Popup
            aria-hidden
            className="max-w-[min(20rem,calc(100vw-1rem))] whitespace-pre-line rounded-md [overflow-wrap:anywhere] border border-line bg-raised px-2.5 py-1.5 text-ink text-xs shadow-raised"
          >
            {text}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
