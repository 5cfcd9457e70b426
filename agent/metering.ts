import { sha256 } from '../protocol/keys.ts';
import type { Statement } from '../protocol/statement.ts';
import { DOMAINS, type Signed, signedText } from '../protocol/words.ts';
import type { Reading } from './clock.ts';
import type { Journal } from './io/journal.ts';
import { beginInterval, endInterval, STATE_EVERY_SECONDS, secondsIn } from './meter.ts';
import { phaseOf } from './plan.ts';
import { isAttached, isConnectable, rentalOf, type Workload } from './workload.ts';

export type MeteringOptions = {
  journal: Pick<Journal, 'append'>;
  sign: (payload: string) => Signed;
  /** The journal did not take a statement (a full disk): nothing of it is billed, and it is tried again. */
  onFailure: (error: unknown) => void;
};

/** Makes measured time into journalled statements: one a minute, and one at each change. */
export type Metering = {
  /** Brings a rental's meter to what the rental is now. True when a statement was made. */
  settle(workload: Workload, reading: Reading): boolean;
  /** States what passed until now, and goes on in the same state. */
  cut(workload: Workload, reading: Reading): boolean;
};

export function metering({ journal, sign, onFailure }: MeteringOptions): Metering {
  const cut = (workload: Workload, reading: Reading): boolean => {
    const { interval, totals, lease } = workload;
    if (interval === null) return false;
    const { statement, totals: next, next: rest } = endInterval(totals, interval, lease.permit, reading);
    if (statement !== null) {
      const signed = sign(JSON.stringify(statement));
      const stated = { ...next, previous: sha256(signedText(DOMAINS.statement, signed.payload)) };
      try {
        journal.append(lease.permit.leaseId, statement.sequence, signed, stated);
      } catch (error) {
        onFailure(error);
        return false;
      }
      workload.totals = stated;
    }
    workload.interval = rest;
    return statement !== null;
  };
  return {
    cut,
    settle(workload, reading) {
      const state = meteredState(workload, reading);
      const { interval } = workload;
      if (interval !== null && interval.state === state) {
        return secondsIn(interval, reading) >= STATE_EVERY_SECONDS[state] && cut(workload, reading);
      }
      const made = cut(workload, reading);
      workload.interval = state === null ? null : beginInterval(state, workload.totals, reading);
      return made;
    },
  };
}

/** What is billed now: GPUs and disk while a renter can connect, the disk alone while it is kept after that. */
function meteredState(workload: Workload, reading: Reading): Statement['state'] | null {
  const { container, totals } = workload;
  const phase = phaseOf(rentalOf(workload, reading), container, isConnectable(workload), reading.now);
  if (phase === 'connectable') return isAttached(workload) ? 'running' : null;
  const used = totals.sequence > 0 || workload.interval !== null;
  return phase === 'stopped' && container !== undefined && used ? 'stopped' : null;
}
