import { median, quantile } from '../report.ts';

/** Medians of the time to the last byte, one request at a time, the two addresses by turns: what disturbs one disturbs the other. */
export async function serverTimes(urls: readonly string[], rounds: number): Promise<number[]> {
  const times = urls.map((): number[] => []);
  for (let round = 0; round < rounds + WARM_UP; round += 1) {
    for (const [index, url] of urls.entries()) {
      const began = performance.now();
      const answer = await fetch(url);
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`${url} answered ${answer.status}.`);
      if (round >= WARM_UP) times[index]?.push(performance.now() - began);
    }
  }
  return times.map(median);
}

const WARM_UP = 20;

export type Crowd = {
  readonly pages: number;
  readonly errors: readonly string[];
  readonly pagesPerSecond: number;
  readonly p95Ms: number;
};

/** So many visitors at once for so long, each opening one page after the other without reading; their scripts and styles the first time. */
export async function crowd(urls: readonly string[], visitors: number, seconds: number): Promise<Crowd> {
  const times: number[] = [];
  const errors: string[] = [];
  const ends = performance.now() + seconds * 1_000;
  const get = async (url: string) => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status}`);
    return text;
  };
  const visit = async (visitor: number) => {
    for (let at = visitor; performance.now() < ends; at += 1) {
      const url = urls[at % urls.length] ?? '';
      const began = performance.now();
      try {
        const html = await get(url);
        times.push(performance.now() - began);
        const files = at === visitor ? new Set(html.match(/\/_next\/static\/[\w./~-]+\.(?:js|css)/g)) : [];
        for (const file of files) await get(new URL(file, url).href);
      } catch (error) {
        errors.push(`${url}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: visitors }, (_, index) => visit(index)));
  return {
    pages: times.length,
    errors,
    pagesPerSecond: times.length / seconds,
    p95Ms: times.length === 0 ? Number.POSITIVE_INFINITY : quantile(times, 0.95),
  };
}
