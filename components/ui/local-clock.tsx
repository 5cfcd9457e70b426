'use client';

import { dateWords } from '#lib/base/date-words.ts';
import { useDateLocale, useZone } from './use-now.ts';

/** "14:05:30" in the viewer's zone; UTC until the page has come alive.. */
export function LocalClock({ at, seconds = true }: { at: string; seconds?: boolean }) {
  const zone = useZone();
  const words = dateWords(useDateLocale(), {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds && { second: '2-digit' }),
    timeZone: zone,
  });
  return (
    <time dateTime={at} title={at} className="tabular" suppressHydrationWarning>
      {words.format(new Date(at))}
    </time>
  );
}
