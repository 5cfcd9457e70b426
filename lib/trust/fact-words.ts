import { formatDollars } from '#lib/base/money.ts';
import { inLetters } from '#lib/base/words.ts';
import { reasonTold } from '#lib/bookings/booking-words.ts';
import { formatBasisPoints, formatBytes } from '#lib/catalogue/quantity.ts';
import { formatSpan } from '#lib/catalogue/span-words.ts';

/** What people typed, or what comes from outside: said as it is, though it may look like a word of ours. */
const TYPED = new Set(['name', 'label', 'image', 'text', 'fingerprint', 'model', 'models', 'url', 'tell']);

type Unit = {
  readonly name: RegExp;
  /** The name without its unit. */
  readonly label: string;
  readonly say: (value: number | bigint) => string;
};

/** Units stand last in a name: they say how its figure is read, and are no part of what it is called. */
const UNITS: readonly Unit[] = [
  { name: /Micros(Per[A-Z]\w*)?$/, label: '$1', say: (value) => formatDollars(BigInt(value)) },
  { name: /^micros(Per[A-Z]\w*)$/, label: 'price$1', say: (value) => formatDollars(BigInt(value)) },
  { name: /Bytes$/, label: '', say: (value) => formatBytes(value) },
  { name: /Seconds$/, label: '', say: (value) => formatSpan(Number(value)) },
  { name: /BasisPoints$/, label: '', say: (value) => formatBasisPoints(Number(value)) },
];
const WHOLE = /^-?\d{1,18}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const WORD_OF_OURS = /^[a-z]+(?:[A-Z][a-z]*)+$/;

/** What a fact of an event is called: "price per GPU hour" for `priceMicrosPerGpuHour`. */
export function factLabel(name: string): string {
  const unit = UNITS.find(({ name: pattern }) => pattern.test(name));
  const bare = unit === undefined ? name : name.replace(unit.name, unit.label);
  return inLetters(bare)
    .replace(/\bgpu(s?)\b/g, 'GPU$1')
    .replace(/\b(ip|ssh|cuda)\b/g, (short) => short.toUpperCase());
}

/** What it says: money in dollars, sizes and times in their units, instants in UTC, and words of the code as a sentence has them. */
export function factValue(name: string, value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((each) => factValue(name, each)).join(', ');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([key, each]) => `${factLabel(key)} ${factValue(key, each)}`)
      .join(', ');
  const text = String(value);
  if (TYPED.has(name)) return text;
  const unit = UNITS.find(({ name: pattern }) => pattern.test(name));
  if (unit !== undefined && WHOLE.test(text)) return unit.say(typeof value === 'number' ? value : BigInt(text));
  if (INSTANT.test(text)) return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
  if (name === 'reason') return reasonTold(text) ?? (WORD_OF_OURS.test(text) ? inLetters(text) : text);
  return WORD_OF_OURS.test(text) ? inLetters(text) : text;
}
