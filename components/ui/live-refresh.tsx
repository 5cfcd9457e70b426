'use client';

import { useRouter } from 'next/navigation';
import { startTransition, useEffect, useState } from 'react';
import { cn } from './cn.ts';

type LiveRefreshProps = {
  /** A stream of server-sent events; each one means "something here changed". */
  url: string;
  /** Names of events that count, besides unnamed ones. */
  events?: readonly string[] | undefined;
  /** Shows "Live" or "Reconnecting". */
  showStatus?: boolean | undefined;
  /** The longest time in milliseconds that a change waits for others to come with it. */
  settleMs?: number | undefined;
  /** Asks again so often as well, in milliseconds, while the page is looked at: for figures that flow, of which no event tells. */
  everyMs?: number | undefined;
  className?: string | undefined;
};

/** What happened between the making of a page and the opening of its stream is missed: of a slow one the page is asked for again. */
const SLOW_OPENING_MS = 2_000;
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000] as const;

/** Keeps a server-rendered page current: asks for it again when the stream says so, and after every gap in the stream. */
export function LiveRefresh({ url, events, showStatus, settleMs = 250, everyMs, className }: LiveRefreshProps) {
  const router = useRouter();
  const [live, setLive] = useState<boolean | undefined>(undefined);
  const names = events?.join(' ') ?? '';

  useEffect(() => {
    let source: EventSource | undefined;
    let settle: ReturnType<typeof setTimeout> | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let failures = 0;
    let missed = false;
    let begun = performance.now();

    function refresh() {
      settle ??= setTimeout(() => {
        settle = undefined;
        startTransition(() => router.refresh());
      }, settleMs);
    }

    function open() {
      close();
      begun = performance.now();
      source = new EventSource(url);
      source.onopen = () => {
        failures = 0;
        setLive(true);
        if (missed || performance.now() - begun > SLOW_OPENING_MS) refresh();
        missed = false;
      };
      source.onmessage = refresh;
      for (const name of names.split(' ').filter(Boolean)) source.addEventListener(name, refresh);
      source.onerror = () => {
        setLive(false);
        missed = true;
        // A dropped stream is opened again by the browser; one that was refused is not.
        if (source?.readyState === EventSource.CLOSED) {
          retry = setTimeout(open, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
          failures += 1;
        }
      };
    }

    function close() {
      clearTimeout(retry);
      source?.close();
      source = undefined;
    }

    // Browsers allow few streams per server over HTTP/1.1: a tab in the background gives its own back.
    function onVisibility() {
      if (document.hidden) {
        close();
        missed = true;
      } else if (source === undefined) open();
    }

    if (!document.hidden) open();
    const flow = everyMs === undefined ? undefined : setInterval(() => document.hidden || refresh(), everyMs);
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      clearTimeout(settle);
      clearInterval(flow);
      close();
    };
  }, [url, names, settleMs, everyMs, router]);

  if (!showStatus) return null;
  return (
    <span role="status" className={cn('inline-flex h-6 items-center gap-1.5 text-muted text-xs', className)}>
      <span
        aria-hidden
        className={cn(
          'size-1.5 rounded-full',
          live === true ? 'bg-good-ink' : live === false ? 'animate-breathe bg-warn-ink' : 'bg-line-control',
        )}
      />
      {live === true ? 'Live' : live === false ? 'Reconnecting' : 'Connecting'}
    </span>
  );
}
