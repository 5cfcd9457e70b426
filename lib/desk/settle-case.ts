import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import { type CaseFacts, type CaseName, whatChanged } from './case.ts';
import { holdClaim } from './hold-claim.ts';
import { caseFacts } from './queries/facts.ts';

/**
 * Step of every decision about a case, called when its own row is locked and before it is changed: nobody decides what is
 * another admin's, nor what is no longer as they saw it. The claim ends with the decision. `seen` left out compares nothing.
 * Refuses with `caseClaimed`, or `conflict` and what changed.
 */
export async function settleCase(
  tx: Tx,
  actor: Pick<Actor, 'userId'>,
  of: CaseName,
  seen: CaseFacts | undefined,
  now: Date,
): Promise<void> {
  await holdClaim(tx, actor.userId, of, now);
  const changed = seen === undefined ? [] : whatChanged(seen, (await caseFacts(tx, of)) ?? {});
  if (changed.length > 0)
    throw new Refusal(
      'conflict',
      { changed },
      `This changed since you looked. ${changed.join('; ')}. Look at it again; what you typed is kept.`,
    );
  await tx.caseClaim.delete({ where: { kind_caseId: { kind: of.kind, caseId: of.id } } });
}
