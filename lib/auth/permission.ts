import type { AnyActor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';

/** Whoever is suspended may look, and end what costs money, but begin nothing new. Refuses with `suspended`. */
export function requireActive(actor: AnyActor): void {
  if (actor.role !== 'market' && actor.suspended) throw new Refusal('suspended');
}

/** For commands and queries of staff. Refuses with `forbidden`; a suspended admin is none. */
export function requireAdmin(actor: AnyActor): void {
  requireActive(actor);
  if (actor.role === 'member') throw new Refusal('forbidden');
}
