import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { type CaseName, claimEnd, isWaiting, liveClaim } from './case.ts';
import { holdClaim } from './hold-claim.ts';
import { claimOf } from './queries/claims.ts';
import { caseFacts } from './queries/facts.ts';
import type { TakeOverInput } from './schema.ts';

/**
 * An admin claims a case for {@link CLAIM_MINUTES}; claiming their own again begins the time anew. Audited. Refuses with
 * `caseClaimed` while it is another admin's, `notNow` when it is decided, `forbidden` or `notFound`.
 */
export async function claimCase(actor: Actor, of: CaseName, world: World = theWorld): Promise<void> {
  requireAdmin(actor);
  const now = world.now();
  await inTransaction('claim case', async (tx) => {
    await requireWaiting(tx, of);
    const before = await claimOf(tx, of, now);
    await holdClaim(tx, actor.userId, of, now);
    if (before?.admin.id !== actor.userId) await tell(tx, actor, 'case.claimed', of, {}, now);
  });
}

/** An admin gives a case back that is theirs. What is not theirs (any more) stays as it is: answers false. Refuses with `forbidden`. */
export async function releaseCase(actor: Actor, of: CaseName, world: World = theWorld): Promise<boolean> {
  requireAdmin(actor);
  const now = world.now();
  return inTransaction('release case', async (tx) => {
    const { count } = await tx.caseClaim.deleteMany({
      where: { kind: of.kind, caseId: of.id, adminId: actor.userId, expiresAt: { gt: now } },
    });
    if (count > 0) await tell(tx, actor, 'case.released', of, {}, now);
    return count > 0;
  });
}

/**
 * An admin takes a case over that is another admin's, with a reason that the other one is told. Audited with who had it and
 * since when. Refuses with `notNow` when it is nobody's, their own or decided, `forbidden` or `notFound`.
 */
export async function takeOverCase(actor: Actor, input: TakeOverInput, world: World = theWorld): Promise<void> {
  requireAdmin(actor);
  const now = world.now();
  const { reason, ...of } = input;
  await inTransaction('take case over', async (tx) => {
    await requireWaiting(tx, of);
    await tx.$queryRaw`SELECT 1 FROM case_claims WHERE kind = ${of.kind} AND case_id = ${of.id} FOR UPDATE`;
    const held = liveClaim(await claimOf(tx, of, now), now);
    if (held === null || held.admin.id === actor.userId)
      throw new Refusal('notNow', {}, 'Nobody else has this case (any more). Claim it.');
    await tx.caseClaim.update({
      where: { kind_caseId: { kind: of.kind, caseId: of.id } },
      data: { adminId: actor.userId, claimedAt: now, expiresAt: claimEnd(now) },
    });
    const by = await tx.user.findUniqueOrThrow({ where: { id: actor.userId }, select: { name: true } });
    const from = { fromId: held.admin.id, from: held.admin.name, since: held.claimedAt.toISOString(), by: by.name };
    await tell(tx, actor, 'case.takenOver', of, from, now, { userId: held.admin.id, reason });
  });
}

async function requireWaiting(tx: Tx, of: CaseName): Promise<void> {
  const facts = await caseFacts(tx, of);
  if (facts === null) throw new Refusal('notFound');
  if (!isWaiting(of.kind, facts)) throw new Refusal('notNow', {}, 'This case is decided, or waits no longer.');
}

async function tell(
  tx: Tx,
  actor: Actor,
  kind: 'case.claimed' | 'case.released' | 'case.takenOver',
  of: CaseName,
  more: Readonly<Record<string, string>>,
  now: Date,
  about: { readonly userId?: string; readonly reason?: string } = {},
): Promise<void> {
  const machine = of.kind === 'machine' ? { machineId: of.id } : {};
  await recordEvent(
    tx,
    actor,
    { kind, ...about, ...machine, data: { caseKind: of.kind, caseId: of.id, ...more } },
    now,
  );
}
