'use client';

import { Hint } from './hint.tsx';
import { exactly, relativeTo } from './instant.ts';
import { useNow } from './use-now.ts';

/** "3 min ago", counting; on hover and on focus the exact instant in the viewer's zone and in UTC. */
export function TimeAgo({ at, className }: { at: Date | string; className?: string }) {
  const instant = new Date(at);
  const now = useNow(instant.getTime());
  return (
    <Hint text={`${exactly(instant)}\n${exactly(instant, 'UTC')}`}>
      <time dateTime={instant.toISOString()} className={className} suppressHydrationWarning>
        {relativeTo(now, instant)}
      </time>
    </Hint>
  );
}
