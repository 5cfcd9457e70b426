import { cache } from 'react';
import type { Preferences } from '#lib/auth/preferences.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { unreadCount } from '#lib/notices/queries.ts';
import { signedInUser } from './actor.ts';

/** Who looks at a page, as far as the shell shows it. */
export type Viewer = {
  readonly userId: string;
  readonly name: string;
  readonly role: 'member' | 'admin';
  readonly unreadNotices: number;
  /** Micro-dollars in the wallet, as a decimal string. */
  readonly balanceMicros: string;
  readonly emailConfirmed: boolean;
  readonly suspended: boolean;
  readonly suspendedReason: string | null;
  readonly preferences: Preferences;
  readonly deletionDueAt: Date | null;
};

/** The signed-in viewer, or null. */
export const currentViewer = cache(async (): Promise<Viewer | null> => {
  const user = await signedInUser();
  if (user === null) return null;
  const [unreadNotices, wallet] = await Promise.all([unreadCount(user.actor), walletOf(user.actor)]);
  return {
    userId: user.actor.userId,
    name: user.name,
    role: user.actor.role,
    unreadNotices,
    balanceMicros: wallet.freeMicros.toString(),
    emailConfirmed: user.emailConfirmed,
    suspended: user.actor.suspended,
    suspendedReason: user.suspendedReason,
    preferences: user.preferences,
    deletionDueAt: user.deletionDueAt,
  };
});
