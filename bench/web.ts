import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { chromiumPath } from '../bin/lib/test/needs.mjs';
import { startMarket } from './market.ts';
import { atMost, median, round, say, sayGoals } from './report.ts';
import { startBareApp } from './web/bare-app.ts';
import { crowd, serverTimes } from './web/requests.ts';
import { makeScene, plainPages, signIn } from './web/scene.ts';
import { paint, scriptBytes } from './web/visit.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '300' },
    visitors: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
  },
});
const rounds = Number(values.rounds);

const executablePath = chromiumPath();
const bare = await startBareApp();
const market = await startMarket(values.url);
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
try {
  const scene = await makeScene(market.url);
  const guest = await browser.newContext();
  const people = { guest, renter: await browser.newContext(), admin: await browser.newContext() };
  await signIn(people.renter, market.url, 'renter');
  await signIn(people.admin, market.url, 'admin');

  const leastBytes = await scriptBytes(guest, bare.url);
  say({ page: 'a bare app', scriptBytes: leastBytes });
  const weigh = async (who: keyof typeof people, path: string) => {
    const bytes = await scriptBytes(people[who], `${market.url}${path}`);
    say({ page: path, who, scriptBytes: bytes, ofBare: round(bytes / leastBytes) });
    return { path, ratio: bytes / leastBytes };
  };
  const search = await weigh('guest', '/gpus');
  const signedIn = await weigh('renter', '/gpus');
  const weights = [search, signedIn, await weigh('guest', `/gpus/${scene.listingId}`)];
  for (const path of [`/gpus/${scene.listingId}/book?gpus=1&hours=1`, `/bookings/${scene.bookingId}`])
    weights.push(await weigh('renter', path));
  for (const path of plainPages().filter((each) => !/sign-|\/gpus$/.test(each)))
    weights.push(await weigh(path.startsWith('/admin') ? 'admin' : 'renter', path));
  const heaviest = weights.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  say({ heaviest: heaviest.path });

  const painted = [];
  for (const [name, who, path] of [
    ['search', 'guest', '/gpus'],
    ['listing', 'guest', `/gpus/${scene.listingId}`],
    ['booking', 'renter', `/bookings/${scene.bookingId}`],
  ] as const) {
    const seen = [];
    for (let index = 0; index < rounds; index += 1) seen.push(await paint(people[who], `${market.url}${path}`));
    const lcpMs = median(seen.map((one) => one.lcpMs));
    const cls = Math.max(...seen.map((one) => one.cls));
    say({ page: name, lcpMs: round(lcpMs), cls: round(cls) });
    painted.push({ name, lcpMs, cls });
  }

  const [ours = 0, theirs = 1] = await serverTimes(
    [`${market.url}/gpus`, `${bare.url}/dynamic`],
    Number(values.requests),
  );
  say({ searchMs: round(ours), bareDynamicPageMs: round(theirs) });

  const paths = ['/', '/gpus', `/gpus/${scene.listingId}`, '/gpus?sort=price&page=2', '/interruptible', '/reliability'];
  const urls = paths.map((path) => `${market.url}${path}`);
  const came = await crowd(urls, Number(values.visitors), Number(values.seconds));
  say({
    ...came,
    errors: came.errors.slice(0, 5),
    pagesPerSecond: round(came.pagesPerSecond),
    p95Ms: round(came.p95Ms),
  });
  await scene.end();

  sayGoals('web', [
    atMost('script of the search page ÷ a bare app', Math.max(search.ratio, signedIn.ratio), 1.15, '×'),
    atMost('script of the heaviest page ÷ a bare app', heaviest.ratio, 1.6, '×'),
    ...painted.flatMap(({ name, lcpMs, cls }) => [
      atMost(`${name}: largest paint in the lab`, lcpMs, 1_200, 'ms'),
      atMost(`${name}: layout shift`, cls, 0.02, ''),
    ]),
    atMost('server time of search ÷ a bare dynamic page, p50', ours / theirs, 2, '×'),
    atMost(`errors of ${values.visitors} visitors at once`, came.errors.length, 0, ''),
  ]);
} finally {
  await browser.close();
  await market.stop();
  await bare.stop();
}
