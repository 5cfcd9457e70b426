import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import type { Page } from '#lib/base/page.ts';
import { db } from '#lib/io/db.ts';

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
  readonly data: unknown;
  readonly createdAt: Date;
};

export type AuditAsk = {
  /** Events about this user, booking, machine or listing, or done by this user. */
  readonly about?: string | undefined;
  readonly kind?: string | undefined;
  readonly before?: bigint | undefined;
  /** Only what people did, not what the market did by itself. */
  readonly byPeople: boolean;
  /** Leaves out that people signed in and out. */
  readonly withoutSessions?: boolean | undefined;
};

const EVENTS_A_PAGE = 100;

/** The audit trail, newest first. For admins. */
export async function auditTrail(actor: Actor, ask: AuditAsk): Promise<Page<AuditRow>> {
  requireAdmin(actor);
  const { about } = ask;
  const rows = await db.event.findMany({
    where: {
      ...(about === undefined || about === ''
        ? {}
        : {
            OR: [
              { userId: about },
              { bookingId: about },
              { machineId: about },
              { listingId: about },
              { actorId: about },
            ],
          }),
      ...(ask.kind === undefined || ask.kind === '' ? {} : { kind: ask.kind }),
      ...(ask.withoutSessions === true ? { NOT: { kind: { startsWith: 'session.' } } } : {}),
      ...(ask.byPeople ? { actorId: { not: null } } : {}),
      ...(ask.before === undefined ? {} : { id: { lt: ask.before } }),
    },
    orderBy: { id: 'desc' },
    take: EVENTS_A_PAGE + 1,
  });
  const kept = rows.slice(0, EVENTS_A_PAGE);
  const actors = await db.user.findMany({
    where: { id: { in: [...new Set(kept.flatMap((row) => (row.actorId === null ? [] : [row.actorId])))] } },
    select: { id: true, name: true },
  });
  const names = new Map(actors.map((each) => [each.id, each]));
  return {
    rows: kept.map(({ actorId, id, ...row }) => ({
      ...row,
      id: id.toString(),
      actor: actorId === null ? null : (names.get(actorId) ?? { id: actorId, name: actorId }),
    })),
    next: rows.length > EVENTS_A_PAGE ? (kept.at(-1)?.id.toString() ?? null) : null,
  };
}
