'use client';

import { useEffect, useState, useSyncExternalStore } from 'react';

/**
 * The present instant, renewed as often as an age in seconds, minutes or hours needs it. `first` is what the server
 * took for now, so that the browser begins with the same words.
 */
export function useNow(about: number, first: Date | undefined): Date {
  const [now, setNow] = useState(() => first ?? new Date());
  const distance = Math.abs(now.getTime() - about);
  const every = distance < 60_000 ? 1_000 : distance < 3_600_000 ? 15_000 : 60_000;
  useEffect(() => {
    setNow(new Date());
    const timer = setInterval(() => setNow(new Date()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

const never = () => () => {};

/** The viewer's time zone: the one they chose, else their browser's; UTC until the page has come alive. */
export function useZone(): string {
  return useSyncExternalStore(
    never,
    () => document.documentElement.dataset.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => 'UTC',
  );
}

/** How the viewer wants dates written, as a BCP 47 tag: what they chose, else British English as the pages are. */
export function useDateLocale(): string {
  return useSyncExternalStore(
    never,
    () => document.documentElement.dataset.locale ?? 'en-GB',
    () => 'en-GB',
  );
}
