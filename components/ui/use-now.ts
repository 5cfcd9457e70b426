'use client';

import { useEffect, useState } from 'react';

/** The present instant, renewed as often as an age in seconds, minutes or hours needs it. */
export function useNow(since: number): Date {
  const [now, setNow] = useState(() => new Date());
  const distance = Math.abs(now.getTime() - since);
  const every = distance < 60_000 ? 1_000 : distance < 3_600_000 ? 15_000 : 60_000;
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
