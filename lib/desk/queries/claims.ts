import type { Reader } from '#lib/io/db.ts';
import { type CaseName, type Claim, liveClaim } from '../case.ts';

const columns = {
  kind: true,
  caseId: true,
  claimedAt: true,
  expiresAt: true,
  admin: { select: { id: true, name: true } },
} as const;

/** Who has a case now; null when nobody does. For admins: the caller has asked. */
export async function claimOf(reader: Reader, { kind, id }: CaseName, now: Date): Promise<Claim | null> {
  const row = await reader.caseClaim.findUnique({ where: { kind_caseId: { kind, caseId: id } }, select: columns });
  return row === null ? null : liveClaim({ admin: row.admin, claimedAt: row.claimedAt, expiresAt: row.expiresAt }, now);
}

/** Who has which cases of a kind now, by the id of the case. For admins: the caller has asked. */
export async function claimsOf(reader: Reader, kind: CaseName['kind'], now: Date): Promise<Map<string, Claim>> {
  const rows = await reader.caseClaim.findMany({ where: { kind, expiresAt: { gt: now } }, select: columns });
  return new Map(rows.map(({ caseId, admin, claimedAt, expiresAt }) => [caseId, { admin, claimedAt, expiresAt }]));
}
