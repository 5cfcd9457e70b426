import { requireActive } from '#lib/auth/permission.ts';
import { hashOfSecret } from '#lib/auth/secret.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId, newSecret } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { ENROLMENT_CODE_MINUTES, OPEN_CODES_MAX } from './enrolment.ts';

/**
 * Makes a code that enrols one machine for this host, once, within the hour. The code itself is shown now and never again:
 * only its hash is kept. Refuses: `suspended`, `emailUnconfirmed`, `tooManyAttempts` (too many codes wait already).
 */
export async function createEnrolmentCode(
  actor: Actor,
  world: World = theWorld,
): Promise<{ readonly id: string; readonly code: string; readonly expiresAt: Date }> {
  requireActive(actor);
  const now = world.now();
  const id = newId('enrolmentCode', now);
  const code = newSecret();
  const expiresAt = addSeconds(now, ENROLMENT_CODE_MINUTES * 60);
  await inTransaction('create-enrolment-code', async (tx) => {
    const host = await tx.user.findUnique({ where: { id: actor.userId }, select: { emailConfirmedAt: true } });
    if (host === null) throw new Refusal('unauthenticated');
    if (host.emailConfirmedAt === null) throw new Refusal('emailUnconfirmed');
    const open = await tx.enrolmentCode.count({
      where: { hostId: actor.userId, usedAt: null, expiresAt: { gt: now } },
    });
    if (open >= OPEN_CODES_MAX)
      throw new Refusal('tooManyAttempts', {}, 'Too many codes wait already. Use one of them.');
    await tx.enrolmentCode.create({
      data: { id, hostId: actor.userId, codeHash: hashOfSecret(code), createdAt: now, expiresAt },
    });
  });
  return { id, code, expiresAt };
}
