import { hashOfSecret } from '#lib/auth/secret.ts';
import { THE_MARKET } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { breaksConstraint, inTransaction, type Tx } from '#lib/io/db.ts';
import { type EnrolRequest, enrolText } from '#protocol/agent.ts';
import { verifySigned } from '#protocol/keys.ts';
import { DOMAINS } from '#protocol/words.ts';
import { clockDriftMs } from './clock-drift.ts';
import { codeState, firstName } from './enrolment.ts';
import { settleGpus } from './settle-gpus.ts';

/**
 * Trades a one-time code for an identity. The same machine asking again with the same code and key (its answer got lost)
 * gets the same answer. Refuses: `signatureInvalid`, `codeInvalid` (unknown, expired, or used by another key),
 * `suspended`, `alreadyEnrolled` (key or a GPU is enrolled).
 */
export async function enrolMachine(request: EnrolRequest, world: World = theWorld): Promise<{ machineId: string }> {
  const now = world.now();
  const { code, signingKey, sealingKey, specification } = request;
  const proof = { payload: enrolText(code, signingKey, sealingKey), signature: request.proof };
  if (rawBytes(signingKey) !== 32 || rawBytes(sealingKey) !== 32) throw new Refusal('signatureInvalid');
  if (!verifySigned(DOMAINS.enrol, proof, signingKey)) throw new Refusal('signatureInvalid');
  try {
    return await inTransaction('enrol-machine', async (tx) => {
      const enrolment = await lockCode(tx, code);
      if (enrolment.machineId !== null) return await repeatedAnswer(tx, enrolment.machineId, signingKey);
      if (codeState(enrolment, now) !== 'waiting') throw new Refusal('codeInvalid');
      const host = await tx.user.findUniqueOrThrow({ where: { id: enrolment.hostId }, select: { suspendedAt: true } });
      if (host.suspendedAt !== null) throw new Refusal('suspended');
      const machineId = newId('machine', now);
      await tx.machine.create({
        data: {
          id: machineId,
          hostId: enrolment.hostId,
          name: firstName(specification.hostname),
          signingKey,
          sealingKey,
          agentVersion: request.agentVersion,
          simulated: specification.simulated,
          specification,
          describedAt: now,
          clockDriftMs: clockDriftMs(new Date(request.now), now),
          enrolledAt: now,
        },
      });
      const taken = await settleGpus(tx, machineId, specification, now);
      if (taken.length > 0) throw alreadyEnrolled(taken);
      await tx.enrolmentCode.update({ where: { id: enrolment.id }, data: { usedAt: now, machineId } });
      await recordEvent(
        tx,
        THE_MARKET,
        {
          kind: 'machine.enrolled',
          userId: enrolment.hostId,
          machineId,
          data: { codeId: enrolment.id, simulated: specification.simulated },
        },
        now,
      );
      return { machineId };
    });
  } catch (error) {
    if (breaksConstraint(error, 'signing_key') || breaksConstraint(error, 'gpus_uuid_present')) throw alreadyEnrolled();
    throw error;
  }
}

function rawBytes(key: string): number {
  return Buffer.from(key, 'base64url').length;
}

function alreadyEnrolled(gpus: readonly string[] = []): Refusal {
  return new Refusal('alreadyEnrolled', gpus.length === 0 ? {} : { gpus: gpus.slice(0, 16) });
}

async function lockCode(tx: Tx, code: string) {
  const codeHash = hashOfSecret(code);
  await tx.$executeRaw`SELECT 1 FROM enrolment_codes WHERE code_hash = ${codeHash} FOR UPDATE`;
  const enrolment = await tx.enrolmentCode.findUnique({ where: { codeHash } });
  if (enrolment === null) throw new Refusal('codeInvalid');
  return enrolment;
}

async function repeatedAnswer(tx: Tx, machineId: string, signingKey: string): Promise<{ machineId: string }> {
  const machine = await tx.machine.findUnique({
    where: { id: machineId },
    select: { signingKey: true, retiredAt: true },
  });
  if (machine === null || machine.signingKey !== signingKey || machine.retiredAt !== null)
    throw new Refusal('codeInvalid');
  return { machineId };
}
