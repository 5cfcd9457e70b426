import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MarketAway, MarketRefused } from '#agent/io/market.ts';
import { silentLog } from '#agent/log.ts';
import { ownLogOf } from '#agent/own-log.ts';
import { AGENT_LOG_LINES_AT_ONCE, type AgentLogRequest, agentLogRequest, withoutSecrets } from '#protocol/agent-log.ts';
import { eventually } from '#tests/support/eventually.ts';

const own = () => ownLogOf({ log: silentLog, boot: 'boot', now: () => Date.UTC(2026, 10, 27) });
/** Others get their turn meanwhile. */
const quick = () => new Promise((resolve) => setTimeout(resolve, 1));

describe('what an agent says of its own work', () => {
  it('is written below word for word, and comes to the market in order, each line once', async () => {
    const below: string[] = [];
    const say = (message: string, data?: object) =>
      void below.push(`${message}${data === undefined ? '' : JSON.stringify(data)}`);
    const log = ownLogOf({ log: { info: say, warn: say, error: say }, boot: 'b', now: () => 0 });
    const heard: AgentLogRequest[] = [];
    const stop = new AbortController();
    let away = true;
    const shipped = log.ship(
      {
        token: () => 'token',
        pause: quick,
        async send(_, request) {
          if (away) throw new MarketAway('away');
          heard.push(agentLogRequest.parse(request));
        },
      },
      stop.signal,
    );
    log.log.warn('The market is away.', { tries: 2 });
    log.log.info('Going on.');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(log.waiting()).toHaveLength(2);
    away = false;
    await eventually(() => log.waiting().length === 0);
    log.log.error('Third.');
    await eventually(() => heard.flatMap(({ lines }) => lines).length === 3);
    stop.abort();
    await shipped;
    expect(below).toEqual(['The market is away.{"tries":2}', 'Going on.{}', 'Third.{}']);
    expect(
      heard.flatMap(({ lines }) => lines).map(({ sequence, level, message }) => [sequence, level, message]),
    ).toEqual([
      [0, 'warn', 'The market is away. tries=2'],
      [1, 'info', 'Going on.'],
      [2, 'error', 'Third.'],
    ]);
  });

  it('is bounded while the market is away, and says what was left out', async () => {
    const log = own();
    for (let line = 0; line < 1_250; line += 1) log.log.info(`line ${line}`);
    expect(log.waiting()).toHaveLength(1_000);
    expect(log.waiting()[0]?.message).toBe('line 250');
    const stop = new AbortController();
    const heard: AgentLogRequest['lines'] = [];
    const sizes: number[] = [];
    const shipped = log.ship(
      {
        token: () => 'token',
        pause: quick,
        async send(_, { lines }) {
          sizes.push(lines.length);
          heard.push(...lines);
        },
      },
      stop.signal,
    );
    await eventually(() => log.waiting().length === 0);
    stop.abort();
    await shipped;
    expect(Math.max(...sizes)).toBeLessThanOrEqual(AGENT_LOG_LINES_AT_ONCE);
    expect(heard.filter(({ message }) => /^250 earlier lines are not here/.test(message))).toHaveLength(1);
    expect(new Set(heard.map(({ sequence }) => sequence)).size).toBe(heard.length);
  });

  it('is let go of where the market has no place for it, and waits where there is no connection', async () => {
    const log = own();
    const stop = new AbortController();
    let token: string | null = null;
    let sent = 0;
    const shipped = log.ship(
      {
        token: () => token,
        pause: quick,
        async send() {
          sent += 1;
          throw new MarketRefused(404, 'notFound', 'Nothing here.');
        },
      },
      stop.signal,
    );
    log.log.info('hello');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([sent, log.waiting().length]).toEqual([0, 1]);
    token = 'token';
    await eventually(() => log.waiting().length === 0);
    stop.abort();
    await shipped;
    expect(sent).toBe(1);
  });

  it('always fits the protocol, whatever is logged', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 4_000 }),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (text, data) => {
          const log = own();
          log.log.info(text, data as Record<string, unknown>);
          const request = { protocol: 1, boot: 'b', lines: log.waiting() };
          expect(agentLogRequest.safeParse(request).success).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a line without secrets', () => {
  const SECRET = 'q8Jz3kP0vW_xY7-tR5sN2mB9cL4dF6gH1aE0uI3oZ8k';
  it.each([
    [`Authorization: Bearer ${SECRET}`, 'Authorization: Bearer (hidden)'],
    ['curl https://ada:hunter2@registry.example/v2/', 'curl https://(hidden)@registry.example/v2/'],
    ['password=hunter2 user=ada', 'password=(hidden) user=ada'],
    ['{"api_key":"abc"}', '{"api_key":"(hidden)"}'],
    ['SUBLET_TOKEN=abc', 'SUBLET_TOKEN=(hidden)'],
    [`the code ${SECRET} was refused`, 'the code (hidden) was refused'],
    ['-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----', '(hidden)'],
  ])('hides what is in %j', (text, shown) => {
    expect(withoutSecrets(text)).toBe(shown);
  });

  it.each([
    'GPU-513536b6-7d19-9063-b049-1e69664bb298 is rented.',
    'Pulled sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.',
    'exit code=137 of lse_0123456789abcdefghjkmnpqr',
    'a-very-long-name-of-a-container-that-somebody-made-up',
    'https://market.example/install.sh',
  ])('leaves %j as it is', (text) => {
    expect(withoutSecrets(text)).toBe(text);
  });

  it('is as it is, made so twice', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const once = withoutSecrets(text);
        expect(withoutSecrets(once)).toBe(once);
      }),
    );
  });
});
