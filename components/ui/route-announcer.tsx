'use client';

import { usePathname } from 'next/navigation';
import { useEffect, useRef } from 'react';

/** After a navigation, moves focus to the new page's h1, so that reading goes on there. Filters in the query do not count. */
export function RouteAnnouncer() {
  const pathname = usePathname();
  const before = useRef(pathname);

  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;

    function focusHeading(): boolean {
      const heading = document.querySelector<HTMLElement>('main h1');
      if (heading === null) return false;
      // A page that focuses a field of its own knows better.
      if (document.activeElement instanceof HTMLInputElement && document.activeElement.closest('main')) return true;
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      return true;
    }

    if (focusHeading()) return;
    const arrival = new MutationObserver(() => {
      if (focusHeading()) arrival.disconnect();
    });
    arrival.observe(document.body, { childList: true, subtree: true });
    return () => arrival.disconnect();
  }, [pathname]);

  return null;
}
