import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { cut } from '#protocol/join.ts';

/** A renter's connection that waits for its agent. */
export type Waiting = { readonly renter: Socket; readonly leaseId: string };

/** Renters' connections that wait for the agent to dial back, each under an id of 128 random bits that is good once. */
export function dialBacks(timeoutMs: number, onTimeout: (waiting: Waiting) => void) {
  const waiting = new Map<string, Waiting & { readonly timer: NodeJS.Timeout; readonly onClose: () => void }>();

  const take = (id: string): Waiting | undefined => {
    const found = waiting.get(id);
    if (found === undefined) return undefined;
    waiting.delete(id);
    clearTimeout(found.timer);
    found.renter.off('close', found.onClose);
    return found;
  };

  return {
    /** Registers a paused connection and gives the id for the agent. After the timeout it is cut. */
    wait(renter: Socket, leaseId: string): string {
      const id = randomBytes(16).toString('base64url');
      const timer = setTimeout(() => {
        const late = take(id);
        if (late === undefined) return;
        onTimeout(late);
        cut(late.renter);
      }, timeoutMs);
      const onClose = () => take(id);
      renter.once('close', onClose);
      waiting.set(id, { renter, leaseId, timer, onClose });
      return id;
    },
    /** The connection that waits under this id, once; undefined for an unknown, used or expired id. */
    take,
    leaseOf: (id: string): string | undefined => waiting.get(id)?.leaseId,
    /** Hangs up on all that wait for this lease. */
    cutLease(leaseId: string): void {
      for (const [id, entry] of waiting) if (entry.leaseId === leaseId) cut(take(id)?.renter ?? entry.renter);
    },
    countOf(leaseId: string): number {
      let found = 0;
      for (const entry of waiting.values()) if (entry.leaseId === leaseId) found += 1;
      return found;
    },
    size: () => waiting.size,
  };
}
export type DialBacks = ReturnType<typeof dialBacks>;
