import { expect, it } from 'vitest';
import { selfTestForStrangers } from './self-test.ts';

it('tells strangers how a self-test went, but no paths of the host', () => {
  const check = (detail: string) => ({ name: 'own folder', passed: true, detail, fix: 'Look into /home/ann.' });
  const test = {
    at: '2026-11-23T12:00:00.000Z',
    passed: true,
    checks: ['/home/ann/.sublet/agent can be written.', 'Docker answers at "/run/docker.sock".', '800 GiB free.'].map(
      check,
    ),
  };
  const shown = selfTestForStrangers(test);
  expect(shown.checks.map(({ detail }) => detail)).toEqual([
    '(a path) can be written.',
    'Docker answers at "(a path)".',
    '800 GiB free.',
  ]);
  expect(JSON.stringify(shown)).not.toContain('ann');
});
