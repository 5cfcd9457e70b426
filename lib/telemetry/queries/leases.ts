import { hashOfSecret } from '#lib/auth/secret.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';

type Row = {
  readonly supersededAt: Date | null;
  readonly retiredAt: Date | null;
  readonly leaseId: string | null;
  readonly bookingId: string | null;
  readonly machineId: string;
};

/**
 * The machine that this token speaks for, and the bookings of some of its leases, by lease, in one question: it is asked every
 * five seconds for every rented machine. Refuses: `agentUnknown`, `sessionOver`, `notFound` (a lease of another machine).
 */
export async function bookingsUnder(
  token: string,
  leaseIds: readonly string[],
): Promise<{ readonly machineId: string; readonly bookings: ReadonlyMap<string, string> }> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT m.id AS "machineId", s.superseded_at AS "supersededAt", m.retired_at AS "retiredAt", l.id AS "leaseId", l.booking_id AS "bookingId"
    FROM agent_sessions s JOIN machines m ON m.id = s.machine_id
      LEFT JOIN leases l ON l.machine_id = m.id AND l.id = ANY(${leaseIds}::text[])
    WHERE s.token_hash = ${hashOfSecret(token)}`;
  const [first] = rows;
  if (first === undefined || first.retiredAt !== null) throw new Refusal('agentUnknown');
  if (first.supersededAt !== null) throw new Refusal('sessionOver');
  const found = new Map(rows.flatMap(({ leaseId, bookingId }) => (leaseId && bookingId ? [[leaseId, bookingId]] : [])));
  if (leaseIds.some((leaseId) => !found.has(leaseId))) throw new Refusal('notFound');
  return { machineId: first.machineId, bookings: found };
}
