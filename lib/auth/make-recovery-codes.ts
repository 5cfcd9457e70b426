import { newId, newSecret } from '#lib/base/id.ts';
import type { Tx } from '#lib/io/db.ts';
import { hashOfRecoveryCode, RECOVERY_CODES, recoveryCodeOf } from './recovery-code.ts';

/** Step: makes new recovery codes in place of all before, and answers them: they are shown once and stored as hashes. */
export async function makeRecoveryCodes(tx: Tx, userId: string, now: Date): Promise<readonly string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () => recoveryCodeOf(newSecret()));
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.recoveryCode.createMany({
    data: codes.map((code) => ({
      id: newId('recoveryCode', now),
      userId,
      codeHash: hashOfRecoveryCode(code),
      createdAt: now,
    })),
  });
  return codes;
}
