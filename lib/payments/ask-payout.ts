import { requireActive, requireTwoStep } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { IDEMPOTENCY_KEY_SENTENCE, requireIdempotencyKey } from '#lib/base/idempotency-key.ts';
import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { beginPayout } from './begin-payout.ts';
import { lockHostMoney } from './lock-host-money.ts';
import { payableNow, payoutAmountProblem, whyNotPayOut } from './payout.ts';
import { payoutPlace } from './queries/payout-place.ts';

export type AskPayoutInput = {
  /** Whole cents in micro-dollars; null is everything that can be paid. */
  readonly amountMicros: Micros | null;
  /** Chosen by the asker: the same key asks once. */
  readonly idempotencyKey: string;
};

/**
 * A host asks for a payout now. The same key asks once; with another amount it is refused with `conflict`. Refuses with
 * `badInput` (`amountMicros`), `suspended`, `twoStepNeeded`, `unavailable` where no provider is set up, and with `notNow` and the reason:
 * another payout on its way, below zero, no account to pay to, less than the least.
 */
export async function askPayout(
  actor: Actor,
  input: AskPayoutInput,
  world: World = theWorld,
): Promise<{ readonly payoutId: string; readonly created: boolean }> {
  requireActive(actor);
  requireTwoStep(actor);
  requireIdempotencyKey(input.idempotencyKey);
  // The weekly ones' own.
  if (input.idempotencyKey.startsWith('weekly:'))
    throw new Refusal('badInput', { idempotencyKey: IDEMPOTENCY_KEY_SENTENCE });
  return inTransaction('ask payout', (tx) => ask(tx, actor, input, world.now()));
}

async function ask(tx: Tx, actor: Actor, input: AskPayoutInput, now: Date) {
  const hostId = actor.userId;
  const { idempotencyKey } = input;
  const money = await lockHostMoney(tx, hostId, now);
  const earlier = await tx.payout.findUnique({
    where: { hostId_idempotencyKey: { hostId, idempotencyKey } },
    select: { id: true, amountMicros: true },
  });
  if (earlier !== null) {
    if (input.amountMicros !== null && earlier.amountMicros !== input.amountMicros)
      throw new Refusal('conflict', {}, 'This payout was already asked for with another amount. Nothing was moved.');
    return { payoutId: earlier.id, created: false };
  }
  const terms = env().payouts;
  const place = await payoutPlace(hostId, tx);
  if (place === null)
    throw new Refusal('unavailable', {}, 'This market pays nothing out yet. Contact its operators; you are owed it.');
  const { availableMicros } = payableNow(money, terms, now);
  const { inFlight, accountProblem } = place;
  const { payableMicros } = money;
  refuseIf(
    whyNotPayOut({ suspended: actor.suspended, payableMicros, availableMicros, inFlight, accountProblem }, terms),
  );
  const amountMicros = input.amountMicros ?? availableMicros;
  const problem = payoutAmountProblem(amountMicros, availableMicros, terms);
  if (problem !== null) throw new Refusal('badInput', { amountMicros: problem });
  const { provider, providerAccountId } = place;
  const draft = { hostId, amountMicros, occasion: 'demand' as const, provider, providerAccountId, idempotencyKey };
  const payoutId = await beginPayout(tx, draft, money, terms, now);
  const data = { payoutId, provider, amountMicros: amountMicros.toString() };
  await recordEvent(tx, actor, { kind: 'payout.asked', userId: hostId, data }, now);
  return { payoutId, created: true };
}
