import { gzipSync } from 'node:zlib';
import type { BrowserContext, Page, Response } from '@playwright/test';
import { addressOf, everyPage, type Who, whoOpens } from './pages.ts';
import { open } from './visit.ts';

/** So long without another script, and a page has all that it loads by itself. */
const QUIET_MS = 700;

export type Weight = { readonly page: string; readonly who: Who; readonly bytes: number };

/** Bytes of all script files that a page loads before anybody touches it, each compressed by gzip as a proxy would send it. */
export async function scriptBytes(
  context: BrowserContext,
  url: string,
  look: (page: Page) => Promise<void> = async () => undefined,
): Promise<number> {
  const page = await context.newPage();
  const scripts = new Map<string, Promise<Buffer>>();
  let last = Date.now();
  page.on('response', (answer: Response) => {
    if (answer.request().resourceType() !== 'script' || !answer.ok()) return;
    last = Date.now();
    scripts.set(answer.url(), answer.body());
  });
  await open(page, url);
  for (last = Date.now(); Date.now() - last < QUIET_MS; ) await page.waitForTimeout(100);
  const bodies = await Promise.all(scripts.values());
  await look(page);
  await page.close();
  return bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
}

/**
 * Weighs every page there is, each opened by one whom it is for. A page with an id in its address is reached by a link that this
 * person saw, or by `known`; what nothing led to, or would not open, is said in `unseen`.
 */
export async function weighEveryPage(
  people: Readonly<Record<Who, BrowserContext>>,
  origin: string,
  known: readonly string[],
  tell: (weight: Weight) => void,
): Promise<{ readonly weights: readonly Weight[]; readonly unseen: readonly string[] }> {
  const links = { guest: new Set(known), renter: new Set(known), host: new Set(known), admin: new Set(known) };
  const weights: Weight[] = [];
  const closed: string[] = [];
  for (let left = everyPage(); ; ) {
    const found = left.flatMap((page) => {
      const who = whoOpens(page);
      const address = addressOf(page, links[who]);
      return address === undefined ? [] : [{ page, who, address }];
    });
    if (found.length === 0) return { weights, unseen: [...closed, ...left] };
    left = left.filter((page) => !found.some((one) => one.page === page));
    for (const { page, who, address } of found) {
      try {
        const bytes = await scriptBytes(people[who], `${origin}${address}`, async (opened) => {
          for (const link of await linksOf(opened)) links[who].add(link);
        });
        const weight = { page, who, bytes };
        weights.push(weight);
        tell(weight);
      } catch (error) {
        closed.push(`${page}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}

function linksOf(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('a')]
      .filter(({ origin }) => origin === location.origin)
      .map(({ pathname }) => pathname),
  );
}
