/**
 * What goes wrong with one request. `hangUpAfter` and `errorAfter` come after the effect: the answer of the first is kept under the idempotency key,
 * that of the second is the kept 500 itself, as at Stripe. The others come before it and leave nothing; `forbid` is what a restricted key gets.
 */
export type Fault = {
  readonly does?: 'hangUpBefore' | 'hangUpAfter' | 'errorBefore' | 'errorAfter' | 'tooMany' | 'forbid';
  readonly slowMs?: number;
  /** Which operation, like `POST /v1/refunds`; any when left out. */
  readonly at?: string;
  /** How many requests it hits: one unless told otherwise. */
  readonly times?: number;
};

/** Faults that wait for their request, in the order in which they were planned. */
export function newFaults() {
  const planned: { fault: Fault; left: number }[] = [];
  return {
    plan: (fault: Fault) => void planned.push({ fault, left: fault.times ?? 1 }),
    clear: () => void planned.splice(0),
    take: (at: string): Fault | undefined => {
      const found = planned.find(({ fault, left }) => left > 0 && (fault.at === undefined || fault.at === at));
      if (found !== undefined) found.left -= 1;
      return found?.fault;
    },
  };
}
