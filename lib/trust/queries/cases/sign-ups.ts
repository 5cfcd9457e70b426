import { formatDollars } from '#lib/base/money.ts';
import { wordOf } from '#lib/base/words.ts';
import { db } from '#lib/io/db.ts';
import { RISK_WORDS, type RiskRule, RULE_NAMES } from '../../risk.ts';
import { day, personLink, type Queue } from './queue.ts';

const OPEN = { state: 'open' } as const;
const words = (rules: readonly string[]) => rules.map((rule) => wordOf(RULE_NAMES, rule)).join(', ');

/** What the rules found, by rule. */
function findings(stored: unknown): Record<string, string> {
  const found = typeof stored === 'object' && stored !== null ? Object.entries(stored) : [];
  return Object.fromEntries(found.map(([rule, finding]) => [wordOf(RULE_NAMES, rule), String(finding)]));
}

export const signUps: Queue = {
  count: () => db.accountFlag.count({ where: OPEN }),

  waiting: async (_now, take) => {
    const rows = await db.accountFlag.findMany({
      where: OPEN,
      orderBy: { id: 'asc' },
      take,
      select: { id: true, rules: true, flaggedAt: true, user: { select: { name: true } } },
    });
    return rows.map((row) => ({ id: row.id, title: row.user.name, line: words(row.rules), since: row.flaggedAt }));
  },

  detail: async (actor, id) => {
    const row = await db.accountFlag.findUnique({
      where: { id },
      include: {
        user: { include: { _count: { select: { rented: true, machines: true, savedCards: true } } } },
      },
    });
    if (row === null) return null;
    const { user } = row;
    const [paid, refused, wallet] = await Promise.all([
      db.topUp.aggregate({ where: { userId: user.id, state: 'settled' }, _sum: { amountMicros: true }, _count: true }),
      db.topUp.count({ where: { userId: user.id, state: 'failed' } }),
      db.account.findFirst({ where: { ownerId: user.id, kind: 'renterWallet' }, select: { balanceMicros: true } }),
    ]);
    return {
      title: user.name,
      line: words(row.rules),
      since: row.flaggedAt,
      whyNot: actor.userId === user.id ? 'This is your own account: another admin decides.' : null,
      links: [personLink(user), { href: `/admin/audit?about=${user.id}`, label: 'What it did' }],
      evidence: [
        { title: 'What the rules found', facts: findings(row.findings) },
        ...row.rules.map((rule) => ({
          title: `The rule: ${wordOf(RULE_NAMES, rule)}`,
          quote: RISK_WORDS[rule as RiskRule].rule,
        })),
        {
          title: 'The account',
          facts: {
            'E-mail': user.email,
            'E-mail confirmed': user.emailConfirmedAt === null ? 'no' : 'yes',
            'Account since': day(user.createdAt),
            'Paid in': `${formatDollars(paid._sum.amountMicros ?? 0n)} in ${paid._count}`,
            'Payments that failed': String(refused),
            'Free in the wallet': formatDollars(wallet?.balanceMicros ?? 0n),
            Bookings: String(user._count.rented),
            Machines: String(user._count.machines),
            'Saved cards': String(user._count.savedCards),
          },
        },
      ],
    };
  },
};
