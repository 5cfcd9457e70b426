import type { Reader } from '#lib/io/db.ts';
import { prepared, texts } from '#lib/io/prepared.ts';
import { MOST_CLIENT_KEYS } from '#protocol/countersignature.ts';

/** How many SSH keys of a renter open a rental. */
const MOST_SSH_KEYS = 50;

export type RenterKeys = {
  /** SSH keys as lines of authorized_keys, the oldest first. */
  readonly authorizedKeys: string[];
  /** The keys by which a renter's clients may countersign what is booked, or issued again, now: raw, the newest of them. */
  readonly clientKeys: string[];
};

/** {@link RenterKeys} of the user whose id `user` is, as two columns of a statement. */
export const keyColumns = (user: string) => `
     ARRAY(SELECT k.public_key FROM ssh_keys k WHERE k.user_id = ${user} ORDER BY k.id LIMIT ${MOST_SSH_KEYS}) AS "authorizedKeys",
     ARRAY(SELECT c.key FROM client_keys c WHERE c.user_id = ${user} AND c.revoked_at IS NULL ORDER BY c.id DESC
       LIMIT ${MOST_CLIENT_KEYS}) AS "clientKeys"`;

const KEYS = prepared<RenterKeys & { id: string }, [renterIds: readonly string[]]>(
  'keys of renters',
  `SELECT r.id, ${keyColumns('r.id')}
   FROM unnest${texts('$1')} AS r (id)`,
);

/** The keys of renters, by their ids. */
export async function renterKeys(
  reader: Reader,
  renterIds: readonly string[],
): Promise<ReadonlyMap<string, RenterKeys>> {
  return new Map((await KEYS(reader, [...new Set(renterIds)])).map((row) => [row.id, row]));
}

/** Keys of terminals in pages that a rental lets in now (see lib/bookings/terminal.ts). */
export async function terminalKeysOf(reader: Reader, bookingId: string, now: Date): Promise<string[]> {
  const rows = await reader.terminal.findMany({
    where: { bookingId, keyGoneAt: null, keyUntil: { gt: now } },
    orderBy: { id: 'asc' },
    select: { publicKey: true },
  });
  return [...new Set(rows.map(({ publicKey }) => publicKey))];
}

/** What a rental lets in: as many keys as a permit names, those of its terminals among them. */
export function letIn(renterKeys: readonly string[], terminalKeys: readonly string[]): string[] {
  return [...renterKeys.slice(0, MOST_SSH_KEYS - terminalKeys.length), ...terminalKeys];
}

/** The same of one renter. */
export async function keysOfRenter(reader: Reader, renterId: string): Promise<RenterKeys> {
  return (await renterKeys(reader, [renterId])).get(renterId) ?? { authorizedKeys: [], clientKeys: [] };
}
