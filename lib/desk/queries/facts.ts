import { isId } from '#lib/base/id.ts';
import { formatDollars } from '#lib/base/money.ts';
import type { Reader } from '#lib/io/db.ts';
import type { CaseFacts, CaseKind, CaseName } from '../case.ts';

const yes = (at: Date | null) => (at === null ? 'no' : 'yes');

/** What a decision about a case rests on, as label and value; null when there is no such case. For admins: the caller has asked. */
export async function caseFacts(reader: Reader, { kind, id }: CaseName): Promise<CaseFacts | null> {
  return FACTS[kind](reader, id);
}

const FACTS: Record<CaseKind, (reader: Reader, id: string) => Promise<CaseFacts | null>> = {
  machine: async (reader, id) => {
    const row = await reader.machine.findUnique({
      where: { id },
      include: { listing: true, gpus: { where: { removedAt: null }, select: { model: true } } },
    });
    if (row === null) return null;
    const { listing } = row;
    return {
      Listing: listing === null ? 'none' : listing.suspendedAt === null ? listing.state : 'suspended',
      Approved: yes(listing?.approvedAt ?? null),
      Price: listing === null ? 'none' : `${formatDollars(listing.priceMicrosPerGpuHour)} per GPU-hour`,
      GPUs: row.gpus.length === 0 ? 'none' : `${row.gpus.length} × ${row.gpus[0]?.model ?? ''}`,
      'Self-test': row.selfTestPassed ? 'passed' : 'not passed',
      'Checked by staff': yes(row.staffCheckedAt),
      'Identity copied': yes(row.identityCopiedAt),
      Retired: yes(row.retiredAt),
    };
  },
  report: async (reader, id) => {
    if (isId('messageReport', id)) return messageFacts(reader, id);
    const row = await reader.report.findUnique({ where: { id }, include: { listing: true, about: true } });
    if (row === null) return null;
    const listing =
      row.listing === null ? {} : { Listing: row.listing.suspendedAt === null ? row.listing.state : 'suspended' };
    const others = await reader.report.count({
      where: { subjectKind: row.subjectKind, subjectId: row.subjectId, state: 'open', id: { not: id } },
    });
    return {
      State: row.state,
      ...listing,
      'Account suspended': yes(row.about.suspendedAt),
      'Other open reports of it': String(others),
    };
  },
  dispute: async (reader, id) => {
    const row = await reader.dispute.findUnique({ where: { id }, include: { _count: { select: { moves: true } } } });
    if (row === null) return null;
    return {
      State: row.state,
      'Waits for': row.turn ?? 'nobody',
      Contested: formatDollars(row.amountMicros),
      Asked: formatDollars(row.askedMicros),
      Offered: row.offeredMicros === null ? 'nothing' : formatDollars(row.offeredMicros),
      'Steps so far': String(row._count.moves),
    };
  },
  payout: async (reader, id) => {
    const row = await reader.payout.findUnique({
      where: { id },
      include: { hold: true, host: { include: { flags: { where: { state: 'open' } } } } },
    });
    if (row === null || row.hold === null) return null;
    return {
      Hold: row.hold.state,
      Payout: row.state,
      Amount: formatDollars(row.amountMicros),
      'Account suspended': yes(row.host.suspendedAt),
      'Account flagged': row.host.flags.length === 0 ? 'no' : 'yes',
    };
  },
  signup: async (reader, id) => {
    const row = await reader.accountFlag.findUnique({ where: { id }, include: { user: true } });
    if (row === null) return null;
    return {
      State: row.state,
      Rules: row.rules.toSorted().join(', '),
      'Account suspended': yes(row.user.suspendedAt),
      'E-mail confirmed': yes(row.user.emailConfirmedAt),
    };
  },
  payment: async (reader, id) => {
    const row = await reader.topUp.findUnique({ where: { id } });
    if (row === null || row.paymentIntentId === null) return null;
    return {
      State: row.state,
      'Asked for': formatDollars(row.amountMicros + row.taxMicros),
      Payment: row.paymentIntentId,
    };
  },
  webhook: async (reader, id) => {
    const row = await reader.providerWebhook.findUnique({ where: { id } });
    if (row === null) return null;
    return { State: row.outcome ?? 'waits', Attempts: String(row.attempts), 'Last error': row.lastError ?? 'none' };
  },
};

/** A message that somebody reported: it is closed with an answer. */
async function messageFacts(reader: Reader, id: string): Promise<CaseFacts | null> {
  const row = await reader.messageReport.findUnique({ where: { id }, include: { author: true } });
  if (row === null) return null;
  return { State: row.closedAt === null ? 'open' : 'closed', 'Account suspended': yes(row.author.suspendedAt) };
}
