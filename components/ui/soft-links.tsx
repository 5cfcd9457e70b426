'use client';

import { useRouter } from 'next/navigation';
import type { MouseEvent, ReactNode } from 'react';

/**
 * Makes the plain links inside it go to pages of this site without loading a document. For lists: one listener instead of a
 * component for each link of each row. `data-stay` on a link keeps the page where it is scrolled to.
 */
export function SoftLinks({ children, className }: { children: ReactNode; className?: string | undefined }) {
  const router = useRouter();
  const follow = (event: MouseEvent) => {
    const { target, button, ctrlKey, metaKey, shiftKey, altKey } = event;
    if (event.defaultPrevented || button !== 0 || ctrlKey || metaKey || shiftKey || altKey) return;
    const link = target instanceof Element ? target.closest('a') : null;
    if (link === null || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return;
    event.preventDefault();
    router.push(link.href, { scroll: link.dataset.stay === undefined });
  };
  return (
    // biome-ignore lint/a11y: it hears the clicks of the links inside it, which the keyboard makes as well
    <div className={className} onClick={follow}>
      {children}
    </div>
  );
}
