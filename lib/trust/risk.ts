import { formatDollars, MICROS_PER_DOLLAR, type Micros } from '#lib/base/money.ts';

/**
 * What makes an account look risky. Each rule looks at what the market keeps anyway and finds a count; addresses, cards and
 * names are not kept with it.
 */
export const RISK_RULES = ['oneAddress', 'throwawayMail', 'muchAtOnce', 'cardRefused'] as const;
export type RiskRule = (typeof RISK_RULES)[number];

/** What the rules find too many, within {@link RISK_HOURS}. */
export const RISK = {
  /** Accounts made from one address of the network (of IPv6: one /64). */
  accountsFromOneAddress: 5,
  /** Paid in by an account that is younger than {@link YOUNG_DAYS}. */
  paidMicros: 1_000n * MICROS_PER_DOLLAR,
  /** Payments that a card refused. */
  refusals: 5,
} as const;
export const RISK_HOURS = 24;
export const YOUNG_DAYS = 7;

/** The rules as an admin reads them. */
export const RISK_WORDS: Record<RiskRule, { readonly name: string; readonly rule: string }> = {
  oneAddress: {
    name: 'many accounts from one address',
    rule: `${RISK.accountsFromOneAddress} accounts or more were made from one address within ${RISK_HOURS} hours. Private addresses do not count: behind them stands a proxy or a household.`,
  },
  throwawayMail: {
    name: 'throwaway e-mail',
    rule: 'The e-mail is of a service whose addresses are thrown away after use, by a public list.',
  },
  muchAtOnce: {
    name: 'much money at once',
    rule: `An account younger than ${YOUNG_DAYS} days paid in ${formatDollars(RISK.paidMicros)} or more within ${RISK_HOURS} hours. Play money does not count.`,
  },
  cardRefused: {
    name: 'card refused often',
    rule: `${RISK.refusals} payments or more were refused by a card within ${RISK_HOURS} hours: so are stolen cards tried out.`,
  },
};

/** The names of the rules alone. */
export const RULE_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  RISK_RULES.map((rule) => [rule, RISK_WORDS[rule].name]),
);

/** What became of a flag, as staff read it. */
export const FLAG_WORDS = {
  open: 'not decided yet',
  cleared: 'cleared',
  suspended: 'the account was suspended',
} as const;

export type RiskFacts = {
  /** Accounts that were made from the same public address as this one within the time; itself counts. */
  readonly fromOneAddress: number;
  readonly throwawayMail: boolean;
  readonly ageDays: number;
  readonly paidMicros: Micros;
  readonly refusals: number;
};

export type Risk = { readonly rule: RiskRule; readonly finding: string };

/** What looks risky about an account: the rules that it meets, each with what was found. None for most. */
export function risksOf(facts: RiskFacts): Risk[] {
  const risks: Risk[] = [];
  if (facts.fromOneAddress >= RISK.accountsFromOneAddress)
    risks.push({
      rule: 'oneAddress',
      finding: `${facts.fromOneAddress} accounts from one address within ${RISK_HOURS} hours`,
    });
  if (facts.throwawayMail) risks.push({ rule: 'throwawayMail', finding: 'the e-mail is of a throwaway service' });
  if (facts.ageDays < YOUNG_DAYS && facts.paidMicros >= RISK.paidMicros)
    risks.push({
      rule: 'muchAtOnce',
      finding: `${formatDollars(facts.paidMicros)} paid in within ${RISK_HOURS} hours`,
    });
  if (facts.refusals >= RISK.refusals)
    risks.push({ rule: 'cardRefused', finding: `${facts.refusals} payments refused within ${RISK_HOURS} hours` });
  return risks;
}

/** True for an address that many strangers cannot share by chance: not of a private network, not of this machine (RFC 1918, 4193, 6598). */
export function isPublicAddress(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:/, '');
  if (plain.includes(':')) return !/^(::1?$|f[cd]|fe[89ab])/.test(plain);
  return !/^(0|10|127)\.|^169\.254\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^$/.test(
    plain,
  );
}

/** The domains that an e-mail's domain stands under, itself first: of "a.b.example.org" also "b.example.org" and "example.org". */
export function domainsOf(email: string): string[] {
  const labels = email.slice(email.lastIndexOf('@') + 1).split('.');
  return labels.slice(0, -1).map((_, at) => labels.slice(at).join('.'));
}
