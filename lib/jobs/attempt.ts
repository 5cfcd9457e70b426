import { earliest } from '#lib/base/time.ts';
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
  /** Since when what is seen of it is so. */
  readonly observedAt: Date;
  readonly startedAt: Date | null;
  /** When its window ends. */
  readonly endsAt: Date;
  readonly reason: string | null;
  readonly reasonDetail: string | null;
  /** What its command ended with, whatever became of its disk since. */
  readonly exitCode: number | null;
  /** When its machine was last heard of. */
  readonly heardAt: Date | null;
  readonly hostId: string;
  /** It has not answered for so long that it counts as lost. */
  readonly silent: boolean;
};

export type Verdict =
  | {
      readonly state: 'placed' | 'running';
      /** Since when it cannot succeed any more, though how it came out is not known yet; null while it can. */
      readonly doomedSince: Date | null;
    }
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
const BY_JOB: ReadonlySet<string> = new Set([
  'exited',
  'timeLimit',
  'capReached',
  'imageNotFound',
  'unrunnable',
  'windowEnded',
]);
/** Another attempt would meet the same. */
const FINAL: ReadonlySet<string> = new Set(['capReached', 'imageNotFound', 'staffEnded']);

/**
 * What has become of an attempt: on its way, at work, or over and how. One machine that gave up is enough for all of them; it
 * succeeded when every machine's command ended with 0. A machine that lost it comes before a command that failed beside it, and
 * such a command decides only when the other machines were heard of since: one of them may have died first. Pure, so that a
 * sweep that looks twice decides once.
 */
export function judge(
  machines: readonly MachineSeen[],
  job: { readonly desired: JobDesired; readonly deadline: Date | null },
  now: Date,
): Verdict {
  if (job.desired === 'end') return over('cancelled', { reason: 'cancelled', final: true });
  const bad = machines.filter((machine) => isDone(machine) && machine.exitCode !== 0);
  const [first] = bad;
  if (first !== undefined && bad.some((machine) => endedAtDeadline(machine, job.deadline, now)))
    return over('expired', { reason: 'deadlinePassed', final: true });
  const byRenter = bad.find(({ reason }) => reason !== null && BY_RENTER.has(reason));
  if (byRenter !== undefined) return over('cancelled', { ...saidOf(byRenter), final: true });
  const final = bad.find(({ reason }) => reason !== null && FINAL.has(reason));
  if (final !== undefined) return over('failed', { ...saidOf(final), final: true });
  const lost = bad.filter((machine) => !isItsOwn(machine));
  const [lostFirst] = lost;
  if (lostFirst !== undefined)
    return over('lost', { ...saidOf(lostFirst), lostBy: lost.map((machine) => machine.hostId) });
  const silent = machines.filter((machine) => machine.silent && !isDone(machine));
  if (silent.length > 0)
    return over('lost', { reason: 'machineSilent', lostBy: silent.map((machine) => machine.hostId) });
  if (first !== undefined && machines.every((machine) => isDone(machine) || isHeardSince(machine, first)))
    return over('failed', saidOf(first));
  if (machines.every(isDone)) return over('succeeded', { exitCode: 0 });
  const up = machines.every((machine) => isDone(machine) || machine.startedAt !== null);
  return {
    state: up ? 'running' : 'placed',
    doomedSince: earliest(...bad.map((machine) => machine.observedAt)) ?? null,
  };
}

type Over = Extract<Verdict, { state: 'over' }>;

function over(outcome: AttemptOutcome, rest: Partial<Over> = {}): Over {
  return { state: 'over', outcome, reason: null, detail: null, exitCode: null, lostBy: [], final: false, ...rest };
}

/** Its command is over there: also where its renter looks at what it left in a shell since. */
function isDone({ desired, observed, exitCode }: MachineSeen): boolean {
  return exitCode !== null || desired !== 'running' || observed === 'ended';
}

function saidOf({ reason, reasonDetail: detail, exitCode }: MachineSeen): Pick<Over, 'reason' | 'detail' | 'exitCode'> {
  return exitCode === null
    ? { reason, detail, exitCode }
    : { reason: 'exited', detail: exitDetail(reason, detail), exitCode };
}

/** What its machine said of the exit; what was said of its disk since says nothing of it. */
function exitDetail(reason: string | null, detail: string | null): string | null {
  return reason === 'exited' ? detail : null;
}

/** A window that ended before the command began is the machine's: it had half an hour to start. */
function isItsOwn({ reason, exitCode, startedAt }: MachineSeen): boolean {
  if (exitCode !== null) return true;
  return reason !== null && BY_JOB.has(reason) && (reason !== 'windowEnded' || startedAt !== null);
}

/** Whether its deadline ended it: by the window that was cut there, whichever clock was the first to say so. */
function endedAtDeadline({ reason, exitCode, endsAt }: MachineSeen, deadline: Date | null, now: Date): boolean {
  if (deadline === null || exitCode !== null) return false;
  if (reason === 'windowEnded') return deadline <= now || deadline <= endsAt;
  return reason === 'timeLimit' && deadline <= now;
}

function isHeardSince({ heardAt }: MachineSeen, failed: MachineSeen): boolean {
  return heardAt !== null && heardAt >= failed.observedAt;
}
