import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { env } from '#lib/io/env.ts';
import { log } from '#lib/io/log.ts';
import { beginPayoutAccount } from './begin-payout-account.ts';
import type { AccountRail } from './payout-rail.ts';
import { accountRailOf } from './queries/rails.ts';
import { claimAccount, recordAccountOpened, recordAccountSeen } from './record-payout-account.ts';

const MOST_AT_ONCE = 100;

/** The key under which a host's account is opened: one host, one account. */
const openingKey = (hostId: string, country: string) => `payout-account:${hostId}:${country}`;

/**
 * Leads a host to the provider's own pages, where they hand in what is needed to be paid: opens their account there if they
 * have none, and answers an address for one visit. What a crash cuts off is finished by {@link refreshAccounts}. Refuses as
 * {@link beginPayoutAccount} does; throws when the provider cannot be reached.
 */
export async function onboardHost(
  actor: Actor,
  input: { readonly country: string },
  world: World = theWorld,
  rails: (provider: string) => AccountRail = accountRailOf,
): Promise<string> {
  const wanted = await beginPayoutAccount(actor, input, world);
  const rail = rails(wanted.provider);
  const { hostId, email, country } = wanted;
  const accountId =
    wanted.providerAccountId ??
    (await recordAccountOpened(
      hostId,
      await rail.openAccount({ hostId, email, country, key: openingKey(hostId, country) }),
      world,
    ));
  const { publicUrl } = env();
  return rail.onboardingUrl({
    accountId,
    returnUrl: `${publicUrl}/host/payouts?from=provider`,
    refreshUrl: `${publicUrl}/host/payouts?from=expired`,
  });
}

/** Sweep: opens accounts that a crash left half opened, and looks at those that are due or that a webhook named. Answers how many. */
export async function refreshAccounts(
  world: World = theWorld,
  rails: (provider: string) => AccountRail = accountRailOf,
): Promise<number> {
  let looked = 0;
  for (let count = 0; count < MOST_AT_ONCE; count += 1) {
    const account = await claimAccount(world);
    if (account === null) break;
    const { hostId, provider, providerAccountId, country, email } = account;
    try {
      const rail = rails(provider);
      if (providerAccountId === null) {
        const id = await rail.openAccount({ hostId, email, country, key: openingKey(hostId, country) });
        await recordAccountOpened(hostId, id, world);
      } else await recordAccountSeen(hostId, await rail.accountById(providerAccountId), world);
      looked += 1;
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      log.warn({ host: hostId, error: said }, 'a payout account could not be looked at; it waits');
    }
  }
  return looked;
}
