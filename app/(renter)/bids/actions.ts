'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import { parseDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { cancelBid } from '#lib/bookings/cancel-bid.ts';
import { readCommand } from '#lib/bookings/command-line.ts';
import { editBid } from '#lib/bookings/edit-bid.ts';
import { parseEnvironment } from '#lib/bookings/environment.ts';
import { placeBid } from '#lib/bookings/place-bid.ts';
import { bidIdInput } from '#lib/bookings/schema.ts';
import { readSizes } from '#lib/bookings/sizes.ts';
import { readRegions } from '#lib/catalogue/continent.ts';
import { TRUST_TIERS } from '#lib/catalogue/machine.ts';

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
  cap: text(100),
  where: text(2_000),
  trust: z.enum(TRUST_TIERS).default('selfTested'),
  environment: text(200_000),
  image: text(2_000),
  other: text(2_000),
  command: text(20_000),
  name: text(1_000),
  simulatedToo: z.string().optional(),
});

const NAMES = {
  gpuCount: 'gpus',
  diskBytes: 'disk',
  microsPerGpuHour: 'bid',
  models: 'place',
  listingId: 'place',
  regions: 'where',
  leastTrust: 'trust',
  capMicros: 'cap',
};

/** Bids as the form says. */
export const bid = action(fields, async (actor, input) => {
  const sizes = readSizes({ gpus: input.gpus, disk: input.disk, hours: '', cap: input.cap });
  const micros = parseDollars(input.bid.trim().replace(/^\$/, ''));
  const command = readCommand(input.command);
  const environment = parseEnvironment(input.environment);
  const problems = {
    ...('problems' in sizes ? sizes.problems : {}),
    ...(micros === undefined ? { bid: BID } : {}),
    ...('problem' in command ? { command: command.problem } : {}),
    ...('problem' in environment ? { environment: environment.problem } : {}),
  };
  if ('problems' in sizes || micros === undefined || 'problem' in command || 'problem' in environment)
    throw new Refusal('badInput', problems);
  const model = input.place.startsWith('model:') ? input.place.slice('model:'.length) : null;
  const other = input.image === 'other';
  const placed = placeBid(actor, {
    listingId: model === null ? input.place : null,
    models: model === null ? [] : [model],
    gpuCount: sizes.sizes.gpuCount,
    diskBytes: sizes.sizes.diskBytes,
    microsPerGpuHour: micros,
    capMicros: sizes.sizes.capMicros,
    regions: readRegions(input.where),
    leastTrust: input.trust,
    environment: environment.environment,
    image: other ? input.other : input.image,
    name: input.name,
    command: command.command === null ? null : [...command.command],
    simulatedToo: input.simulatedToo === 'on',
    idempotencyKey: input.idempotencyKey,
  });
  await atFields({ ...NAMES, ...(other ? { image: 'other' } : {}) }, placed);
  return { redirectTo: '/bids' };
});

const changed = z.object({ bidId: z.string().max(100), bid: text(100), cap: text(100) });

export const change = action(changed, async (actor, { bidId, bid, cap }) => {
  const capMicros = cap.trim() === '' ? null : parseDollars(cap.trim().replace(/^\$/, ''));
  if (capMicros === undefined)
    throw new Refusal('badInput', { cap: 'Write an amount in dollars, like 25, or nothing.' });
  await atFields(NAMES, editBid(actor, { bidId, microsPerGpuHour: dollars(bid), capMicros }));
  return 'Changed. It counts from the next clearing on, within seconds.';
});

export const cancel = action(bidIdInput, async (actor, input) => {
  await cancelBid(actor, input);
  return 'Taken back.';
});
