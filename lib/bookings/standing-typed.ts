import { dollarsInput, parseDollars } from '#lib/base/money.ts';
import { CONTINENTS, isContinent } from '#lib/catalogue/continent.ts';
import { countries, countryName } from '#lib/catalogue/country.ts';
import { TRUST_TIERS } from '#lib/catalogue/machine.ts';
import type { SearchAsk } from '#lib/catalogue/search.ts';
import { readSizes, typeSizes, usualSizes } from './sizes.ts';
import type { StandingWish } from './standing-request.ts';
import type { StandingWishInput } from './standing-schema.ts';

/** A wish as a person types it: text in every field; a tick is "on". */
export type StandingTyped = Readonly<Record<(typeof TYPED_FIELDS)[number], string>>;

const TICKS = CONTINENTS.map((word) => `in-${word}` as const);
export const TYPED_FIELDS = [
  'models',
  'vram',
  'gpus',
  'price',
  'trust',
  'reliability',
  'realOnly',
  ...TICKS,
  'countries',
  'disk',
  'hours',
  'cap',
  'deadline',
] as const;
/** Those that can be changed while a request waits. */
export const EDITED_FIELDS = ['price', 'cap', 'deadline', ...TICKS, 'countries'] as const;
type Field = (typeof TYPED_FIELDS)[number];

/** The fields of {@link StandingTyped} by what the commands call them. */
export const STANDING_FIELDS: Readonly<Record<string, string>> = {
  vramGib: 'vram',
  gpuCount: 'gpus',
  maxPriceMicrosPerGpuHour: 'price',
  leastReliabilityBasisPoints: 'reliability',
  regions: 'countries',
  diskBytes: 'disk',
  durationSeconds: 'hours',
  capMicros: 'cap',
  finishBy: 'deadline',
};

const EMPTY = Object.fromEntries(TYPED_FIELDS.map((field) => [field, ''])) as StandingTyped;

/** Reads a wish, or says what is wrong with each field, in a sentence. Whether it can be is for `standingProblems` to say. */
export function readStandingTyped(
  typed: StandingTyped,
): { wish: StandingWishInput } | { problems: Partial<Record<Field, string>> } {
  const sizes = readSizes({ ...typed, gpus: typed.gpus.trim() === '' ? '1' : typed.gpus });
  const price = parseDollars(typed.price.trim().replace(/^\$/, ''));
  const places = readCountries(typed.countries);
  const finishBy = readDeadline(typed.deadline);
  const vram = typed.vram.trim() === '' ? null : Number(typed.vram);
  const percent = typed.reliability.trim() === '' ? null : Number(typed.reliability.replace('%', ''));
  const trust = TRUST_TIERS.find((tier) => tier === typed.trust) ?? 'selfTested';
  const hours = 'sizes' in sizes ? sizes.sizes.durationSeconds : 0;
  const problems: Partial<Record<Field, string>> = {
    ...('problems' in sizes ? sizes.problems : {}),
    ...(hours === null && { hours: 'Write for how many hours you need it, like 8 or 0.5.' }),
    ...(price === undefined && { price: 'Write the most that you pay per GPU-hour, in dollars, like 0.30.' }),
    ...('problem' in places && { countries: places.problem }),
    ...(finishBy === undefined && { deadline: 'Write a date and a time.' }),
    ...(vram !== null && !Number.isFinite(vram) && { vram: 'Write a number of GiB, or nothing.' }),
    ...(percent !== null && !Number.isFinite(percent) && { reliability: 'Write a percentage, or nothing.' }),
  };
  if (
    Object.keys(problems).length > 0 ||
    'problems' in sizes ||
    sizes.sizes.durationSeconds === null ||
    price === undefined ||
    'problem' in places ||
    finishBy === undefined
  )
    return { problems };
  const { gpuCount, diskBytes, durationSeconds, capMicros } = sizes.sizes;
  return {
    wish: {
      models: typed.models
        .split(/[,;]/)
        .map((model) => model.trim())
        .filter((model) => model !== ''),
      vramGib: vram,
      gpuCount,
      diskBytes,
      regions: [...CONTINENTS.filter((word) => typed[`in-${word}`] !== ''), ...places.codes],
      trust,
      leastReliabilityBasisPoints: percent === null ? null : Math.round(percent * 100),
      realOnly: typed.realOnly !== '',
      maxPriceMicrosPerGpuHour: price,
      durationSeconds,
      finishBy,
      capMicros,
    },
  };
}

/** As people type names: without accents, in small letters. */
function plain(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

const BY_NAME = new Map(
  countries().flatMap(({ code, name }) => [[plain(code), code] as const, [plain(name), code] as const]),
);

/** "Germany, jp" as codes. */
function readCountries(text: string): { codes: readonly string[] } | { problem: string } {
  const words = text
    .split(/[,;]/)
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const codes: string[] = [];
  for (const word of words) {
    const found = BY_NAME.get(plain(word));
    if (found === undefined)
      return { problem: `"${word.slice(0, 40)}" is no country. Write names or two-letter codes, with commas.` };
    codes.push(found);
  }
  return { codes };
}

/** "2026-11-27T18:00", in UTC. */
function readDeadline(text: string): Date | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?$/.exec(text.trim());
  const at = match === null ? new Date(Number.NaN) : new Date(`${match[1]}T${match[2]}${match[3] ?? ':00'}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** A deadline as a field for date and time takes it, in UTC. */
export function deadlineInput(at: Date): string {
  return at.toISOString().slice(0, 16);
}

/** What a search looked for, as it would be typed: "ask for it instead". */
export function typeSearch(ask: SearchAsk): StandingTyped {
  const usual = usualSizes(ask.gpus ?? 1);
  return {
    ...EMPTY,
    ...placesTyped(ask.countries),
    models: ask.models.join(', '),
    vram: ask.vramGib === null ? '' : String(ask.vramGib),
    gpus: usual.gpus,
    disk: usual.disk,
    price: ask.maxPriceMicrosPerGpuHour === null ? '' : dollarsInput(ask.maxPriceMicrosPerGpuHour),
    trust: ask.trust,
    reliability: ask.leastReliabilityBasisPoints === null ? '' : String(ask.leastReliabilityBasisPoints / 100),
    realOnly: ask.hideSimulated ? 'on' : '',
  };
}

/** A wish as it would be typed, without its deadline. Reads back with {@link readStandingTyped}. */
export function typeWish(wish: StandingWish): StandingTyped {
  const { gpus, disk, hours, cap } = typeSizes(wish);
  return {
    ...EMPTY,
    ...placesTyped(wish.regions),
    models: wish.models.join(', '),
    vram: wish.vramGib === null ? '' : String(wish.vramGib),
    gpus,
    disk,
    hours,
    cap,
    price: dollarsInput(wish.maxPriceMicrosPerGpuHour),
    trust: wish.trust,
    reliability: wish.leastReliabilityBasisPoints === null ? '' : String(wish.leastReliabilityBasisPoints / 100),
    realOnly: wish.realOnly ? 'on' : '',
  };
}

function placesTyped(regions: readonly string[]): Partial<StandingTyped> {
  const ticked = regions.filter(isContinent).map((word) => [`in-${word}`, 'on']);
  // A comma parts names: a name with one in it is written by its code.
  const named = regions
    .filter((word) => !isContinent(word))
    .map((code) => (/[,;]/.test(countryName(code)) ? code : countryName(code)));
  return { ...Object.fromEntries(ticked), countries: named.join(', ') };
}
