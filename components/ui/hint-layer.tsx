'use client';

import { lazy, Suspense, useEffect, useState } from 'react';

/** What positions a bubble weighs more than most pages: it is fetched when the first hint is wanted. */
const HintBubble = lazy(() => import('./hint-bubble.tsx'));

/** A pointer that only passes over a table wakes no bubbles. */
const DELAY_MS = 200;

/** The one bubble that all hints of a page share. Stands once in the layout. */
export function HintLayer() {
  const [anchor, setAnchor] = useState<Element | null>(null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (next: Element | null, delayMs: number) => {
      clearTimeout(timer);
      if (delayMs === 0) setAnchor(next);
      else timer = setTimeout(() => setAnchor(next), delayMs);
    };
    const onPointer = ({ target }: Event) => {
      if (!(target instanceof Element) || target.closest('[data-hint-bubble]') !== null) return;
      const hint = target.closest('[data-hint]');
      show(hint ?? document.activeElement?.closest('[data-hint]') ?? null, hint === null ? 0 : DELAY_MS);
    };
    const onFocus = ({ target }: Event) => show(target instanceof Element ? target.closest('[data-hint]') : null, 0);
    const onLeave = () => show(null, 0);
    const onKey = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') show(null, 0);
    };
    document.addEventListener('pointerover', onPointer);
    document.addEventListener('focusin', onFocus);
    document.addEventListener('focusout', onLeave);
    document.documentElement.addEventListener('pointerleave', onLeave);
    document.addEventListener('keydown', onKey);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('pointerover', onPointer);
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('focusout', onLeave);
      document.documentElement.removeEventListener('pointerleave', onLeave);
      document.removeEventListener('keydown', onKey);
    };
  }, []);

  if (anchor?.isConnected !== true) return null;
  return (
    <Suspense>
      <HintBubble anchor={anchor} />
    </Suspense>
  );
}
