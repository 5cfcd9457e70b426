import { gzipSync } from 'node:zlib';
import type { BrowserContext, Page, Response } from '@playwright/test';

/** Long enough for what a page loads after its load event, and for its largest paint on a slow machine. */
const REST_MS = 1_500;

/** A phone of the middle on a good mobile network: CPU 4 × slower, 10 Mbit/s, 40 ms (Lighthouse's "dense 4G" has the same network). */
const LAB = { cpu: 4, latency: 40, bytesPerSecond: 10_000_000 / 8 } as const;

/** Bytes of all script files that a page loads before anybody touches it, each compressed by gzip as a proxy would send it. */
export async function scriptBytes(context: BrowserContext, url: string): Promise<number> {
  const page = await context.newPage();
  const scripts = new Map<string, Promise<Buffer>>();
  const note = (answer: Response) => {
    if (answer.request().resourceType() === 'script' && answer.ok()) scripts.set(answer.url(), answer.body());
  };
  page.on('response', note);
  await open(page, url);
  page.off('response', note);
  const bodies = await Promise.all(scripts.values());
  await page.close();
  return bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
}

export type Paint = { readonly lcpMs: number; readonly cls: number };

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
  const seen = await page.evaluate(async () => {
    let lcpMs = 0;
    let cls = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) lcpMs = Math.max(lcpMs, entry.startTime);
    }).observe({ type: 'largest-contentful-paint', buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if ('value' in entry) cls += Number(entry.value);
    }).observe({ type: 'layout-shift', buffered: true });
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { lcpMs, cls };
  });
  await page.close();
  return seen;
}

async function open(page: Page, url: string): Promise<void> {
  const answer = await page.goto(url, { waitUntil: 'load' });
  if (answer?.ok() !== true) throw new Error(`${url} answered ${answer?.status()}.`);
  if (page.url().includes('/sign-in')) throw new Error(`${url} asked to sign in.`);
  await page.waitForTimeout(REST_MS);
}
