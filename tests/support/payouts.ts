import { randomBytes } from 'node:crypto';
import type { Actor } from '#lib/base/actor.ts';
import { inTransaction } from '#lib/io/db.ts';
import { hostPayable, PROMOTIONS } from '#lib/ledger/account.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { askPayout } from '#lib/payments/ask-payout.ts';
import { person } from './people.ts';
import type { MovableClock } from './rental.ts';

export const someKey = () => randomBytes(8).toString('hex');

/** Somebody's promotion pays a host, past any booking: earnings for tests whose subject is what comes after them. */
export async function earn(host: Actor, amountMicros: bigint, clock: MovableClock): Promise<void> {
  const use = {
    from: PROMOTIONS,
    to: hostPayable(host.userId),
    amountMicros,
    kind: 'capture' as const,
    key: someKey(),
  };
  await inTransaction('test: earn', (tx) => postTransfers(tx, [use], clock.now()));
}

/** A refund of what a host had earned: it may take the balance below zero. */
export async function refundFrom(host: Actor, amountMicros: bigint, clock: MovableClock): Promise<void> {
  const back = {
    from: hostPayable(host.userId),
    to: PROMOTIONS,
    amountMicros,
    kind: 'refund' as const,
    key: someKey(),
  };
  await inTransaction('test: refund', (tx) => postTransfers(tx, [back], clock.now()));
}

/** A host with earnings, in whole dollars. */
export async function hostWith(dollars: number, clock: MovableClock): Promise<Actor> {
  const host = await person();
  if (dollars > 0) await earn(host, BigInt(dollars) * 1_000_000n, clock);
  return host;
}

export const askAll = (
  host: Actor,
  clock: MovableClock,
  amountMicros: bigint | null = null,
  idempotencyKey = someKey(),
) => askPayout(host, { amountMicros, idempotencyKey }, clock.world);
