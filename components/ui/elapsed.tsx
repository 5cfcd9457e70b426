'use client';

import { duration } from './instant.ts';
import { useNow } from './use-now.ts';

/** How long something has lasted, counting: "54 s", "3 h 05 min". */
export function Elapsed({ since, className }: { since: Date | string; className?: string }) {
  const start = new Date(since);
  const now = useNow(start.getTime());
  return (
    <time dateTime={start.toISOString()} className={className} suppressHydrationWarning>
      {duration((now.getTime() - start.getTime()) / 1_000)}
    </time>
  );
}
