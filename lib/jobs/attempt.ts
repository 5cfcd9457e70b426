import type { Desired, Observed } from '#lib/bookings/booking.ts';
import type { JobDesired } from './job.ts';

/** How an attempt came out. `lost`: through no fault of the job; it begins again elsewhere. */
export const ATTEMPT_OUTCOMES = ['succeeded', 'failed', 'lost', 'cancelled', 'expired'] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** How an attempt came out, in a word or two. */
export const ATTEMPT_WORDS: Readonly<Record<AttemptOutcome, string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  lost: 'its machine was lost',
  cancelled: 'cancelled',
  expired: 'ran out of time',
};

/** One machine of an attempt, as its booking says. */
export type MachineSeen = {
  readonly desired: Desired;
  readonly observed: Observed;
  readonly startedAt: Date | null;
  readonly reason: string | null;
  readonly reasonDetail: string | null;
  readonly exitCode: number | null;
  readonly hostId: string;
  /** It has not answered for so long that it counts as lost. */
  readonly silent: boolean;
};

export type Verdict =
  | { readonly state: 'placed' | 'running' }
  | {
      readonly state: 'over';
      readonly outcome: AttemptOutcome;
      readonly reason: string | null;
      readonly detail: string | null;
      readonly exitCode: number | null;
      /** Hosts on whose machines it was lost. */
      readonly lostBy: readonly string[];
      /** No further attempt can come out otherwise. */
      readonly final: boolean;
    };

const BY_RENTER: ReadonlySet<string> = new Set(['renterEnded', 'renterStopped', 'moneyRanOut']);
/** The job's own doing, on whatever machine. */
const BY_JOB: ReadonlySet<string> = new Set(['exited', 'timeLimit', 'capReached', 'imageNotFound', 'windowEnded']);
/** Another attempt would meet the same. */
const FINAL: ReadonlySet<string> = new Set(['capReached', 'imageNotFound', 'staffEnded']);

/**
 * What has become of an attempt: on its way, at work, or over and how. One machine that gave up is enough for all of them; it
 * succeeded when every machine's command ended with 0. Pure, so that a sweep that looks twice decides once.
 */
export function judge(
  machines: readonly MachineSeen[],
  job: { readonly desired: JobDesired; readonly deadline: Date | null },
  now: Date,
): Verdict {
  const over = (outcome: AttemptOutcome, rest: Partial<Extract<Verdict, { state: 'over' }>> = {}): Verdict => ({
    state: 'over',
    outcome,
    reason: null,
    detail: null,
    exitCode: null,
    lostBy: [],
    final: false,
    ...rest,
  });
  if (job.desired === 'end') return over('cancelled', { reason: 'cancelled', final: true });
  const done = machines.filter((machine) => machine.desired !== 'running' || machine.observed === 'ended');
  const bad = done.find((machine) => machine.reason !== 'exited' || machine.exitCode !== 0);
  if (bad !== undefined) {
    const { reason, reasonDetail: detail, exitCode } = bad;
    const said = { reason, detail, exitCode };
    const past = job.deadline !== null && job.deadline <= now;
    if (past && (reason === 'windowEnded' || reason === 'timeLimit'))
      return over('expired', { reason: 'deadlinePassed', final: true });
    if (reason !== null && BY_RENTER.has(reason)) return over('cancelled', { ...said, final: true });
    if (reason !== null && FINAL.has(reason)) return over('failed', { ...said, final: true });
    // A window that ended before the command began is the machine's: it had half an hour to start.
    const own = reason !== null && BY_JOB.has(reason) && (reason !== 'windowEnded' || bad.startedAt !== null);
    return own ? over('failed', said) : over('lost', { ...said, lostBy: [bad.hostId] });
  }
  const silent = machines.filter((machine) => machine.silent && machine.desired === 'running');
  if (silent.length > 0)
    return over('lost', { reason: 'machineSilent', lostBy: silent.map((machine) => machine.hostId) });
  if (done.length === machines.length) return over('succeeded', { exitCode: 0 });
  const up = machines.every((machine) => machine.desired !== 'running' || machine.startedAt !== null);
  return { state: up ? 'running' : 'placed' };
}
