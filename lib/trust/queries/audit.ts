import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import type { Page } from '#lib/base/page.ts';
import { db, query } from '#lib/io/db.ts';
import { type AuditFact, factsOf } from '../audit.ts';

export type AuditRow = {
  readonly id: string;
  readonly kind: string;
  /** Null when the market itself acted. */
  readonly actor: { readonly id: string; readonly name: string } | null;
  readonly userId: string | null;
  readonly bookingId: string | null;
  readonly machineId: string | null;
  readonly listingId: string | null;
  readonly reason: string | null;
  /** What it says besides, with what was before where something changed. */
  readonly facts: readonly AuditFact[];
  readonly createdAt: Date;
};

export type AuditAsk = {
  /** Events about this user, booking, machine or listing, or done by this user. */
  readonly about?: string | undefined;
  readonly kind?: string | undefined;
  /** A piece of the reason, of the kind, or of what the event says. */
  readonly text?: string | undefined;
  /** Done by this person. */
  readonly by?: string | undefined;
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
  readonly before?: bigint | undefined;
  /** Only what people did, not what the market did by itself. */
  readonly byPeople: boolean;
  /** Leaves out that people signed in and out. */
  readonly withoutSessions?: boolean | undefined;
  readonly take?: number | undefined;
};

const EVENTS_A_PAGE = 100;
const MOST_EVENTS = 1_000;

type Stored = Omit<AuditRow, 'id' | 'actor' | 'facts'> & {
  readonly id: bigint;
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly data: unknown;
};

/** The audit log, newest first. For admins. */
export async function auditTrail(actor: Actor, ask: AuditAsk): Promise<Page<AuditRow>> {
  requireAdmin(actor);
  const take = Math.min(Math.max(1, ask.take ?? EVENTS_A_PAGE), MOST_EVENTS);
  const rows = await db.$queryRaw<Stored[]>`
    SELECT e.id, e.kind, e.actor_id AS "actorId", u.name AS "actorName", e.user_id AS "userId", e.booking_id AS "bookingId",
      e.machine_id AS "machineId", e.listing_id AS "listingId", e.reason, e.data, e.created_at AS "createdAt"
    FROM events e LEFT JOIN users u ON u.id = e.actor_id
    WHERE ${where(ask)} ORDER BY e.id DESC LIMIT ${take + 1}::int`;
  const kept = rows.slice(0, take);
  return {
    rows: kept.map(({ actorId, actorName, id, data, ...row }) => ({
      ...row,
      id: id.toString(),
      actor: actorId === null ? null : { id: actorId, name: actorName ?? actorId },
      facts: factsOf(data),
    })),
    next: rows.length > take ? (kept.at(-1)?.id.toString() ?? null) : null,
  };
}

const given = (text: string | undefined): text is string => text !== undefined && text !== '';

function where(ask: AuditAsk) {
  let all = query`true`;
  if (given(ask.about)) {
    const id = ask.about;
    all = query`${all} AND (e.user_id = ${id} OR e.booking_id = ${id} OR e.machine_id = ${id} OR e.listing_id = ${id} OR e.actor_id = ${id} OR e.data->>'caseId' = ${id} OR e.data->>'reportId' = ${id})`;
  }
  if (given(ask.kind)) all = query`${all} AND e.kind = ${ask.kind}`;
  if (given(ask.by)) all = query`${all} AND e.actor_id = ${ask.by}`;
  if (given(ask.text)) {
    const piece = `%${ask.text.replace(/[\\%_]/g, '\\$&')}%`;
    all = query`${all} AND (e.reason ILIKE ${piece} OR e.kind ILIKE ${piece} OR e.data::text ILIKE ${piece})`;
  }
  if (ask.from !== undefined) all = query`${all} AND e.created_at >= ${ask.from}`;
  if (ask.until !== undefined) all = query`${all} AND e.created_at < ${ask.until}`;
  if (ask.before !== undefined) all = query`${all} AND e.id < ${ask.before}`;
  if (ask.byPeople) all = query`${all} AND e.actor_id IS NOT NULL`;
  if (ask.withoutSessions === true) all = query`${all} AND e.kind NOT LIKE 'session.%'`;
  return all;
}

/** The whole log as asked for, page by page, for a file; at most a hundred thousand events. For admins. */
export async function* everyAudit(actor: Actor, ask: AuditAsk): AsyncGenerator<readonly AuditRow[]> {
  let before = ask.before;
  for (let pages = 0; pages < 100; pages += 1) {
    const page = await auditTrail(actor, { ...ask, before, take: MOST_EVENTS });
    yield page.rows;
    if (page.next === null) return;
    before = BigInt(page.next);
  }
}
