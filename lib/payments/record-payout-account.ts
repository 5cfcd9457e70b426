import { THE_MARKET } from '#lib/base/actor.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { missingWords, payoutAccountState } from './payout-account.ts';
import type { SeenAccount } from './payout-rail.ts';
import { nextTry } from './retry.ts';

/** How long until we look at an account again without being told to: news comes by webhook, this is for lost ones. */
const READY_SECONDS = 86_400;
const WAITING_SECONDS = 600;

/** Records the id that the provider gave to a host's account. One that has an id keeps it. Answers the id that holds. */
export async function recordAccountOpened(hostId: string, accountId: string, world: World = theWorld): Promise<string> {
  const now = world.now();
  return inTransaction('record payout account', async (tx) => {
    const { count } = await tx.payoutAccount.updateMany({
      where: { hostId, providerAccountId: null },
      data: { providerAccountId: accountId, nextCheckAt: now },
    });
    if (count > 0) await recordEvent(tx, THE_MARKET, { kind: 'payoutAccount.opened', userId: hostId }, now);
    const known = await tx.payoutAccount.findUniqueOrThrow({ where: { hostId }, select: { providerAccountId: true } });
    return known.providerAccountId ?? accountId;
  });
}

/** Records how a host's account stands, and tells them when that changes what they can do. */
export async function recordAccountSeen(hostId: string, seen: SeenAccount, world: World = theWorld): Promise<void> {
  await inTransaction('record payout account', (tx) => record(tx, hostId, seen, world.now()));
}

async function record(tx: Tx, hostId: string, seen: SeenAccount, now: Date): Promise<void> {
  await tx.$queryRaw`SELECT host_id FROM payout_accounts WHERE host_id = ${hostId} FOR UPDATE`;
  const before = await tx.payoutAccount.findUniqueOrThrow({ where: { hostId } });
  const after = { ...before, ...seen };
  const state = payoutAccountState(after);
  const nextCheckAt = addSeconds(now, state === 'ready' || state === 'closed' ? READY_SECONDS : WAITING_SECONDS);
  const { detailsSubmitted, transfersActive, payoutsEnabled, disabledReason } = seen;
  await tx.payoutAccount.update({
    where: { hostId },
    data: {
      detailsSubmitted,
      transfersActive,
      payoutsEnabled,
      disabledReason,
      missing: [...seen.missing],
      checkedAt: now,
      nextCheckAt,
    },
  });
  // The first look says nothing that the host does not know: they have just begun.
  if (state === payoutAccountState(before) || (before.checkedAt === null && state === 'incomplete')) return;
  const data = { state, missing: missingWords(seen.missing) };
  await recordEvent(tx, THE_MARKET, { kind: 'payoutAccount.changed', userId: hostId, data }, now);
}

export type ClaimedAccount = {
  readonly hostId: string;
  readonly provider: string;
  readonly providerAccountId: string | null;
  readonly country: string;
  readonly email: string;
};

/** Takes the account that waits longest to be looked at, for this worker alone. Null when none is due. */
export async function claimAccount(world: World = theWorld): Promise<ClaimedAccount | null> {
  const now = world.now();
  return inTransaction('claim payout account', async (tx) => {
    const [due] = await tx.$queryRaw<{ host_id: string }[]>`
      SELECT host_id FROM payout_accounts WHERE next_check_at <= ${now}
      ORDER BY next_check_at, host_id LIMIT 1 FOR UPDATE SKIP LOCKED`;
    if (due === undefined) return null;
    const { host, ...row } = await tx.payoutAccount.update({
      where: { hostId: due.host_id },
      data: { nextCheckAt: nextTry(1, now) },
      select: {
        hostId: true,
        provider: true,
        providerAccountId: true,
        country: true,
        host: { select: { email: true } },
      },
    });
    return { ...row, email: host.email };
  });
}

/** The provider says that something about this account changed: it is looked at next. False when it is none of ours. */
export async function noteAccountNews(accountId: string, world: World = theWorld): Promise<boolean> {
  const now = world.now();
  return inTransaction('note payout account news', async (tx) => {
    const { count } = await tx.payoutAccount.updateMany({
      where: { providerAccountId: accountId },
      data: { nextCheckAt: now },
    });
    return count > 0;
  });
}
