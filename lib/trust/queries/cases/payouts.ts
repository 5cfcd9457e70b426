import { formatDollars } from '#lib/base/money.ts';
import { wordOf } from '#lib/base/words.ts';
import { db } from '#lib/io/db.ts';
import { RULE_NAMES } from '../../risk.ts';
import { day, PROVIDER_NAMES, personLink, type Queue } from './queue.ts';

const HELD = { state: 'held' } as const;
const CAUSES = { suspended: 'The account is suspended', flagged: 'The account looks risky' };
const OCCASIONS = { weekly: 'the weekly payout', demand: 'the host asked for it' };

export const payouts: Queue = {
  count: () => db.payoutHold.count({ where: HELD }),

  waiting: async (_now, take) => {
    const rows = await db.payoutHold.findMany({
      where: HELD,
      orderBy: [{ heldAt: 'asc' }, { id: 'asc' }],
      take,
      include: { payout: { select: { amountMicros: true, host: { select: { name: true } } } } },
    });
    return rows.map((row) => ({
      id: row.id,
      title: `${formatDollars(row.payout.amountMicros)} to ${row.payout.host.name}`,
      line: wordOf(CAUSES, row.cause),
      since: row.heldAt,
    }));
  },

  detail: async (actor, id) => {
    const row = await db.payoutHold.findUnique({
      where: { id },
      include: {
        payout: { include: { host: { include: { flags: { where: { state: 'open' } } } } } },
      },
    });
    if (row === null) return null;
    const { payout } = row;
    const { host } = payout;
    const [paid, renters, owed] = await Promise.all([
      db.payout.aggregate({ where: { hostId: host.id, state: 'arrived' }, _sum: { amountMicros: true }, _count: true }),
      db.booking.groupBy({ by: ['renterId'], where: { hostId: host.id, startedAt: { not: null } }, _count: true }),
      db.account.findFirst({ where: { ownerId: host.id, kind: 'hostPayable' }, select: { balanceMicros: true } }),
    ]);
    const rentals = renters.reduce((sum, { _count }) => sum + _count, 0);
    const flag = host.flags[0];
    return {
      title: `${formatDollars(payout.amountMicros)} to ${host.name}`,
      line: wordOf(CAUSES, row.cause),
      since: row.heldAt,
      whyNot: actor.userId === host.id ? 'This payout is your own: another admin decides.' : null,
      links: [
        personLink(host),
        { href: `/admin/books/transfers?cause=${id}`, label: 'Its movements' },
        ...(flag === undefined
          ? []
          : [{ href: `/admin/queues/sign-ups?case=${flag.id}`, label: 'Why it looks risky' }]),
      ],
      evidence: [
        {
          title: 'The host',
          facts: {
            'Account since': day(host.createdAt),
            Suspended: host.suspendedAt === null ? 'no' : `${day(host.suspendedAt)}: ${host.suspendedReason ?? ''}`,
            'Looks risky': flag === undefined ? 'no' : flag.rules.map((rule) => wordOf(RULE_NAMES, rule)).join(', '),
          },
        },
        {
          title: 'Where the money comes from',
          facts: {
            'Rentals on their machines': String(rentals),
            'By how many renters': String(renters.length),
            'Paid out before': `${formatDollars(paid._sum.amountMicros ?? 0n)} in ${paid._count}`,
            'Owed besides': formatDollars(owed?.balanceMicros ?? 0n),
          },
        },
        {
          title: 'The payout',
          facts: {
            Occasion: wordOf(OCCASIONS, payout.occasion),
            Provider: wordOf(PROVIDER_NAMES, payout.provider),
            'Asked for': day(payout.createdAt),
          },
        },
      ],
    };
  },
};
