import { expect, it } from 'vitest';
import { checkOutcome, selfTestForStrangers, whyNotTestAgain } from './self-test.ts';
import { checkHref, checkSection, SELF_TEST_GUIDE } from './self-test-guide.ts';

it('tells strangers how a self-test went, but no paths of the host', () => {
  const check = (detail: string, index: number) => ({
    name: index === 0 ? 'own folder' : 'container runtime',
    measured: 'at /home/ann/x',
    passed: true,
    detail,
    fix: 'Look into /home/ann.',
  });
  const test = {
    at: '2026-11-23T12:00:00.000Z',
    passed: true,
    checks: ['/home/ann smith/agent can be written.', 'Docker answers at "/run/docker.sock".', '800 GiB free.'].map(
      check,
    ),
  };
  const shown = selfTestForStrangers(test);
  expect(shown.checks.map(({ detail }) => detail)).toEqual([
    'It can be written.',
    'Docker answers at "(a path)".',
    '800 GiB free.',
  ]);
  expect(JSON.stringify(shown)).not.toMatch(/ann|smith/);
});

it('tells what failed from what only deserves a look', () => {
  const row = { name: 'disk', detail: '', fix: null };
  expect(checkOutcome({ ...row, passed: true })).toBe('passed');
  expect(checkOutcome({ ...row, passed: true, warning: true })).toBe('look');
  expect(checkOutcome({ ...row, passed: false, warning: true })).toBe('failed');
});

it('is asked for only of a machine that answers, one asking at a time, once a minute', () => {
  const now = new Date('2026-11-27T12:00:00Z');
  const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
  const well = { retiredAt: null, lastSyncAt: now, selfTestAsked: 0, selfTestAnswered: 0, selfTestAskedAt: null };
  const why = (change: object) => whyNotTestAgain({ ...well, ...change }, now)?.reason ?? null;
  expect(why({})).toBeNull();
  expect(why({ retiredAt: now })).toBe('notNow');
  expect(why({ lastSyncAt: ago(120) })).toBe('machineNotReady');
  expect(why({ selfTestAsked: 1, selfTestAskedAt: ago(299) })).toBe('notNow');
  expect(why({ selfTestAsked: 1, selfTestAskedAt: ago(300) })).toBeNull();
  expect(why({ selfTestAsked: 1, selfTestAnswered: 1, selfTestAskedAt: ago(59) })).toBe('tooManyAttempts');
  expect(why({ selfTestAsked: 1, selfTestAnswered: 1, selfTestAskedAt: ago(60) })).toBeNull();
});

it('is explained row by row, each under an address of its own', () => {
  const sections = SELF_TEST_GUIDE.map(({ name }) => checkSection(name));
  expect(new Set(sections).size).toBe(sections.length);
  expect(checkHref('PCIe link')).toBe('/self-test#pcie-link');
  expect(checkHref('a row of a later agent')).toBeNull();
});
