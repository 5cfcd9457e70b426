const MOST_BYTES = 16 * 1024 * 1024;
const LEAST_BYTES = 1024 * 1024;
const LONGEST_MS = 3_000;

/**
 * How fast this machine downloads from the market, in bits per second, by fetching at most 16 MiB of `url` for at most
 * three seconds. A lower bound: the market's own line may be the slower one. Null where nothing meaningful was measured:
 * the market is on this machine, does not answer, or sent too little.
 */
export async function measureDownload(url: string): Promise<number | null> {
  if (isThisMachine(new URL(url).hostname)) return null;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(LONGEST_MS + 5_000), redirect: 'error' });
    if (!answer.ok || answer.body === null) return null;
    const begin = performance.now();
    let bytes = 0;
    for await (const chunk of answer.body) {
      bytes += chunk.byteLength;
      if (bytes >= MOST_BYTES || performance.now() - begin >= LONGEST_MS) break;
    }
    const seconds = (performance.now() - begin) / 1_000;
    return bytes >= LEAST_BYTES && seconds > 0 ? Math.round((bytes * 8) / seconds) : null;
  } catch {
    return null;
  }
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]';
}
