import { randomUUID } from 'node:crypto';
import { type LeaveAnswer, STATEMENTS_AT_ONCE, type WorkloadReport } from '../protocol/agent.ts';
import { PROTOCOL_VERSION } from '../protocol/words.ts';
import { shakeHands } from './io/handshake.ts';
import type { Keys } from './io/identity.ts';
import type { Journal } from './io/journal.ts';
import type { Market } from './io/market.ts';

export type Leaving = {
  readonly market: Pick<Market, 'challenge' | 'connect' | 'sync' | 'leave'>;
  readonly machineId: string;
  readonly keys: Keys;
  /** What was delivered and not stored yet is handed over first: it is the host's pay. */
  readonly journal: Pick<Journal, 'rentals' | 'unsent' | 'stored'>;
  readonly agentVersion: string;
  readonly now: () => Date;
};

/** A market that stores nothing is not asked for ever. */
const MOST_SYNCS = 200;

/**
 * Says good-bye when nothing of the agent is left on the machine: hands over what was stated, says that its rentals are
 * gone, and has the market take the machine out. Resolves to what came of it; rejects as {@link Market} does.
 */
export async function leaveMarket(leaving: Leaving): Promise<LeaveAnswer['outcome']> {
  const { market, machineId, journal, now } = leaving;
  const { token } = await shakeHands({ ...leaving, bootId: randomUUID() });
  const workloads = journal.rentals(machineId).map(({ lease, past }): WorkloadReport => {
    const { leaseId, revision } = lease.permit;
    return { leaseId, revision, run: lease.run, phase: 'ended', failure: null, progress: null, hostKey: past.hostKey };
  });
  for (let sequence = 1; sequence <= MOST_SYNCS; sequence += 1) {
    const statements = journal.unsent(machineId, STATEMENTS_AT_ONCE);
    const { stored } = await market.sync(
      token,
      {
        protocol: PROTOCOL_VERSION,
        sequence,
        now: now().toISOString(),
        generation: 0,
        hold: false,
        specification: null,
        selfTest: null,
        workloads,
        statements,
      },
      AbortSignal.timeout(20_000),
    );
    for (const [leaseId, last] of Object.entries(stored)) journal.stored(leaseId, last);
    const left = journal.unsent(machineId, 1)[0];
    if (left === undefined || left.signature === statements[0]?.signature) break;
  }
  return (await market.leave(token, { protocol: PROTOCOL_VERSION })).outcome;
}
