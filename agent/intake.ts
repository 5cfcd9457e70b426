import type { DesiredWorkload, SyncAnswer, WorkloadReport } from '../protocol/agent.ts';
import type { Journal } from './io/journal.ts';
import { NO_PAST } from './io/journal.ts';
import { judgeOffer, type Lease, readPermit, sameLease, type Trust } from './lease.ts';
import type { Log } from './log.ts';
import { NOTHING_STATED } from './meter.ts';
import { FORGOTTEN_AFTER_MS } from './plan.ts';
import { type Workload, workloadOf } from './workload.ts';

export type IntakeOptions = {
  trust: Trust;
  journal: Pick<Journal, 'keepLease' | 'stored' | 'hasUnsent' | 'forget'>;
  workloads: Map<string, Workload>;
  log: Log;
  now: () => number;
  /** Called with the workload as it was before a new lease takes its place. */
  onReplace: (workload: Workload, lease: Lease) => void;
  onNew: (workload: Workload) => void;
  keepPast: (workload: Workload, change: Partial<Workload['past']>) => void;
  /** Nothing of it is left on this machine. */
  isGone: (workload: Workload) => boolean;
};

/** Takes in what the market says should be: checked, kept on the disk, and only then believed. */
export type Intake = {
  /** Throws when the disk does not take it; what was not kept is then not believed either. */
  apply(answer: Pick<SyncAnswer, 'workloads' | 'stored'>): void;
  /** Reports of leases that were refused and are not known. */
  refusals(): WorkloadReport[];
};

export function intakeOf(options: IntakeOptions): Intake {
  const { trust, journal, workloads, log, keepPast } = options;
  const refused = new Map<string, WorkloadReport>();

  function take(offered: DesiredWorkload): string | null {
    const leaseId = readPermit(offered.lease)?.leaseId ?? null;
    const known = leaseId === null ? undefined : workloads.get(leaseId);
    const { lease, refusal } = judgeOffer(offered, known?.lease ?? null, trust);
    if (lease === null) {
      const news = leaseId === null || !refused.has(leaseId);
      if (news) log.warn(`A lease was not taken: ${refusal}`, { leaseId });
      if (leaseId !== null && known === undefined) refused.set(leaseId, reportOfRefusal(leaseId, offered, refusal));
      return leaseId;
    }
    const id = lease.permit.leaseId;
    refused.delete(id);
    if (known === undefined) {
      journal.keepLease(trust.machineId, lease);
      const workload = workloadOf({ lease, past: NO_PAST, totals: NOTHING_STATED, known: true });
      options.onNew(workload);
      workloads.set(id, workload);
    } else if (!sameLease(known.lease, lease)) {
      journal.keepLease(trust.machineId, lease);
      options.onReplace(known, lease);
      known.lease = lease;
    }
    return id;
  }

  function unnamed(leaseId: string, workload: Workload): void {
    const { unnamedSince } = workload.past;
    const givenUp = unnamedSince !== null && options.now() - unnamedSince >= FORGOTTEN_AFTER_MS;
    if (options.isGone(workload) && (givenUp || !journal.hasUnsent(leaseId))) {
      journal.forget(leaseId);
      workloads.delete(leaseId);
    } else if (unnamedSince === null) keepPast(workload, { unnamedSince: options.now() });
  }

  return {
    apply({ workloads: offers, stored }) {
      for (const [leaseId, sequence] of Object.entries(stored)) journal.stored(leaseId, sequence);
      const named = new Set(offers.map((offered) => take(offered)));
      for (const leaseId of refused.keys()) if (!named.has(leaseId)) refused.delete(leaseId);
      for (const [leaseId, workload] of workloads) {
        if (!named.has(leaseId)) unnamed(leaseId, workload);
        else if (workload.past.unnamedSince !== null) keepPast(workload, { unnamedSince: null });
      }
    },
    refusals: () => [...refused.values()],
  };
}

function reportOfRefusal(leaseId: string, offered: DesiredWorkload, refusal: string): WorkloadReport {
  const failure = { code: 'leaseInvalid' as const, detail: refusal };
  const revision = readPermit(offered.lease)?.revision ?? 0;
  return { leaseId, revision, run: offered.run, phase: 'failed', failure, progress: null, hostKey: null };
}
