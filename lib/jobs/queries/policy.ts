import { db } from '#lib/io/db.ts';
import { type Policy, WEIGHTS } from '#lib/scheduler/score.ts';

/** The setting that keeps which policy the rehearsal chose. */
export const POLICY_SETTING = 'jobs.policy';
/** Until something is known of what is asked for. */
export const USUAL_POLICY: Policy = 'amplyCpu';

/** The policy by which jobs are placed now. */
export async function policyNow(): Promise<Policy> {
  const row = await db.setting.findUnique({ where: { name: POLICY_SETTING }, select: { value: true } });
  const kept = row?.value;
  return typeof kept === 'string' && Object.hasOwn(WEIGHTS, kept) ? (kept as Policy) : USUAL_POLICY;
}
