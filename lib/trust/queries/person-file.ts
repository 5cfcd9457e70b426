import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { type BookedTransfer, findTransfers } from '#lib/ledger/queries/transfers.ts';
import { type PersonRow, personRow, toPersonRow } from './people.ts';

const FEW = 20;

/** Everything of one person that staff may see: no password, key, token or environment; what they rent stays sealed. */
export type PersonFile = PersonRow & {
  readonly suspendedReason: string | null;
  readonly demo: boolean;
  readonly termsVersion: string;
  readonly twoStep: boolean;
  readonly sshKeys: number;
  readonly savedCards: number;
  readonly accounts: readonly { readonly id: string; readonly kind: string; readonly balanceMicros: bigint }[];
  /** Sessions and API tokens that can still act, and the last that ended. */
  readonly sessions: readonly {
    readonly id: string;
    readonly kind: string;
    readonly label: string;
    readonly ip: string | null;
    readonly createdAt: Date;
    readonly lastSeenAt: Date;
    readonly expiresAt: Date;
    readonly revokedAt: Date | null;
    readonly twoStepAt: Date | null;
  }[];
  readonly signIns: readonly { readonly at: Date; readonly label: string }[];
  /** The newest movements of their wallet and of what they are owed. */
  readonly movements: readonly BookedTransfer[];
  readonly topUps: readonly {
    readonly id: string;
    readonly state: string;
    readonly amountMicros: bigint;
    readonly failure: string | null;
    readonly createdAt: Date;
  }[];
  readonly hosting: readonly {
    readonly id: string;
    readonly name: string;
    readonly listing: string;
    readonly retired: boolean;
  }[];
  readonly payouts: readonly {
    readonly id: string;
    readonly state: string;
    readonly hold: string | null;
    readonly amountMicros: bigint;
    readonly createdAt: Date;
  }[];
  readonly disputes: readonly {
    readonly id: string;
    readonly as: 'renter' | 'host';
    readonly state: string;
    readonly amountMicros: bigint;
    readonly openedAt: Date;
    readonly booking: string;
  }[];
  readonly reports: readonly {
    readonly id: string;
    readonly by: boolean;
    readonly state: string;
    readonly cause: string;
    readonly openedAt: Date;
  }[];
  readonly flags: readonly {
    readonly id: string;
    readonly state: string;
    readonly rules: readonly string[];
    readonly flaggedAt: Date;
    readonly decision: string | null;
  }[];
  readonly notices: readonly {
    readonly id: string;
    readonly title: string;
    readonly createdAt: Date;
    readonly readAt: Date | null;
  }[];
};

/** One person with everything. For admins; unknown ids are not found. */
export async function personFile(actor: Actor, id: string): Promise<PersonFile> {
  requireAdmin(actor);
  const newest = { orderBy: { id: 'desc' }, take: FEW } as const;
  const person = await db.user.findUnique({
    where: { id },
    select: {
      ...personRow,
      suspendedReason: true,
      demo: true,
      termsVersion: true,
      twoStep: { select: { confirmedAt: true } },
      sessions: {
        ...newest,
        orderBy: [{ revokedAt: { sort: 'desc', nulls: 'first' } }, { lastSeenAt: 'desc' }],
        select: {
          id: true,
          kind: true,
          label: true,
          ip: true,
          createdAt: true,
          lastSeenAt: true,
          expiresAt: true,
          revokedAt: true,
          twoStepAt: true,
        },
      },
      topUps: { ...newest, select: { id: true, state: true, amountMicros: true, failure: true, createdAt: true } },
      machines: {
        ...newest,
        select: { id: true, name: true, retiredAt: true, listing: { select: { state: true, suspendedAt: true } } },
      },
      payouts: {
        ...newest,
        select: { id: true, state: true, amountMicros: true, createdAt: true, hold: { select: { state: true } } },
      },
      flags: { ...newest, select: { id: true, state: true, rules: true, flaggedAt: true, decision: true } },
      notices: { ...newest, select: { id: true, title: true, createdAt: true, readAt: true } },
    },
  });
  if (person === null) throw new Refusal('notFound');
  const [accounts, signIns, disputes, reports, sshKeys, savedCards] = await Promise.all([
    db.account.findMany({
      where: { ownerId: id },
      orderBy: { kind: 'asc' },
      select: { id: true, kind: true, balanceMicros: true },
    }),
    db.event.findMany({
      where: { userId: id, kind: 'session.begun' },
      ...newest,
      select: { createdAt: true, data: true },
    }),
    db.dispute.findMany({
      where: { OR: [{ renterId: id }, { hostId: id }] },
      ...newest,
      select: {
        id: true,
        renterId: true,
        state: true,
        amountMicros: true,
        openedAt: true,
        booking: { select: { name: true } },
      },
    }),
    db.report.findMany({
      where: { OR: [{ reporterId: id }, { aboutId: id }] },
      ...newest,
      select: { id: true, reporterId: true, state: true, cause: true, openedAt: true },
    }),
    db.sshKey.count({ where: { userId: id } }),
    db.savedCard.count({ where: { userId: id, removedAt: null } }),
  ]);
  const movements = await movementsOf(actor, accounts);
  const { sessions, topUps, machines, payouts, flags, notices, suspendedReason, demo, termsVersion, twoStep, ...row } =
    person;
  return {
    ...toPersonRow(row),
    suspendedReason,
    demo,
    termsVersion,
    twoStep: twoStep?.confirmedAt != null,
    sshKeys,
    savedCards,
    accounts,
    sessions,
    signIns: signIns.map(({ createdAt, data }) => ({ at: createdAt, label: labelIn(data) })),
    movements,
    topUps,
    hosting: machines.map(({ id: machineId, name, listing, retiredAt }) => ({
      id: machineId,
      name,
      listing: listing === null ? 'none' : listing.suspendedAt === null ? listing.state : 'suspended',
      retired: retiredAt !== null,
    })),
    payouts: payouts.map(({ hold, ...payout }) => ({ ...payout, hold: hold?.state ?? null })),
    disputes: disputes.map(({ renterId, booking, ...dispute }) => ({
      ...dispute,
      as: renterId === id ? ('renter' as const) : ('host' as const),
      booking: booking.name,
    })),
    reports: reports.map(({ reporterId, ...report }) => ({ ...report, by: reporterId === id })),
    flags,
    notices,
  };
}

/** The newest movements of all accounts of a person together. */
async function movementsOf(actor: Actor, accounts: PersonFile['accounts']): Promise<BookedTransfer[]> {
  const pages = await Promise.all(
    accounts.map((account) => findTransfers(actor, { accountId: account.id, take: FEW })),
  );
  const all = new Map(pages.flatMap(({ rows }) => rows.map((row) => [row.id, row] as const)));
  return [...all.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, FEW);
}

function labelIn(data: unknown): string {
  return typeof data === 'object' && data !== null && 'label' in data ? String(data.label) : 'Unknown program';
}
