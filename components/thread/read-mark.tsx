'use client';

import { startTransition, useEffect, useRef } from 'react';
import { EMPTY_FORM, type FormAction } from '#components/ui/form-state.ts';

/** Stands at the end of a thread: when it comes into view of somebody who looks, all up to `upTo` is marked as read, once. */
export function ReadMark({ action, bookingId, upTo }: { action: FormAction; bookingId: string; upTo: string }) {
  const mark = useRef<HTMLSpanElement>(null);

  useEffect(() => {
    const place = mark.current;
    if (place === null) return;
    let inView = false;
    let said = false;
    const say = () => {
      if (said || !inView || document.hidden) return;
      said = true;
      const form = new FormData();
      form.set('bookingId', bookingId);
      form.set('upTo', upTo);
      // Not seen is no loss: it is asked again with the next look.
      startTransition(async () => {
        await action(EMPTY_FORM, form).catch(() => undefined);
      });
    };
    const watch = new IntersectionObserver(([entry]) => {
      inView = entry?.isIntersecting ?? false;
      say();
    });
    watch.observe(place);
    document.addEventListener('visibilitychange', say);
    return () => {
      watch.disconnect();
      document.removeEventListener('visibilitychange', say);
    };
  }, [action, bookingId, upTo]);

  return <span ref={mark} aria-hidden className="block h-px" />;
}
