import { theWorld, type World } from '#lib/base/time.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { rehearse } from '#lib/scheduler/rehearse.ts';
import { machineFrom } from './offer.ts';
import { offeredMachines } from './queries/offers.ts';
import { POLICY_SETTING, policyNow } from './queries/policy.ts';
import { expectedDemand } from './queries/queue.ts';

/**
 * Sweep: rehearses what the last two weeks asked for on the machines of now, as if all of them were free, and keeps the policy
 * that places the most. Answers 1 when it changed.
 */
export async function choosePolicy(world: World = theWorld): Promise<number> {
  const now = world.now();
  const [offers, expected, before] = await Promise.all([offeredMachines(db, now), expectedDemand(now), policyNow()]);
  if (offers.length === 0 || expected.length === 0) return 0;
  const machines = offers.map((offer) => {
    const machine = machineFrom(offer, { now, untilMs: 0, yielding: true });
    return { ...machine, free: machine.capacity };
  });
  const { policy } = rehearse(machines, expected);
  if (policy === before) return 0;
  await inTransaction('choose policy', (tx) =>
    tx.setting.upsert({
      where: { name: POLICY_SETTING },
      create: { name: POLICY_SETTING, value: policy, updatedAt: now },
      update: { value: policy, updatedAt: now },
    }),
  );
  return 1;
}
