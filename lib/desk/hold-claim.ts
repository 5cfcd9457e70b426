import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import { type CaseName, claimEnd, whyNotWork } from './case.ts';
import { claimOf } from './queries/claims.ts';

/**
 * Step: makes a case this admin's, until the lease ends or the transaction's decision gives it back, and holds its row until
 * the transaction ends: of two at once the second waits. Refuses with `caseClaimed` while it is somebody else's.
 */
export async function holdClaim(tx: Tx, adminId: string, of: CaseName, now: Date): Promise<void> {
  const held = await tx.$queryRaw<unknown[]>`
    INSERT INTO case_claims AS held (kind, case_id, admin_id, claimed_at, expires_at)
    VALUES (${of.kind}, ${of.id}, ${adminId}, ${now}, ${claimEnd(now)})
    ON CONFLICT (kind, case_id) DO UPDATE SET admin_id = EXCLUDED.admin_id, claimed_at = EXCLUDED.claimed_at, expires_at = EXCLUDED.expires_at
    WHERE held.admin_id = EXCLUDED.admin_id OR held.expires_at <= ${now}
    RETURNING 1`;
  if (held.length > 0) return;
  const claim = await claimOf(tx, of, now);
  const why = whyNotWork(claim, adminId, now);
  throw new Refusal('caseClaimed', { claimedBy: claim?.admin.name ?? null }, why?.sentence);
}
