import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { labelOf, type PriceBand } from '#lib/catalogue/price-band.ts';
import type { PriceLine } from '#lib/catalogue/price-line.ts';
import { PriceChart } from './price-chart.tsx';
import { PriceExplained } from './price-explained.tsx';
import { PriceLabel } from './price-label.tsx';
import { PriceSparkline } from './price-sparkline.tsx';

const band: PriceBand = {
  ...{ model: 'RTX 4090', tier: 'selfTested', simulated: false, n: 20, listings: 3 },
  ...{ p25Micros: 300_000n, medianMicros: 350_000n, p75Micros: 400_000n },
  ...{ lowestMicros: 200_000n, highestMicros: 600_000n, from: '2026-10-24', to: '2026-11-22' },
};
const words = (html: string) =>
  html
    .replace(/<!--.*?-->/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

describe('a price label', () => {
  it('is an arrow and a word, and nothing where there is too little to judge by', () => {
    const html = renderToStaticMarkup(<PriceLabel label={labelOf(250_000n, band)} href="/x" />);
    expect(html).toContain('<svg');
    expect(words(html)).toContain('Low price');
    expect(words(html)).toContain('explain this price');
    expect(renderToStaticMarkup(<PriceLabel label={labelOf(250_000n, { ...band, n: 19 })} />)).toBe('');
  });

  it('is explained by the figures that it is made of', () => {
    const price = 450_000n;
    const label = labelOf(price, band);
    const said = words(
      renderToStaticMarkup(<PriceExplained priceMicrosPerGpuHour={price} band={band} label={label} />),
    );
    expect(said).toContain('$0.45 is above P75: high.');
    expect(said).toContain('$0.10 above the median');
    expect(said).toContain('Prices 20, one for each listing and day');
    expect(said).toContain('a quarter of them, 5, asked no more');
  });

  it('says why there is none', () => {
    const few = { ...band, n: 19 };
    const said = (found: PriceBand | null) =>
      words(renderToStaticMarkup(<PriceExplained priceMicrosPerGpuHour={1n} band={found} label={null} />));
    expect(said(few)).toContain('19 prices');
    expect(said(few)).toContain('It takes 20');
    expect(said(null)).toContain('nothing alike was offered');
  });
});

describe('a chart of prices', () => {
  const point = (day: string, median: bigint) => ({
    ...{ day, listings: 3, lowestMicros: 1n, p25Micros: median - 10_000n, medianMicros: median },
    ...{ p75Micros: median + 10_000n, highestMicros: 900_000n },
  });
  const line: PriceLine = {
    ...{ model: 'RTX 4090', tier: null, simulated: false, from: '2026-11-18', to: '2026-11-22' },
    points: [point('2026-11-18', 300_000n), point('2026-11-19', 310_000n), point('2026-11-22', 280_000n)],
  };

  it('draws a gap as a gap, and says in a sentence what the picture shows', () => {
    const html = renderToStaticMarkup(<PriceSparkline line={line} />);
    const path = /<path d="([^"]+)" class="fill-none/.exec(html)?.[1] ?? '';
    expect(path.match(/M/g)).toHaveLength(2);
    expect(words(html)).toContain('Median $0.30 on 18 Nov, $0.28 on 22 Nov; between $0.28 and $0.31 meanwhile.');
    expect(words(renderToStaticMarkup(<PriceSparkline line={{ ...line, points: [] }} />))).toContain('no full day yet');
  });

  it('draws days that follow each other at the same prices as one stroke', () => {
    const days = ['2026-11-18', '2026-11-19', '2026-11-20', '2026-11-22'].map((day) => point(day, 300_000n));
    const html = renderToStaticMarkup(<PriceChart caption="Price" market={{ ...line, points: days }} />);
    const [band = '', medians = ''] = [...html.matchAll(/<path d="([^"]*)"/g)].map(([, path]) => path);
    for (const path of [band, medians]) expect(path.match(/M/g)).toHaveLength(2);
    expect(medians).toMatch(/^M0 [\d.]+H600M800 [\d.]+H1000$/);
  });

  it('has a table for each thing that it draws, also where all prices are one', () => {
    const changes = [{ since: new Date('2026-11-18T00:00:00Z'), priceMicrosPerGpuHour: 300_000n }];
    const own = { changes, until: new Date('2026-11-22T12:00:00Z') };
    const html = renderToStaticMarkup(<PriceChart caption="Price" market={line} own={own} />);
    expect(html).not.toMatch(/NaN|Infinity/);
    expect(html.match(/<table/g)).toHaveLength(2);
    expect(words(html)).toContain('22 Nov $0.27 $0.28 $0.29 3');
    const flat = renderToStaticMarkup(<PriceChart caption="Price" market={{ ...line, points: [] }} own={own} />);
    expect(flat).not.toMatch(/NaN|Infinity/);
    expect(words(renderToStaticMarkup(<PriceChart caption="Price" market={{ ...line, points: [] }} />))).toContain(
      'No price is known yet',
    );
  });
});
