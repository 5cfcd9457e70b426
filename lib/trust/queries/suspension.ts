import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { db } from '#lib/io/db.ts';
import type { SuspensionFacts } from '../suspension.ts';

/** What suspending somebody would touch now. For admins. */
export async function suspensionFacts(actor: Actor, userId: string, now: Date): Promise<SuspensionFacts> {
  requireAdmin(actor);
  const live = { endedAt: null, desired: { not: 'ended' } };
  const [rentals, reservations, hosted, listings, bids, jobs, requests, payouts, accounts, user] = await Promise.all([
    db.booking.count({ where: { renterId: userId, ...live, startsAt: { lte: now } } }),
    db.booking.count({ where: { renterId: userId, ...live, startsAt: { gt: now } } }),
    db.booking.count({ where: { hostId: userId, ...live } }),
    db.listing.count({ where: { hostId: userId, state: 'published', suspendedAt: null } }),
    db.bid.count({ where: { renterId: userId, state: 'open' } }),
    db.job.count({ where: { renterId: userId, observed: 'waiting' } }),
    db.standingRequest.count({ where: { renterId: userId, state: 'open' } }),
    db.payout.count({ where: { hostId: userId, state: 'asked' } }),
    db.account.findMany({
      where: { ownerId: userId, kind: { in: ['renterWallet', 'hostPayable'] } },
      select: { kind: true, balanceMicros: true },
    }),
    db.user.findUnique({ where: { id: userId }, select: { role: true } }),
  ]);
  const balance = (kind: string) => accounts.find((account) => account.kind === kind)?.balanceMicros ?? 0n;
  return {
    rentals,
    reservations,
    hosted,
    listings,
    bids,
    jobs,
    requests,
    payouts,
    freeMicros: balance('renterWallet'),
    owedMicros: balance('hostPayable'),
    admin: user?.role === 'admin',
  };
}
