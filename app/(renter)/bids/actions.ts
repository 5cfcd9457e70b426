'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import { parseDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { cancelBid } from '#lib/bookings/cancel-bid.ts';
import { readCommand } from '#lib/bookings/command-line.ts';
import { editBid } from '#lib/bookings/edit-bid.ts';
import { placeBid } from '#lib/bookings/place-bid.ts';
import { bidIdInput } from '#lib/bookings/schema.ts';
import { readSizes } from '#lib/bookings/sizes.ts';

const text = (most: number) => z.string().max(most, 'This is too long.').default('');
const BID = 'Write an amount in dollars per GPU-hour, like 0.15.';

function dollars(typed: string): bigint {
  const micros = parseDollars(typed.trim().replace(/^\$/, ''));
  if (micros === undefined) throw new Refusal('badInput', { bid: BID });
  return micros;
}

const fields = z.object({
  idempotencyKey: z.string().max(200),
  /** A listing's id, or `model:` and a model. */
  place: text(200),
  gpus: text(100),
  disk: text(100),
  bid: text(100),
  image: text(2_000),
  other: text(2_000),
  command: text(20_000),
  name: text(1_000),
  simulatedToo: z.string().optional(),
});

const NAMES = { gpuCount: 'gpus', diskBytes: 'disk', microsPerGpuHour: 'bid', models: 'place', listingId: 'place' };

/** Bids as the form says. */
export const bid = action(fields, async (actor, input) => {
  const sizes = readSizes({ gpus: input.gpus, disk: input.disk, hours: '', cap: '' });
  const micros = parseDollars(input.bid.trim().replace(/^\$/, ''));
  const command = readCommand(input.command);
  const problems = {
    ...('problems' in sizes ? sizes.problems : {}),
    ...(micros === undefined ? { bid: BID } : {}),
    ...('problem' in command ? { command: command.problem } : {}),
  };
  if ('problems' in sizes || micros === undefined || 'problem' in command) throw new Refusal('badInput', problems);
  const model = input.place.startsWith('model:') ? input.place.slice('model:'.length) : null;
  const other = input.image === 'other';
  const placed = placeBid(actor, {
    listingId: model === null ? input.place : null,
    models: model === null ? [] : [model],
    gpuCount: sizes.sizes.gpuCount,
    diskBytes: sizes.sizes.diskBytes,
    microsPerGpuHour: micros,
    image: other ? input.other : input.image,
    name: input.name,
    command: command.command === null ? null : [...command.command],
    simulatedToo: input.simulatedToo === 'on',
    idempotencyKey: input.idempotencyKey,
  });
  await atFields({ ...NAMES, ...(other ? { image: 'other' } : {}) }, placed);
  return { redirectTo: '/bids' };
});

export const change = action(z.object({ bidId: z.string().max(100), bid: text(100) }), async (actor, input) => {
  await atFields(NAMES, editBid(actor, { bidId: input.bidId, microsPerGpuHour: dollars(input.bid) }));
  return 'Changed. It counts from the next clearing on, within seconds.';
});

export const cancel = action(bidIdInput, async (actor, input) => {
  await cancelBid(actor, input);
  return 'Taken back.';
});
