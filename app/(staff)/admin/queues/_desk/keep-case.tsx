'use client';

import { useEffect } from 'react';

/** From here on the case stands beside the list, and news may not change which one is shown. */
const BESIDE = '(min-width: 64rem)';

/**
 * Names the case that is shown in the address, where the list stands beside it: when another admin decides the first of the
 * queue, the one that somebody reads stays.
 */
export function KeepCase({ id }: { id: string }) {
  useEffect(() => {
    if (!window.matchMedia(BESIDE).matches) return;
    const address = new URL(window.location.href);
    address.searchParams.set('case', id);
    window.history.replaceState(null, '', address);
  }, [id]);
  return null;
}
