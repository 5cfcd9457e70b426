import type { Actor } from '#lib/base/actor.ts';
import { firstId } from '#lib/base/id.ts';
import { DAY } from '#lib/base/time.ts';
import { db, type Reader } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { type Spending, spendable, spendingOf } from '../spending-limit.ts';

/** How much the viewer may set aside and use within 24 hours, what is left of it, and when it rises. */
export async function spendingLimitOf(actor: Actor, now: Date): Promise<Spending> {
  return spendingIn(db, actor.userId, now);
}

/** What of somebody's free money may be set aside now, under their limit. */
export async function spendableOf(reader: Reader, userId: string, freeMicros: bigint, now: Date): Promise<bigint> {
  return spendable(freeMicros, await spendingIn(reader, userId, now));
}

/** The same as {@link spendingLimitOf}, for anybody and inside a transaction: for whoever decides about money. */
export async function spendingIn(reader: Reader, userId: string, now: Date): Promise<Spending> {
  const newAccountMicros = env().newAccountMicrosPerDay;
  const none = { newAccountMicros, accountCreatedAt: now, payments: [], heldMicros: 0n, usedMicros: 0n };
  if (newAccountMicros === null) return spendingOf(none, now);
  const [user, paid] = await Promise.all([
    reader.user.findUniqueOrThrow({ where: { id: userId }, select: { createdAt: true } }),
    // The sandbox's money is not real: it shows nothing of whoever pays.
    reader.topUp.findMany({
      where: {
        userId,
        state: 'settled',
        provider: { not: 'sandbox' },
        settledAt: { not: null },
        // What a card's bank took back, or wants back, shows nothing either.
        chargebacks: { none: { state: { not: 'won' } } },
      },
      select: {
        amountMicros: true,
        settledAt: true,
        // Nor does what went back to the card: else whoever pays and takes it back has paid nothing and may spend more.
        cardRefunds: { where: { state: { not: 'failed' } }, select: { amountMicros: true } },
      },
    }),
  ]);
  const payments = paid.flatMap((one) =>
    one.settledAt === null ? [] : [{ micros: keptOf(one), settledAt: one.settledAt }],
  );
  const facts = { ...none, accountCreatedAt: user.createdAt, payments };
  // Whoever has no limit is not counted: their movements may be many.
  const free = spendingOf(facts, now);
  return free.mostMicros === null ? free : spendingOf({ ...facts, ...(await takenBy(reader, userId, now)) }, now);
}

type Refunded = { readonly amountMicros: bigint; readonly cardRefunds: readonly { readonly amountMicros: bigint }[] };

/** What of a payment did not go back to its card. */
function keptOf({ amountMicros, cardRefunds }: Refunded): bigint {
  return cardRefunds.reduce((left, refund) => left - refund.amountMicros, amountMicros);
}

async function takenBy(reader: Reader, userId: string, now: Date): Promise<{ heldMicros: bigint; usedMicros: bigint }> {
  const holds = await reader.account.findFirst({
    where: { kind: 'renterHolds', ownerId: userId },
    select: { id: true, balanceMicros: true },
  });
  if (holds === null) return { heldMicros: 0n, usedMicros: 0n };
  const used = await reader.transfer.aggregate({
    where: {
      debitAccountId: holds.id,
      kind: { in: ['capture', 'fee', 'cancellation', 'cancellationFee'] },
      id: { gte: firstId('transfer', new Date(now.getTime() - DAY)) },
    },
    _sum: { amountMicros: true },
  });
  return { heldMicros: holds.balanceMicros, usedMicros: used._sum.amountMicros ?? 0n };
}
