'use client';

import { useRouter } from 'next/navigation';
import { startTransition, useEffect } from 'react';

/** Timers hold no longer time. */
const LONGEST_MS = 2 ** 31 - 1;
/** The server's clock may be a little behind. */
const AFTER_MS = 500;

/** Asks for a server-rendered page again at an instant at which something on it is over. */
export function RefreshAt({ at }: { at: string | null }) {
  const router = useRouter();
  useEffect(() => {
    if (at === null) return;
    const inMs = new Date(at).getTime() - Date.now() + AFTER_MS;
    if (inMs > LONGEST_MS) return;
    const timer = setTimeout(() => startTransition(() => router.refresh()), Math.max(AFTER_MS, inMs));
    return () => clearTimeout(timer);
  }, [at, router]);
  return null;
}
