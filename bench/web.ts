import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type Browser, chromium } from '@playwright/test';
import { chromiumPath } from '../bin/lib/test/needs.mjs';
import { startMarket } from './market.ts';
import { atMost, type Goal, median, round, say, sayGoals } from './report.ts';
import { startBareApp } from './web/bare-app.ts';
import { crowd, serverTimes } from './web/requests.ts';
import { makeScene, type Scene, signIn } from './web/scene.ts';
import { sizeOf } from './web/size.ts';
import { makeThings } from './web/things.ts';
import { paint } from './web/visit.ts';
import { scriptBytes, weighEveryPage } from './web/weigh.ts';

const PARTS = ['weight', 'paint', 'time', 'crowd'] as const;
const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    only: { type: 'string', multiple: true, default: [...PARTS] },
    rounds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '300' },
    visitors: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
  },
});
const wrong = values.only.find((part) => !PARTS.some((one) => one === part));
if (wrong !== undefined) throw new Error(`There is no part "${wrong}". The parts are ${PARTS.join(', ')}.`);

type Place = { readonly browser: Browser; readonly market: string; readonly bare: string; readonly scene: Scene };
const parts = { weight: weigh, paint: look, time, crowd: come };

const executablePath = chromiumPath();
// Built only where something is measured beside it.
const bare = values.only.some((part) => part === 'weight' || part === 'time') ? await startBareApp() : undefined;
const market = await startMarket(values.url);
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
try {
  const scene = await makeScene(market.url);
  const place = { browser, market: market.url, bare: bare?.url ?? '', scene };
  const goals: Goal[] = [];
  for (const part of PARTS.filter((one) => values.only.includes(one))) {
    goals.push(...(await parts[part](place)));
    say({ part, cores: availableParallelism(), loadOfLastMinute: round(loadavg()[0] ?? 0) });
  }
  await scene.end();
  sayGoals('web', goals);
} finally {
  await browser.close();
  await market.stop();
  await bare?.stop();
}

/** What pages weigh. Another program that runs beside it changes nothing of it. */
async function weigh({ browser, market, bare, scene }: Place): Promise<Goal[]> {
  const people = {
    guest: await browser.newContext(),
    renter: await browser.newContext(),
    host: await browser.newContext(),
    admin: await browser.newContext(),
  };
  for (const who of ['renter', 'host', 'admin'] as const) await signIn(people[who], market, who);
  const least = await scriptBytes(people.guest, bare);
  say({ page: 'a bare app', scriptBytes: least });
  const search = [];
  for (const who of ['guest', 'renter'] as const) {
    const bytes = await scriptBytes(people[who], `${market}/gpus`);
    say({ page: '/gpus', who, scriptBytes: bytes, ofBare: round(bytes / least), ...(await sizeOf(`${market}/gpus`)) });
    search.push(bytes);
  }
  const ended = await scene.rentAndEnd(5);
  await makeThings(scene.renter, ended);
  const listing = `/gpus/${scene.listingId}`;
  const booking = `/bookings/${scene.bookingId}`;
  const known = [listing, `${listing}/reviews`, booking, `${booking}/extend`, `/bookings/${ended}/review`];
  const { weights, unseen } = await weighEveryPage(people, market, known, ({ page, who, bytes }) =>
    say({ page, who, scriptBytes: bytes, ofBare: round(bytes / least) }),
  );
  const heaviest = weights.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  say({ pages: weights.length, heaviest: heaviest.page, unseen });
  for (const context of Object.values(people)) await context.close();
  return [
    atMost('script of the search page ÷ a bare app', Math.max(...search) / least, 1.15, '×'),
    atMost('script of the heaviest page ÷ a bare app', heaviest.bytes / least, 1.6, '×'),
  ];
}

/** First visits in the lab: medians of the rounds, and the worst shift of all. */
async function look({ browser, market, scene }: Place): Promise<Goal[]> {
  const renter = await browser.newContext();
  const guest = await browser.newContext();
  await signIn(renter, market, 'renter');
  const goals: Goal[] = [];
  for (const [name, context, path] of [
    ['search', guest, '/gpus'],
    ['listing', guest, `/gpus/${scene.listingId}`],
    ['booking', renter, `/bookings/${scene.bookingId}`],
  ] as const) {
    const seen = [];
    for (let index = 0; index < Number(values.rounds); index += 1) seen.push(await paint(context, `${market}${path}`));
    const lcpMs = median(seen.map((one) => one.lcpMs));
    const cls = Math.max(...seen.map((one) => one.cls));
    say({
      page: name,
      lcpMs: round(lcpMs),
      all: seen.map((one) => Math.round(one.lcpMs)),
      firstByteMs: round(median(seen.map((one) => one.firstByteMs))),
      largest: seen[0]?.largest,
      cls: round(cls),
    });
    goals.push(atMost(`${name}: largest paint in the lab`, lcpMs, 1_200, 'ms'));
    goals.push(atMost(`${name}: layout shift`, cls, 0.02, ''));
  }
  await renter.close();
  await guest.close();
  return goals;
}

async function time({ market, bare }: Place): Promise<Goal[]> {
  const pages = { search: `${market}/gpus`, terms: `${market}/terms`, bare: `${bare}/dynamic` };
  const [search = 0, terms = 0, least = 1] = await serverTimes(Object.values(pages), Number(values.requests));
  say({ searchMs: round(search), termsMs: round(terms), bareDynamicPageMs: round(least) });
  return [atMost('server time of search ÷ a bare dynamic page, p50', search / least, 2, '×')];
}

async function come({ market, scene }: Place): Promise<Goal[]> {
  const paths = ['/', '/gpus', `/gpus/${scene.listingId}`, '/gpus?sort=price&page=2', '/interruptible', '/reliability'];
  const urls = paths.map((path) => `${market}${path}`);
  const came = await crowd(urls, Number(values.visitors), Number(values.seconds));
  const { pages, pagesPerSecond, p95Ms, errors } = came;
  say({ pages, pagesPerSecond: round(pagesPerSecond), p95Ms: round(p95Ms), errors: errors.slice(0, 5) });
  return [atMost(`errors of ${values.visitors} visitors at once`, errors.length, 0, '')];
}
