import { formatDollars } from '#lib/base/money.ts';
import { wordOf } from '#lib/base/words.ts';
import { GIVEN_UP_ATTEMPTS } from '#lib/desk/case.ts';
import { db } from '#lib/io/db.ts';
import { day, PROVIDER_NAMES, personLink, type Queue } from './queue.ts';

const REVIEW = { state: 'review' } as const;
const GIVEN_UP = { handledAt: null, attempts: { gte: GIVEN_UP_ATTEMPTS } } as const;

/** Payments of which something else came than was asked. */
export const payments: Queue = {
  count: () => db.topUp.count({ where: REVIEW }),

  waiting: async (_now, take) => {
    const rows = await db.topUp.findMany({
      where: REVIEW,
      orderBy: { id: 'asc' },
      take,
      select: { id: true, amountMicros: true, taxMicros: true, createdAt: true, user: { select: { name: true } } },
    });
    return rows.map((row) => ({
      id: row.id,
      title: row.user.name,
      line: `Asked for ${formatDollars(row.amountMicros + row.taxMicros)}; something else came`,
      since: row.createdAt,
    }));
  },

  detail: async (actor, id) => {
    const row = await db.topUp.findUnique({
      where: { id },
      include: { user: { select: { id: true, name: true, createdAt: true } } },
    });
    if (row === null) return null;
    return {
      title: row.user.name,
      line: `Asked for ${formatDollars(row.amountMicros + row.taxMicros)}; something else came`,
      since: row.createdAt,
      whyNot: actor.userId === row.userId ? 'This payment is your own: another admin decides about it.' : null,
      links: [personLink(row.user), { href: '/admin/payments', label: 'All of the payments that wait' }],
      evidence: [
        {
          title: 'At the provider',
          facts: {
            Name: row.paymentIntentId ?? 'unknown',
            Card: row.cardLabel ?? 'unknown',
            Provider: wordOf(PROVIDER_NAMES, row.provider),
          },
        },
        {
          title: 'What to do',
          quote:
            'Look at it at the provider first, by its name there. What it says now is asked again when you decide.',
        },
        { title: 'The renter', facts: { 'Account since': day(row.user.createdAt) } },
      ],
    };
  },
};

/** Webhooks that nobody tries any more. */
export const webhooks: Queue = {
  count: () => db.providerWebhook.count({ where: GIVEN_UP }),

  waiting: async (_now, take) => {
    const rows = await db.providerWebhook.findMany({
      where: GIVEN_UP,
      orderBy: [{ receivedAt: 'asc' }, { id: 'asc' }],
      take,
      select: { id: true, type: true, objectId: true, receivedAt: true },
    });
    return rows.map((row) => ({ id: row.id, title: row.type, line: row.objectId ?? row.id, since: row.receivedAt }));
  },

  detail: async (_actor, id) => {
    const row = await db.providerWebhook.findUnique({ where: { id } });
    if (row === null) return null;
    return {
      title: row.type,
      line: row.objectId ?? row.id,
      since: row.receivedAt,
      whyNot: null,
      links: [{ href: '/admin/reconciliation', label: 'The nightly reconciliation' }],
      evidence: [
        { title: 'What went wrong last', quote: row.lastError ?? 'It never said what went wrong.' },
        {
          title: 'The webhook',
          facts: {
            Id: row.id,
            About: row.objectId ?? 'nothing named',
            Account: row.account ?? 'ours',
            Happened: day(row.happenedAt),
          },
        },
      ],
    };
  },
};
