import { dollarsInput, type Micros, parseDollars } from '#lib/base/money.ts';
import { instantOf, isZone, readWall, typeWall } from '#lib/catalogue/wall-clock.ts';
import { USUAL_DISK_BYTES } from './terms.ts';

/** How much of a machine is wanted and for how long, as a person types it. */
export type SizesTyped = {
  readonly gpus: string;
  /** GiB. */
  readonly disk: string;
  /** Empty: until it is stopped. */
  readonly hours: string;
  /** Dollars; empty: none. */
  readonly cap: string;
  /** For a window that lies ahead: day and time when it begins, on a clock of `zone`; empty: now. */
  readonly starts?: string | undefined;
  /** IANA; UTC when left out. */
  readonly zone?: string | undefined;
};

export type Sizes = {
  readonly gpuCount: number;
  readonly diskBytes: bigint;
  readonly durationSeconds: number | null;
  readonly capMicros: Micros | null;
  /** When a window begins that is to be reserved; null is from now on. */
  readonly startsAt: Date | null;
};

const GIB = 2 ** 30;
/** The fields of {@link SizesTyped} by what the commands call them. */
export const SIZE_FIELDS = {
  gpuCount: 'gpus',
  diskBytes: 'disk',
  durationSeconds: 'hours',
  capMicros: 'cap',
  startsAt: 'starts',
} as const;

/** What is typed when nothing was said: one GPU or as many as the host rents together, a usual disk, no end, no cap. */
export function usualSizes(leastGpus: number): SizesTyped {
  return { gpus: String(leastGpus), disk: String(Number(USUAL_DISK_BYTES) / GIB), hours: '', cap: '' };
}

/** Reads sizes, or says what is wrong with each, in a sentence. Whether a machine has so much is for a quote to say. */
export function readSizes(
  typed: SizesTyped,
): { sizes: Sizes } | { problems: Partial<Record<keyof SizesTyped, string>> } {
  const gpuCount = /^\s*\d{1,3}\s*$/.test(typed.gpus) ? Number(typed.gpus) : undefined;
  const gibibytes = decimal(typed.disk);
  const hours = typed.hours.trim() === '' ? null : decimal(typed.hours);
  const cap = typed.cap.trim().replace(/^\$/, '');
  const capMicros = cap === '' ? null : parseDollars(cap);
  const starts = (typed.starts ?? '').trim();
  const zone = typed.zone !== undefined && isZone(typed.zone) ? typed.zone : 'UTC';
  const wall = readWall(starts);
  const startsAt = wall === undefined ? null : new Date(instantOf(zone, wall.day, wall.minute, 'opens'));
  const problems = {
    ...(starts !== '' && startsAt === null && { starts: 'Choose a day and a time, or leave both empty for now.' }),
    ...(startsAt !== null &&
      hours === null && { hours: 'A window that is reserved has a length: say how many hours.' }),
    ...(gpuCount === undefined && { gpus: 'Write a number of GPUs.' }),
    ...(gibibytes === undefined && { disk: 'Write the size of the disk in GiB, like 16.' }),
    ...(hours === undefined && { hours: 'Write a number of hours, like 8 or 0.5, or nothing.' }),
    ...(capMicros === undefined && { cap: 'Write the cap in dollars, like 25 or 25.50, or nothing.' }),
  };
  if ('starts' in problems || 'hours' in problems) return { problems };
  if (gpuCount === undefined || gibibytes === undefined || hours === undefined || capMicros === undefined)
    return { problems };
  return {
    sizes: {
      gpuCount,
      diskBytes: BigInt(Math.round(gibibytes * GIB)),
      durationSeconds: hours === null ? null : Math.round(hours * 3_600),
      capMicros,
      startsAt,
    },
  };
}

/** Sizes as they would be typed. Reads back with {@link readSizes}. */
export function typeSizes(sizes: Omit<Sizes, 'startsAt'> & Partial<Pick<Sizes, 'startsAt'>>): SizesTyped {
  const { gpuCount, diskBytes, durationSeconds, capMicros, startsAt = null } = sizes;
  return {
    gpus: String(gpuCount),
    disk: String(Number((Number(diskBytes) / GIB).toFixed(3))),
    hours: durationSeconds === null ? '' : String(Number((durationSeconds / 3_600).toFixed(4))),
    cap: capMicros === null ? '' : dollarsInput(capMicros),
    ...(startsAt === null ? {} : { starts: typeWall('UTC', startsAt), zone: 'UTC' }),
  };
}

function decimal(text: string): number | undefined {
  return /^\s*(\d{1,12}(\.\d{0,6})?|\.\d{1,6})\s*$/.test(text) ? Number(text) : undefined;
}
