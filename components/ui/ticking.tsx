'use client';

import { Hint } from './hint.tsx';
import { duration, exactly, relativeTo } from './instant.ts';
import { useDateLocale, useNow, useZone } from './use-now.ts';

type TickingProps = { at: string; first: Date; className?: string | undefined };

/** The counting half of TimeAgo. */
export function TickingAgo({ at, first, className }: TickingProps) {
  const instant = new Date(at);
  const now = useNow(instant.getTime(), first);
  const zone = useZone();
  const locale = useDateLocale();
  const utc = exactly(instant, 'UTC', locale);
  const here = exactly(instant, zone, locale);
  return (
    <Hint text={here === utc ? utc : `${here}\n${utc}`}>
      <time dateTime={at} className={className} suppressHydrationWarning>
        {relativeTo(now, instant)}
      </time>
    </Hint>
  );
}

/** The counting half of Elapsed. */
export function TickingElapsed({ at, first, className }: TickingProps) {
  const start = new Date(at);
  const now = useNow(start.getTime(), first);
  return (
    <time dateTime={at} className={className} suppressHydrationWarning>
      {duration((now.getTime() - start.getTime()) / 1_000)}
    </time>
  );
}
