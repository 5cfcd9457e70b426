import { missingNeeds, type NEEDS } from '../../bin/lib/test/needs.mjs';

/** What a test may need that a laptop can lack. `npm test` says loudly what was skipped for it, and how to get it; with CI=true a skip is a failure. */
export type Need = keyof typeof NEEDS;

const missing = new Map<Need, boolean>();

/** True when this machine has it: `describe.runIf(has('docker'))('a rental', …)`. Looked up once. */
export function has(need: Need): boolean {
  let lacks = missing.get(need);
  if (lacks === undefined) {
    lacks = missingNeeds([need]).length > 0;
    missing.set(need, lacks);
  }
  return !lacks;
}

/** The same as values, for conditions: `it.runIf(needs.ssh)`. */
export const needs = {
  get docker(): boolean {
    return has('docker');
  },
  get registry(): boolean {
    return has('registry');
  },
  get chromium(): boolean {
    return has('chromium');
  },
  get ssh(): boolean {
    return has('ssh');
  },
  get compose(): boolean {
    return has('compose');
  },
  get root(): boolean {
    return has('root');
  },
};
