import * as z from 'zod';
import { IDEMPOTENCY_KEY, IDEMPOTENCY_KEY_SENTENCE } from '#lib/base/idempotency-key.ts';
import { ENVIRONMENT_MAX_NAMES } from './environment.ts';
import { MOST_SEVERAL, SEVERAL_VERBS } from './several.ts';

/** Micro-dollars: decimal text in JSON, so that no reader rounds them. */
const micros = z
  .string()
  .regex(/^\d{1,18}$/, 'Write an amount in micro-dollars as digits.')
  .transform((digits) => BigInt(digits));

const bytes = z
  .union([z.string().regex(/^\d{1,18}$/, 'Write a number of bytes as digits.'), z.int().nonnegative()])
  .transform((given) => BigInt(given));

const seconds = z.int('A duration is a whole number of seconds.').nullable().default(null);
const instant = z.iso
  .datetime({ offset: true, error: 'Write an instant like 2027-01-31T22:00:00Z.' })
  .transform((text) => new Date(text));
const id = z.string().min(1).max(100);
const words = z.string().max(8_192);

export const quoteInput = z.object({
  listingId: id,
  gpuCount: z.int().default(1),
  diskBytes: bytes,
  /** Without one the GPUs are taken on demand, for 30 days at most. */
  durationSeconds: seconds,
  /** For a window of the host's calendar that lies ahead, with a duration; null is from now on. */
  startsAt: instant.nullable().default(null),
  /** The cap that it would be booked with: it bounds what is kept. */
  capMicros: micros
    .nullable()
    .default(null)
    .meta({ description: 'The cap that it would be booked with: it bounds what is set aside, and what is kept.' }),
  /** Keeps the money too, as long as the price. */
  keepMoney: z.boolean().default(false).meta({
    description:
      'Keeps in the wallet what booking it would set aside, until the quote expires or is booked: no job, bid or standing request that begins by itself takes it. One quote at a time: a later one takes its place.',
  }),
});
type Later = 'startsAt' | 'capMicros' | 'keepMoney';
export type QuoteInput = Omit<z.output<typeof quoteInput>, Later> & Partial<Pick<z.output<typeof quoteInput>, Later>>;

/** What is booked; the idempotency key stands beside it (in the header of a request). */
export const bookListingInput = z.object({
  quoteId: id,
  image: z.string().max(2_000),
  name: z.string().max(1_000).nullish(),
  /** Words of a command instead of the image's own; null gives a shell only. */
  command: z.array(words).max(1_000).nullable().default(null),
  environment: z
    .record(z.string().max(1_000), z.string().max(1_000_000))
    .refine((all) => Object.keys(all).length <= ENVIRONMENT_MAX_NAMES, 'Too many environment variables.')
    .default({}),
  /** The most that the whole rental may cost. */
  capMicros: micros.nullable().default(null),
});
export type BookListingInput = z.output<typeof bookListingInput> & {
  /** Chosen by the asker: the same key books once. */
  readonly idempotencyKey: string;
};
/** What an idempotency key may be. */
export const idempotencyKey = z.string().regex(IDEMPOTENCY_KEY, IDEMPOTENCY_KEY_SENTENCE);

export const bookingIdInput = z.object({ bookingId: id });
export type BookingIdInput = z.output<typeof bookingIdInput>;

export const endBookingInput = z.object({
  bookingId: id,
  /** For a reserved window: what giving it back was said to cost. Where it costs more by now, it is refused. */
  seenCancellationMicros: micros.optional(),
});
export type EndBookingInput = z.output<typeof endBookingInput>;

export const severalInput = z.object({
  verb: z.enum(SEVERAL_VERBS),
  bookingIds: z.array(id).min(1, 'Choose at least one.').max(MOST_SEVERAL, `At most ${MOST_SEVERAL} at once.`),
});
export type SeveralInput = z.output<typeof severalInput>;

export const startBookingInput = z.object({
  durationSeconds: seconds,
  /** A new cap over the whole rental; left out, the old one stays; null takes it away. */
  capMicros: micros.nullable().optional(),
});
export type StartBookingInput = z.output<typeof startBookingInput> & BookingIdInput;

export const extendBookingInput = z.object({
  bookingId: id,
  endsAt: instant,
});
export type ExtendBookingInput = z.output<typeof extendBookingInput>;

export const lockEndInput = z.object({ bookingId: id, locked: z.boolean() });
export type LockEndInput = z.output<typeof lockEndInput>;

export const openTerminalInput = z.object({
  bookingId: id,
  /** Of a key that the browser made, as authorized_keys has it. */
  publicKey: z.string().max(1_000),
});
export type OpenTerminalInput = z.output<typeof openTerminalInput>;

export const closeTerminalsInput = z.object({
  bookingId: id,
  /** Only this one. */
  terminalId: z.string().max(64).optional(),
  /** None can be opened for the booking any more. */
  forGood: z.boolean().default(false),
});
export type CloseTerminalsInput = z.output<typeof closeTerminalsInput>;

export const renameBookingInput = z.object({ bookingId: id, name: z.string().max(1_000) });
export type RenameBookingInput = z.output<typeof renameBookingInput>;

const reason = z.string().max(10_000);
export const endByHostInput = z.object({ bookingId: id, reason });
export type EndByHostInput = z.output<typeof endByHostInput>;

export const endByStaffInput = z.object({
  bookingId: id,
  reason,
  refundMicros: z
    .union([micros, z.literal('all')])
    .nullable()
    .default(null),
  /** What had been given back when whoever asks looked: who presses twice, or after another admin, gives back once. */
  seenRefundedMicros: micros.optional(),
});
export type EndByStaffInput = z.output<typeof endByStaffInput>;

export const placeBidInput = z.object({
  /** One listing, or null for any machine with one of the models. */
  listingId: id.nullable().default(null),
  models: z.array(z.string().min(1).max(100)).max(100).default([]),
  gpuCount: z.int().default(1),
  diskBytes: bytes,
  microsPerGpuHour: micros,
  image: z.string().max(2_000),
  name: z.string().max(1_000).nullish(),
  command: z.array(words).max(1_000).nullable().default(null),
  /** Simulated machines of a demo will do. */
  simulatedToo: z.boolean().default(false),
});
export type PlaceBidInput = z.output<typeof placeBidInput> & {
  /** Chosen by the asker: the same key bids once. */
  readonly idempotencyKey: string;
};

export const bidIdInput = z.object({ bidId: id });
export type BidIdInput = z.output<typeof bidIdInput>;

export const editBidInput = z.object({ bidId: id, microsPerGpuHour: micros });
export type EditBidInput = z.output<typeof editBidInput>;
