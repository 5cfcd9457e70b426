'use client';

import { useEffect, useRef } from 'react';

const RETRY_MS = 3_000;

/**
 * Reads on while more can come and the page is looked at: `read` asks once for what came after what is there, by a request that
 * the server holds until there is something. One that fails is tried again after three seconds; another `key` begins anew.
 */
export function useReadOn(key: string, live: boolean, read: (signal: AbortSignal) => Promise<void>): void {
  const newest = useRef(read);
  newest.current = read;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another key is another thing to read
  useEffect(() => {
    if (!live) return;
    let reading: AbortController | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;

    async function readAll(signal: AbortSignal) {
      while (!signal.aborted) await newest.current(signal);
    }

    function begin() {
      const controller = new AbortController();
      reading = controller;
      readAll(controller.signal).catch(() => {
        if (!controller.signal.aborted) retry = setTimeout(begin, RETRY_MS);
      });
    }

    function end() {
      clearTimeout(retry);
      reading?.abort();
      reading = undefined;
    }

    // Browsers allow few connections to one server: a tab in the background gives its own back.
    function onVisibility() {
      if (document.hidden) end();
      else if (reading === undefined) begin();
    }

    onVisibility();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      end();
    };
  }, [key, live]);
}
