import { describe, expect, it } from 'vitest';
import { domainsOf, isPublicAddress, RISK, type RiskFacts, risksOf, YOUNG_DAYS } from './risk.ts';

const ordinary: RiskFacts = { fromOneAddress: 1, throwawayMail: false, ageDays: 0, paidMicros: 0n, refusals: 0 };
const rules = (facts: Partial<RiskFacts>) => risksOf({ ...ordinary, ...facts }).map(({ rule }) => rule);

describe('a risky sign-up', () => {
  it('is none of what most people do', () => {
    expect(rules({})).toEqual([]);
    expect(rules({ fromOneAddress: RISK.accountsFromOneAddress - 1 })).toEqual([]);
    expect(rules({ paidMicros: RISK.paidMicros - 1n, refusals: RISK.refusals - 1 })).toEqual([]);
    expect(rules({ paidMicros: RISK.paidMicros * 10n, ageDays: YOUNG_DAYS })).toEqual([]);
  });

  it('meets a rule exactly from the count that the rule states, and says what was found', () => {
    expect(rules({ fromOneAddress: RISK.accountsFromOneAddress })).toEqual(['oneAddress']);
    expect(rules({ throwawayMail: true })).toEqual(['throwawayMail']);
    expect(rules({ paidMicros: RISK.paidMicros })).toEqual(['muchAtOnce']);
    expect(rules({ refusals: RISK.refusals })).toEqual(['cardRefused']);
    const all = risksOf({
      fromOneAddress: 9,
      throwawayMail: true,
      ageDays: 1,
      paidMicros: RISK.paidMicros,
      refusals: 7,
    });
    expect(all.map(({ finding }) => finding)).toEqual([
      '9 accounts from one address within 24 hours',
      'the e-mail is of a throwaway service',
      '$1,000.00 paid in within 24 hours',
      '7 payments refused within 24 hours',
    ]);
  });

  it('counts public addresses only', () => {
    for (const home of [
      '127.0.0.1',
      '::1',
      '10.1.2.3',
      '192.168.0.9',
      '172.16.0.1',
      '172.31.9.9',
      '100.64.0.1',
      'fd00::1',
      'fe80::1',
      '::ffff:10.0.0.1',
      '169.254.1.1',
      '',
    ])
      expect(isPublicAddress(home), home).toBe(false);
    for (const street of ['203.0.113.9', '172.32.0.1', '100.128.0.1', '2001:db8::1', '::ffff:203.0.113.9', '11.0.0.1'])
      expect(isPublicAddress(street), street).toBe(true);
  });

  it('looks at the domains above a mail’s domain too, and never at a top level', () => {
    expect(domainsOf('a@x.mailinator.com')).toEqual(['x.mailinator.com', 'mailinator.com']);
    expect(domainsOf('a@example.org')).toEqual(['example.org']);
  });
});
