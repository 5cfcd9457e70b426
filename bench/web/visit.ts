import type { BrowserContext, Page } from '@playwright/test';

/** Long enough for the largest paint on a slow machine, and for what moves after it. */
const REST_MS = 2_000;

/** A phone of the middle on a good mobile network: CPU 4 × slower, 10 Mbit/s, 40 ms (Lighthouse's "dense 4G" has the same network). */
const LAB = { cpu: 4, latency: 40, bytesPerSecond: 10_000_000 / 8 } as const;

export type Paint = {
  /** When the first byte came, and when the largest content was painted. */
  readonly firstByteMs: number;
  readonly lcpMs: number;
  readonly cls: number;
  /** What was painted then. */
  readonly largest: string;
};

/** When a first visit's largest content was painted, and how far things moved, on the slow machine of the lab. */
export async function paint(context: BrowserContext, url: string): Promise<Paint> {
  const page = await context.newPage();
  const lab = await context.newCDPSession(page);
  await lab.send('Network.enable');
  await lab.send('Network.setCacheDisabled', { cacheDisabled: true });
  await lab.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: LAB.latency,
    downloadThroughput: LAB.bytesPerSecond,
    uploadThroughput: LAB.bytesPerSecond,
  });
  await lab.send('Emulation.setCPUThrottlingRate', { rate: LAB.cpu });
  await open(page, url);
  await page.waitForTimeout(REST_MS);
  const seen = await page.evaluate(async () => {
    const found = { firstByteMs: 0, lcpMs: 0, cls: 0, largest: '' };
    const [load] = performance.getEntriesByType('navigation');
    if (load instanceof PerformanceNavigationTiming) found.firstByteMs = load.responseStart;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.startTime < found.lcpMs) continue;
        found.lcpMs = entry.startTime;
        const element = 'element' in entry && entry.element instanceof Element ? entry.element : null;
        found.largest = `${element?.tagName.toLowerCase() ?? '?'} "${element?.textContent.slice(0, 40) ?? ''}"`;
      }
    }).observe({ type: 'largest-contentful-paint', buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if ('value' in entry) found.cls += Number(entry.value);
    }).observe({ type: 'layout-shift', buffered: true });
    await new Promise((resolve) => setTimeout(resolve, 500));
    return found;
  });
  await page.close();
  return seen;
}

/** Opens a page as far as its load event; throws where it does not answer, or asks to sign in. */
export async function open(page: Page, url: string): Promise<void> {
  const answer = await page.goto(url, { waitUntil: 'load' });
  if (answer?.ok() !== true) throw new Error(`${url} answered ${answer?.status()}.`);
  const signIn = (address: string) => new URL(address).pathname.startsWith('/sign-in');
  if (signIn(page.url()) && !signIn(url)) throw new Error(`${url} asked to sign in.`);
}
