import { readFileSync } from 'node:fs';
import { type Micros, parseDollars } from '#lib/base/money.ts';
import { countryName, isCountry } from '#lib/catalogue/country.ts';

/** One line of market-offers.csv. */
export type MarketOffer = {
  /** Its place in the list: what is made up about it hangs on this. */
  readonly index: number;
  readonly model: string;
  readonly gpuCount: number;
  readonly vramBytesPerGpu: number;
  readonly priceMicrosPerGpuHour: Micros;
  readonly region: string | null;
  readonly country: string;
};

const MIB = 1_048_576;
const LINE = /^([^,]+),(\d+),(\d+),(\d+\.\d{2}),"([^"]+)"$/;

/** The offers of the file, in its order. The price of one GPU is the whole price divided, in whole micro-dollars. */
export function marketOffers(): MarketOffer[] {
  const text = readFileSync(new URL('./market-offers.csv', import.meta.url), 'utf8');
  return text.trim().split('\n').slice(1).map(readOffer);
}

function readOffer(line: string, index: number): MarketOffer {
  const [, model = '', count = '', mib = '', dollars = '', place = ''] = LINE.exec(line.trim()) ?? [];
  const country = place.split(', ').at(-1) ?? '';
  const total = parseDollars(dollars);
  if (model === '' || total === undefined || !isCountry(country))
    throw new Error(`market-offers.csv, offer ${index + 1}, cannot be read: ${line}`);
  const gpuCount = Number(count);
  const region = place.includes(', ') ? place.slice(0, place.lastIndexOf(', ')) : null;
  return {
    index,
    model,
    gpuCount,
    vramBytesPerGpu: Math.floor(Number(mib) / gpuCount) * MIB,
    priceMicrosPerGpuHour: total / BigInt(gpuCount),
    region: region === countryName(country) ? null : region,
    country,
  };
}
