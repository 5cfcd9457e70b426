import { DAY, theWorld, type World } from '#lib/base/time.ts';
import { compareBooks } from './compare-books.ts';
import type { MovementRail } from './payout-rail.ts';
import { movementRailOf } from './queries/rails.ts';
import { reconciliationDue } from './queries/reconciliation.ts';
import { SETTLING_MS } from './reconciliation.ts';
import { recordMovements } from './record-movements.ts';

/** The provider's list is read again this far back: nothing that came into it late is missed. */
const OVERLAP_MS = 3 * DAY;

/**
 * Sweep: each night lists what moved our balance at the provider, page by page, and compares it with our books. Does nothing
 * by day and in the sandbox. A crash in the middle costs nothing: it begins anew. Answers how many differences stand.
 */
export async function reconcile(
  world: World = theWorld,
  rails: (provider: string) => MovementRail = movementRailOf,
): Promise<number> {
  const due = await reconciliationDue(world.now());
  return due === null ? 0 : reconcileNow(due.provider, due.since, world, rails);
}

/** The same at once, from `since` on. */
export async function reconcileNow(
  provider: string,
  since: Date,
  world: World = theWorld,
  rails: (provider: string) => MovementRail = movementRailOf,
): Promise<number> {
  const until = world.now();
  const from = new Date(since.getTime() - OVERLAP_MS);
  const rail = rails(provider);
  let after: string | null = null;
  for (;;) {
    const page: Awaited<ReturnType<MovementRail['movements']>> = await rail.movements({ from, until, after });
    await recordMovements(provider, page.rows);
    after = page.rows.at(-1)?.id ?? null;
    if (!page.more || after === null) break;
  }
  return compareBooks(provider, new Date(until.getTime() - SETTLING_MS), world);
}
