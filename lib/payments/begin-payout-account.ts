import { requireActive, requireProven, requireTwoStep } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { isCountry } from '#lib/catalogue/country.ts';
import { inTransaction } from '#lib/io/db.ts';
import { theProvider } from './queries/top-ups.ts';
import { nextTry } from './retry.ts';

export type WantedAccount = {
  readonly hostId: string;
  readonly provider: string;
  readonly email: string;
  readonly country: string;
  /** Null: it is to be opened. */
  readonly providerAccountId: string | null;
};

/**
 * A host wants to be paid: notes where they live, once, so that their account at the provider is opened once; later calls
 * answer the same account. Refuses with `suspended`, `twoStepNeeded`, `proofNeeded`, `badInput` (`country`), `unavailable` without a provider, and `notNow`
 * in the sandbox, which needs none.
 */
export async function beginPayoutAccount(
  actor: Actor,
  input: { readonly country: string },
  world: World = theWorld,
): Promise<WantedAccount> {
  requireActive(actor);
  requireTwoStep(actor);
  requireProven(actor, world.now());
  const provider = theProvider()?.name;
  if (provider === undefined) throw new Refusal('unavailable', {}, 'This market pays nothing out yet.');
  if (provider === 'sandbox')
    throw new Refusal('notNow', {}, 'The sandbox needs no account: payouts arrive by themselves.');
  if (!isCountry(input.country)) throw new Refusal('badInput', { country: 'Choose the country you live in.' });
  const now = world.now();
  const hostId = actor.userId;
  return inTransaction('begin payout account', async (tx) => {
    const nextCheckAt = nextTry(1, now);
    const row = { hostId, provider, country: input.country, missing: [], createdAt: now, nextCheckAt };
    await tx.payoutAccount.createMany({ data: [row], skipDuplicates: true });
    const known = await tx.payoutAccount.findUniqueOrThrow({
      where: { hostId },
      select: { provider: true, country: true, providerAccountId: true, host: { select: { email: true } } },
    });
    const { host, ...rest } = known;
    return { hostId, email: host.email, ...rest };
  });
}

/** Looks at a host's account again at the next sweep: they came back from the provider's pages, or say that something changed. */
export async function lookAgain(actor: Actor, world: World = theWorld): Promise<void> {
  const now = world.now();
  await inTransaction('look at payout account again', (tx) =>
    tx.payoutAccount.updateMany({ where: { hostId: actor.userId }, data: { nextCheckAt: now } }),
  );
}
