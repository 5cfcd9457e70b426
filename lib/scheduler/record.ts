import { type Plan, planPlacements } from './plan.ts';
import type { Policy } from './score.ts';
import type { Snapshot } from './snapshot.ts';

/** A plan and all that it follows from, in one line of text, to be kept and looked into later. */
export function recordPlan(snapshot: Snapshot, policy: Policy, plan: Plan): string {
  return write({ snapshot, policy, plan });
}

/** Plans again what a record holds: the plan that comes out, and whether it is the recorded one, bit for bit. */
export function replayRecord(line: string): { readonly plan: Plan; readonly same: boolean } {
  const { snapshot, policy, plan: recorded } = read(line);
  const plan = planPlacements(snapshot, policy);
  return { plan, same: write(plan) === write(recorded) };
}

/** JSON with the three things that it lacks: whole numbers beyond 2^53, maps and infinity. */
function write(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === 'bigint') return { $: 'bigint', of: String(each) };
    if (each instanceof Map) return { $: 'map', of: [...each] };
    return each === Number.POSITIVE_INFINITY ? { $: 'infinity' } : each;
  });
}

/** Our own words only: whoever calls this wrote the line with `recordPlan`. */
function read(line: string): { snapshot: Snapshot; policy: Policy; plan: Plan } {
  return JSON.parse(line, (_, each: { $?: string; of?: unknown } | null) => {
    if (each === null || typeof each !== 'object') return each;
    if (each.$ === 'bigint') return BigInt(String(each.of));
    if (each.$ === 'map' && Array.isArray(each.of)) return new Map(each.of);
    return each.$ === 'infinity' ? Number.POSITIVE_INFINITY : each;
  });
}
