import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '#lib/base/time.ts';
import { type HealthFacts, healthOf, worstOf } from './health.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);
const sweep = { name: 'send-mail', everySeconds: 2, beganAt: ago(5 * SECOND), failures: 0, lastError: null };
const fine: HealthFacts = {
  workerAt: ago(2 * SECOND),
  queue: { due: 1, lagSeconds: 0 },
  sweeps: [sweep],
  agents: { published: 10, connected: 10, slowestSeconds: 12 },
  database: {
    bytes: 3n * 1_073_741_824n,
    connections: 20,
    mostConnections: 100,
    pool: { taken: 3, most: 10, waiting: 0 },
  },
  log: { waiting: 0, since: null, refusals: 0 },
  mail: { waiting: 0, since: null, givenUp: 0, lastError: null },
  webhooks: { waiting: 0, since: null, givenUp: 0 },
  events: { waiting: 0 },
  books: { checkedAt: ago(20 * MINUTE), wrong: 0 },
  payouts: { failing: 0, lastError: null },
};
const first = (change: Partial<HealthFacts>) => healthOf({ ...fine, ...change }, NOW)[0];

describe('the health of a market', () => {
  it('is green in every row when all is well, and then nothing is to be done', () => {
    const rows = healthOf(fine, NOW);
    expect(rows.map(({ tone }) => tone)).toEqual(rows.map(() => 'green'));
    expect(rows.every(({ remedy }) => remedy === null)).toBe(true);
    expect(worstOf(rows)).toBe('green');
  });

  it.each([
    ['no worker', { workerAt: null }, 'Worker', 'red'],
    ['a silent worker', { workerAt: ago(31 * SECOND) }, 'Worker', 'red'],
    ['a queue that is behind', { queue: { due: 9, lagSeconds: 30 } }, 'Queue of the worker', 'yellow'],
    ['a queue that is far behind', { queue: { due: 9, lagSeconds: 300 } }, 'Queue of the worker', 'red'],
    ['no queue', { queue: null }, 'Queue of the worker', 'red'],
    [
      'a sweep that failed',
      { sweeps: [{ ...sweep, failures: 1, lastError: 'no route' }] },
      'Sweep send-mail',
      'yellow',
    ],
    [
      'a sweep that fails always',
      { sweeps: [{ ...sweep, failures: 5, lastError: 'no route' }] },
      'Sweep send-mail',
      'red',
    ],
    ['a sweep that is late', { sweeps: [{ ...sweep, beganAt: ago(3 * MINUTE) }] }, 'Sweep send-mail', 'red'],
    ['a machine that is away', { agents: { published: 10, connected: 9, slowestSeconds: 12 } }, 'Agents', 'yellow'],
    ['most machines away', { agents: { published: 10, connected: 4, slowestSeconds: 12 } }, 'Agents', 'red'],
    ['few connections left', { database: { ...fine.database, connections: 81 } }, 'Database', 'yellow'],
    ['no connections left', { database: { ...fine.database, connections: 96 } }, 'Database', 'red'],
    ['a log that is behind', { log: { waiting: 3, since: ago(61 * SECOND), refusals: 0 } }, 'Public log', 'yellow'],
    ['a log that machines refuse', { log: { waiting: 0, since: null, refusals: 1 } }, 'Public log', 'red'],
    [
      'mail that waits',
      { mail: { waiting: 3, since: ago(6 * MINUTE), givenUp: 0, lastError: 'no route' } },
      'Mail',
      'yellow',
    ],
    [
      'mail that waits for hours',
      { mail: { waiting: 3, since: ago(2 * HOUR), givenUp: 0, lastError: 'x' } },
      'Mail',
      'red',
    ],
    ['mail that was given up', { mail: { waiting: 0, since: null, givenUp: 1, lastError: null } }, 'Mail', 'yellow'],
    ['webhooks given up', { webhooks: { waiting: 0, since: null, givenUp: 2 } }, 'Webhooks', 'yellow'],
    ['untold events', { events: { waiting: 1_000 } }, 'Notices', 'yellow'],
    ['books that do not add up', { books: { checkedAt: ago(MINUTE), wrong: 1 } }, 'Books', 'red'],
    ['books that nobody checked', { books: null }, 'Books', 'yellow'],
    ['books checked long ago', { books: { checkedAt: ago(7 * HOUR), wrong: 0 } }, 'Books', 'yellow'],
    ['a payout that is stuck', { payouts: { failing: 1, lastError: 'no balance' } }, 'Payouts', 'yellow'],
  ] as const)('says of %s what is wrong and what to do, before everything else', (_, change, name, tone) => {
    expect(first(change)).toMatchObject({ name, tone, remedy: expect.stringMatching(/\.$/) });
  });

  it('says the error of what fails, in its words', () => {
    expect(first({ sweeps: [{ ...sweep, failures: 2, lastError: 'no route to host' }] })?.says).toContain(
      'no route to host',
    );
    expect(first({ mail: { waiting: 1, since: ago(HOUR / 2), givenUp: 0, lastError: 'greylisted' } })?.says).toContain(
      'greylisted',
    );
  });

  it('calls sweeps with longer turns late later, and one slow sync nothing', () => {
    const hourly = { ...sweep, everySeconds: 3_600, beganAt: ago(2 * HOUR) };
    expect(worstOf(healthOf({ ...fine, sweeps: [hourly] }, NOW))).toBe('green');
    expect(worstOf(healthOf({ ...fine, sweeps: [{ ...hourly, beganAt: ago(4 * HOUR) }] }, NOW))).toBe('red');
    expect(worstOf(healthOf({ ...fine, agents: { published: 0, connected: 0, slowestSeconds: 0 } }, NOW))).toBe(
      'green',
    );
  });
});
