import type { Tx } from '#lib/io/db.ts';

/** Step: forgets the second step of an account, its codes, and that any session passed it. Answers whether there was one. */
export async function removeTwoStep(tx: Tx, userId: string): Promise<boolean> {
  const { count } = await tx.twoStep.deleteMany({ where: { userId } });
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.session.updateMany({ where: { userId, twoStepAt: { not: null } }, data: { twoStepAt: null } });
  return count > 0;
}
