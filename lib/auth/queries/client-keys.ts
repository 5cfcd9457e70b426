import type { Actor } from '#lib/base/actor.ts';
import { db } from '#lib/io/db.ts';

export type ClientKeyRow = {
  readonly id: string;
  readonly name: string;
  /** Raw Ed25519, base64url. */
  readonly key: string;
  readonly createdAt: Date;
};

/** The actor's client keys that are not revoked, newest first. */
export async function clientKeysOf(actor: Actor): Promise<ClientKeyRow[]> {
  return db.clientKey.findMany({
    where: { userId: actor.userId, revokedAt: null },
    orderBy: { id: 'desc' },
    select: { id: true, name: true, key: true, createdAt: true },
  });
}
