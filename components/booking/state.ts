import type { StateKind } from '#components/ui/state-badge.tsx';
import type { Desired, Observed } from '#lib/bookings/booking.ts';
import { hasFailed, type Reached } from '#lib/bookings/phase.ts';

export type Shown = { readonly kind: StateKind; readonly word: string };

const WORDS: Record<Observed, Shown> = {
  held: { kind: 'waiting', word: 'waiting for the machine' },
  accepted: { kind: 'working', word: 'accepted' },
  pulling: { kind: 'working', word: 'pulling the image' },
  starting: { kind: 'working', word: 'starting' },
  connectable: { kind: 'running', word: 'running' },
  stopping: { kind: 'working', word: 'stopping' },
  stopped: { kind: 'stopped', word: 'stopped' },
  failed: { kind: 'failed', word: 'failed' },
  ended: { kind: 'done', word: 'ended' },
};

/** The one word that a booking's state is shown by: what is seen, unless what is wanted is already further. */
export function shownState(
  booking: Reached & {
    readonly desired: Desired;
    readonly endedAt: Date | null;
    /** True of a reserved window that has not begun. */
    readonly ahead?: boolean;
  },
): Shown {
  if (booking.ahead === true) return { kind: 'waiting', word: 'reserved' };
  if (booking.reason === 'interrupted' && booking.endedAt === null && booking.desired !== 'ended') {
    if (booking.desired === 'running') return { kind: 'warning', word: 'yielding' };
    if (booking.observed === 'stopped' || booking.observed === 'failed')
      return { kind: 'waiting', word: 'interrupted' };
  }
  // In a list nobody tells whether it ran a job, and every job ends so: what it came to stands beside it.
  const byItself = booking.reason === 'exited';
  if (booking.endedAt !== null) return hasFailed(booking) && !byItself ? WORDS.failed : WORDS.ended;
  if (booking.desired === 'ended') return { kind: 'working', word: 'ending' };
  if (booking.desired === 'stopped' && booking.observed === 'connectable') return WORDS.stopping;
  if (booking.observed === 'failed' && byItself) return { kind: 'stopped', word: 'program ended' };
  return WORDS[booking.observed];
}
