import type { Actor, AnyActor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { MINUTE } from '#lib/base/time.ts';

/** Whoever is suspended, or about to leave, may look, and end what costs money, but begin nothing new. Refuses with `suspended` or `leaving`. */
export function requireActive(actor: AnyActor): void {
  if (actor.role === 'market') return;
  if (actor.suspended) throw new Refusal('suspended');
  if (actor.leaving === true) throw new Refusal('leaving');
}

/** For commands and queries of staff. Refuses with `forbidden`, and with `twoStepNeeded` an admin whose session has not passed the second step; a suspended admin is none. */
export function requireAdmin(actor: AnyActor): void {
  requireActive(actor);
  if (actor.role === 'member') throw new Refusal('forbidden');
  requireTwoStep(actor);
}

/** For what moves other people's money or one's own out of the market. Refuses with `twoStepNeeded` unless this session passed the second step. */
export function requireTwoStep(actor: AnyActor): void {
  if (actor.role !== 'market' && actor.twoStep !== true) throw new Refusal('twoStepNeeded');
}

/** For so long after a password or a code is somebody believed to be the one who gave it. */
export const PROVEN_MINUTES = 15;

/** Whether this session proved lately that it is still its owner who uses it. */
export function isProven(actor: Actor, now: Date): boolean {
  const { provenAt } = actor;
  return provenAt !== undefined && provenAt !== null && now.getTime() - provenAt.getTime() <= PROVEN_MINUTES * MINUTE;
}

/** For what a session that somebody left open, or a stolen token, must not do. Refuses with `proofNeeded`. */
export function requireProven(actor: Actor, now: Date): void {
  if (!isProven(actor, now)) throw new Refusal('proofNeeded');
}
