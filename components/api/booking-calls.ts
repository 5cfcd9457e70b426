import type { Micros } from '#lib/base/money.ts';
import type { ApiCall } from './curl.ts';

const at = (id: string, rest = '') => `/bookings/${encodeURIComponent(id)}${rest}`;

/** What is quoted before it is booked. */
export type QuoteAsked = {
  readonly listingId: string;
  readonly gpuCount: number;
  readonly diskBytes: bigint;
  readonly durationSeconds: number | null;
  readonly startsAt: Date | null;
  /** Keeps the money for it too, as a booking with this cap would set aside. */
  readonly keepMoney?: boolean;
  readonly capMicros?: bigint | null;
};

/** What a booking says beside its quote. */
export type BookingAsked = {
  readonly quoteId: string;
  readonly image: string;
  readonly name?: string | null;
  readonly capMicros?: Micros | null;
  readonly command?: readonly string[] | null;
  /** Names of environment variables: what they hold is never shown. */
  readonly variables?: readonly string[];
};

/** Everything about bookings that pages show as a call of the API. */
export const bookingCalls = {
  list: (state: 'live' | 'past' | 'all'): ApiCall => ({
    label: 'List your bookings',
    method: 'GET',
    path: `/bookings?state=${state}`,
  }),
  see: (id: string): ApiCall => ({ label: 'This booking', method: 'GET', path: at(id) }),
  metrics: (id: string, range: string): ApiCall => ({
    label: 'What it uses',
    method: 'GET',
    path: at(id, `/metrics?range=${encodeURIComponent(range)}`),
  }),
  logs: (id: string): ApiCall => ({ label: 'What it prints', method: 'GET', path: at(id, '/logs') }),
  events: (id: string): ApiCall => ({ label: 'What happened to it', method: 'GET', path: at(id, '/events') }),
  ports: (id: string): ApiCall => ({ label: 'Where its programs listen', method: 'GET', path: at(id, '/ports') }),
  bill: (id: string): ApiCall => ({ label: 'Its bill', method: 'GET', path: at(id, '/bill') }),
  idleGuard: (id: string, stops: boolean): ApiCall => ({
    label: stops ? 'Have it stopped when it idles' : 'Be told only when it idles',
    method: 'PUT',
    path: at(id, '/idle-guard'),
    body: { stops },
  }),
  endLock: (id: string, locked: boolean): ApiCall => ({
    label: locked ? 'Lock it against ending' : 'Unlock it',
    method: 'PUT',
    path: at(id, '/end-lock'),
    body: { locked },
  }),
  rename: (id: string, name: string): ApiCall => ({
    label: 'Rename it',
    method: 'PATCH',
    path: at(id),
    body: { name },
  }),
  start: (id: string): ApiCall => ({
    label: 'Start it again, for an hour',
    method: 'POST',
    path: at(id, '/start'),
    body: { durationSeconds: 3_600 },
  }),
  extend: (id: string, endsAt: Date): ApiCall => ({
    label: 'Extend it',
    method: 'POST',
    path: at(id, '/extend'),
    body: { endsAt: endsAt.toISOString() },
  }),
  several: (verb: 'stop' | 'end', ids: readonly string[]): ApiCall => ({
    label: verb === 'stop' ? 'Stop several' : 'End several',
    method: 'POST',
    path: '/bookings/several',
    body: { verb, bookingIds: [...ids] },
  }),
  extension: (id: string): ApiCall => ({ label: 'What more time costs', method: 'GET', path: at(id, '/extension') }),
  thread: (id: string): ApiCall => ({ label: 'Its thread', method: 'GET', path: at(id, '/messages') }),
  write: (id: string): ApiCall => ({
    label: 'Write to the other side',
    method: 'POST',
    path: at(id, '/messages'),
    body: { text: 'Is the disk an SSD?' },
    idempotent: true,
  }),
  threads: (): ApiCall => ({ label: 'List your threads', method: 'GET', path: '/threads' }),
  stop: (id: string): ApiCall => ({ label: 'Stop it, its disk kept', method: 'POST', path: at(id, '/stop') }),
  end: (id: string): ApiCall => ({ label: 'End it', method: 'POST', path: at(id, '/end') }),
  quote: (asked: QuoteAsked): ApiCall => ({
    label: 'Ask for a quote, kept for five minutes',
    method: 'POST',
    path: '/quotes',
    body: {
      listingId: asked.listingId,
      gpuCount: asked.gpuCount,
      diskBytes: asked.diskBytes.toString(),
      durationSeconds: asked.durationSeconds,
      ...(asked.startsAt === null ? {} : { startsAt: asked.startsAt.toISOString() }),
      ...(asked.keepMoney === true ? { keepMoney: true } : {}),
      ...(asked.keepMoney === true && asked.capMicros ? { capMicros: asked.capMicros.toString() } : {}),
    },
  }),
  book: ({ quoteId, image, name, capMicros, command, variables = [] }: BookingAsked): ApiCall => ({
    label: 'Book what was quoted',
    method: 'POST',
    path: '/bookings',
    body: {
      quoteId,
      image,
      ...(name ? { name } : {}),
      ...(command ? { command: [...command] } : {}),
      ...(variables.length > 0 ? { environment: Object.fromEntries(variables.map((word) => [word, '…'])) } : {}),
      ...(capMicros ? { capMicros: capMicros.toString() } : {}),
    },
    idempotent: true,
  }),
} as const;
