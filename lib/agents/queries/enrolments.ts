import type { Actor } from '#lib/base/actor.ts';
import { addSeconds } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { ENROLMENT_CODE_MINUTES } from '../enrolment.ts';

export type RecentEnrolments = {
  /** The market's address as a host's machine reaches it. */
  readonly publicUrl: string;
  /** When the codes that still wait for a machine expire. */
  readonly waiting: readonly { readonly id: string; readonly expiresAt: Date }[];
  /** Machines that came with a code within the last hour, newest first. */
  readonly arrived: readonly {
    readonly id: string;
    readonly name: string;
    readonly simulated: boolean;
    readonly enrolledAt: Date;
    readonly gpus: readonly string[];
    readonly selfTestedAt: Date | null;
  }[];
};

/** What a host who has just made a code waits for. */
export async function recentEnrolments(actor: Actor, now: Date): Promise<RecentEnrolments> {
  const [waiting, arrived] = await Promise.all([
    db.enrolmentCode.findMany({
      where: { hostId: actor.userId, usedAt: null, expiresAt: { gt: now } },
      orderBy: { createdAt: 'desc' },
      select: { id: true, expiresAt: true },
    }),
    db.machine.findMany({
      where: {
        hostId: actor.userId,
        retiredAt: null,
        enrolledAt: { gt: addSeconds(now, -ENROLMENT_CODE_MINUTES * 60) },
      },
      orderBy: { enrolledAt: 'desc' },
      take: 5,
      select: {
        id: true,
        name: true,
        simulated: true,
        enrolledAt: true,
        selfTestedAt: true,
        gpus: { where: { removedAt: null }, orderBy: { position: 'asc' }, select: { model: true } },
      },
    }),
  ]);
  return {
    publicUrl: env().publicUrl,
    waiting,
    arrived: arrived.map((machine) => ({ ...machine, gpus: machine.gpus.map((gpu) => gpu.model) })),
  };
}
