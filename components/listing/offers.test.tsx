import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import { finishOf } from '#lib/catalogue/fit/finish.ts';
import { usualWorkload } from '#lib/catalogue/fit/workload.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';
import { rankReasons } from '#lib/catalogue/rank-reasons.ts';
import { EVERYTHING } from '#lib/catalogue/search.ts';
import type { OfferExtra } from './offer-extras.ts';
import { offerLine } from './offer-line.ts';
import { OfferList } from './offer-list.tsx';
import { OfferTile } from './offer-tile.tsx';

vi.mock('next/navigation', () => ({ useRouter: () => ({ push: () => undefined }) }));

const GIB = 1_073_741_824;
const NOW = new Date('2026-11-24T12:00:00Z');
const offer: OfferRow = {
  listingId: 'lst_1',
  machineId: 'mch_1',
  machineName: '<b>box</b>',
  hostName: 'Ada',
  own: false,
  simulated: true,
  gpuModel: 'RTX 4090',
  gpuCount: 2,
  freeGpus: 1,
  vramBytes: 24n * BigInt(GIB),
  priceMicrosPerGpuHour: 350_000n,
  diskPriceMicrosPerGibMonth: 100_000n,
  minGpus: 1,
  endsAt: null,
  nextFreeAt: null,
  freeUntil: new Date('2026-11-28T14:00:00Z'),
  region: null,
  country: 'DE',
  health: 'online',
  trust: 'selfTested',
  reliabilityBasisPoints: 9_950,
  cpuModel: 'CPU',
  cpuThreads: 16,
  memoryBytes: 64 * GIB,
  diskFreeBytes: 800 * GIB,
  networkDownBitsPerSecond: 900_000_000,
  startMs: 4_000,
  publishedAt: new Date('2026-11-23T12:00:00Z'),
};
const job = usualWorkload('llama-3.1-8b', 'full');
const finish = finishOf(job)({
  ...offer,
  gpuModel: 'H100 SXM',
  vramBytes: 80 * GIB,
  priceMicrosPerGpuHour: 350_000,
  diskPriceMicrosPerGibMonth: 100_000,
});
const extra = (change: Partial<OfferExtra> = {}): OfferExtra => ({
  label: null,
  finish,
  shellSeconds: 75,
  place: 3,
  reasons: rankReasons(offer, { ...EVERYTHING, job, sort: 'cost' }, finish),
  compare: { chosen: false, href: '/gpus?compare=lst_1' },
  ...change,
});
const text = (markup: string) => markup.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const list = (one?: OfferExtra) =>
  renderToStaticMarkup(<OfferList offers={[offer]} caption="Offers" now={NOW} extraOf={one && (() => one)} />);

describe('an offer of a search', () => {
  it('says the same as a row and as a card: free until, what is short, the cost, the place', () => {
    const tile = renderToStaticMarkup(<OfferTile offer={offer} extra={extra()} now={NOW} />);
    for (const said of [list(extra()), tile]) {
      const words = text(said);
      expect(words).toContain('1 of 2 free');
      expect(words).toContain('free until 28 Nov, 14:00 UTC');
      expect(words).toContain('Why no. 3');
      expect(words).toContain('What has too few GPUs free comes last');
      expect(said).toContain('href="/gpus?compare=lst_1"');
      expect(said).toContain('href="/gpus/lst_1"');
      expect(said).not.toContain('<b>box</b>');
      // The job is held against the whole machine: what of it is free is another question, and said beside it.
      expect(words).toContain('needs 2 GPUs, only 1 free now');
    }
  });

  it('travels to the browser as its words, a fifth of what a row once weighed there', () => {
    const line = JSON.stringify(offerLine(offer, extra(), NOW));
    expect(line.length).toBeLessThan(1_200);
    expect(line).not.toContain('className');
  });

  it('says in the tray that it is, and where the tray is full that it is full', () => {
    expect(text(list(extra({ compare: { chosen: true, href: '/gpus' } })))).toContain('In the tray');
    const full = list(extra({ compare: { chosen: false, href: null } }));
    expect(text(full)).toContain('Tray is full');
  });

  it('stands elsewhere without any of it, and without an order', () => {
    const words = text(list());
    for (const word of ['Compare', 'Why no.', 'Cost to finish', 'First shell']) expect(words).not.toContain(word);
    expect(words).toContain('$0.35');
  });
});
