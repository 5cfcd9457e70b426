import { SECOND } from '#lib/base/time.ts';
import { FAILURES } from '#protocol/agent.ts';
import type { Observed } from './booking.ts';

/** The way from a booking to its shell. */
export const PHASES_TO_SHELL = ['held', 'accepted', 'pulling', 'starting', 'connectable'] as const satisfies Observed[];
export type PhaseToShell = (typeof PHASES_TO_SHELL)[number];

/** Where a failure happens; what is not named here happens when the machine looks at the lease. */
const FAILS_AT: Readonly<Record<string, PhaseToShell>> = {
  imageNotFound: 'pulling',
  imageNotHere: 'pulling',
  unrunnable: 'starting',
  pullFailed: 'pulling',
  diskFull: 'pulling',
  startFailed: 'starting',
  gpuMissing: 'starting',
  exited: 'starting',
  runtimeStopped: 'starting',
  shellFailed: 'connectable',
  gatewayFailed: 'connectable',
};

/** What decides how far a booking came. */
export type Reached = {
  readonly observed: Observed;
  readonly reason: string | null;
  readonly startedAt: Date | null;
  /** The job that it runs, where that is told. */
  readonly job?: object | null;
};

/**
 * Whether a booking failed: a run of it that did, or one that never was usable and is gone already. A program that ended by itself
 * is no failure once it could be used, and none of a job: each of them ends so, some before they could be used.
 */
export function hasFailed(booking: Reached): boolean {
  const reason = booking.reason ?? '';
  if (reason === 'exited' && (booking.startedAt !== null || (booking.job ?? null) !== null)) return false;
  const byMachine = (FAILURES as readonly string[]).includes(reason) || Object.hasOwn(FAILS_AT, reason);
  return booking.observed === 'failed' || (booking.observed === 'ended' && booking.startedAt === null && byMachine);
}

/** Which phase a booking is in, or failed in, as an index into {@link PHASES_TO_SHELL}. */
export function phaseReached(booking: Reached): number {
  if (hasFailed(booking)) return PHASES_TO_SHELL.indexOf(FAILS_AT[booking.reason ?? ''] ?? 'accepted');
  return Math.max(0, (PHASES_TO_SHELL as readonly Observed[]).indexOf(booking.observed));
}

type Happened = { readonly kind: string; readonly data: unknown; readonly createdAt: Date };

/** How long the phases of the newest run took, in seconds; `all` is from asking to the shell. What is not over is left out. */
export function phaseTimes(events: readonly Happened[]): Partial<Record<PhaseToShell | 'all', number>> {
  const begin = events.findLastIndex(({ kind }) => kind === 'booking.made' || kind === 'booking.startAsked');
  const began = new Map<string, Date>();
  for (const event of events.slice(Math.max(0, begin))) {
    const phase = phaseOf(event);
    if (phase !== null && !began.has(phase)) began.set(phase, event.createdAt);
  }
  const between = (from: string, to: string): number | undefined => {
    const start = began.get(from)?.getTime();
    const end = began.get(to)?.getTime();
    return start === undefined || end === undefined ? undefined : Math.max(0, end - start) / SECOND;
  };
  const times = {
    accepted: between('held', 'accepted'),
    pulling: between('pulling', 'starting'),
    starting: between('starting', 'connectable'),
    all: between('held', 'connectable'),
  };
  return Object.fromEntries(Object.entries(times).filter(([, seconds]) => seconds !== undefined));
}

function phaseOf({ kind, data }: Happened): string | null {
  if (kind === 'booking.made' || kind === 'booking.startAsked') return 'held';
  if (kind === 'booking.connectable') return 'connectable';
  return kind === 'booking.phase' ? phaseIn(data) : null;
}

/** The phase that an event of kind `booking.phase` tells of. */
export function phaseIn(data: unknown): string | null {
  const phase = typeof data === 'object' && data !== null && 'phase' in data ? data.phase : null;
  return typeof phase === 'string' ? phase : null;
}
