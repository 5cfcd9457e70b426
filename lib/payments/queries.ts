import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { type PaymentProvider, SANDBOX } from './provider.ts';

/** The provider of this market; null where none is set up: then nobody can add money. */
export function theProvider(): PaymentProvider | null {
  return env().demo ? SANDBOX : null;
}

export type TopUpRow = {
  readonly id: string;
  readonly amountMicros: Micros;
  readonly provider: string;
  readonly state: string;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
};

/** The viewer's payments, newest first, fifty at most. */
export async function topUpsOf(actor: Actor): Promise<TopUpRow[]> {
  return db.topUp.findMany({
    where: { userId: actor.userId },
    orderBy: { id: 'desc' },
    take: 50,
    select: { id: true, amountMicros: true, provider: true, state: true, createdAt: true, settledAt: true },
  });
}
