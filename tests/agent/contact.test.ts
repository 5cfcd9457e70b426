import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#agent/clock.ts';
import { type Contact, type ContactOptions, keepContact, type Saying } from '#agent/contact.ts';
import { enrol } from '#agent/enrol.ts';
import { keysFrom, makeKeys } from '#agent/io/identity.ts';
import { httpMarket, marketUrl } from '#agent/io/market.ts';
import type { SyncAnswer } from '#protocol/agent.ts';
import { plainSpecification } from '#tests/support/agent.ts';
import { eventually } from '#tests/support/eventually.ts';
import { type MarketDouble, startMarketDouble } from '#tests/support/market-double.ts';

let market: MarketDouble;
let stopping: AbortController;
const said: string[] = [];
beforeEach(async () => {
  market = await startMarketDouble();
  stopping = new AbortController();
  said.length = 0;
});
afterEach(async () => {
  stopping.abort();
  await market.down();
});

const keys = keysFrom(makeKeys());
const enrolWith = (code: string) =>
  enrol({
    market: httpMarket(market.url),
    keys,
    code,
    specification: plainSpecification,
    agentVersion: '0',
    clock: systemClock,
  });

async function inContact(rest: Partial<ContactOptions> = {}) {
  const { machineId } = await enrolWith(market.newCode());
  const answers: SyncAnswer[] = [];
  const pauses: number[] = [];
  const words: Saying = { specification: null, selfTest: null, workloads: [], statements: [], urgent: false };
  const contact: Contact = keepContact(
    {
      market: httpMarket(market.url),
      machineId,
      keys,
      bootId: 'boot',
      agentVersion: '0',
      clock: systemClock,
      log: { info: (line) => said.push(line), warn: (line) => said.push(line), error: (line) => said.push(line) },
      compose: () => ({ ...words }),
      receive: (answer) => void answers.push(answer),
      onTime: () => undefined,
      pause: (ms, signal) => {
        pauses.push(ms);
        return sleep(Math.min(ms, 20), undefined, { signal });
      },
      ...rest,
    },
    stopping.signal,
  );
  const machine = () => market.machines.get(machineId);
  await eventually(() => (machine()?.held ?? 0) === 1, { everyMs: 5 });
  return { contact, machineId, answers, pauses, words, machine };
}

describe('the conversation with the market', () => {
  it('brings news to an idle agent at once', async () => {
    const { machineId, answers } = await inContact();
    const took: number[] = [];
    for (let generation = 1; generation <= 5; generation += 1) {
      const asked = performance.now();
      market.want(machineId, []);
      await eventually(() => answers.at(-1)?.generation === generation, { everyMs: 2 });
      took.push(performance.now() - asked);
      await eventually(() => market.machines.get(machineId)?.held === 1, { everyMs: 2 });
    }
    // The quickest of them: how busy the test's own machine is is not the question.
    expect(Math.min(...took)).toBeLessThan(100);
  });

  it('gives up a held request for one that says what changed here, and holds one request at a time', async () => {
    const { contact, machine } = await inContact();
    const before = machine()?.syncs.length ?? 0;
    for (let change = 0; change < 5; change += 1) contact.nudge();
    await eventually(() => (machine()?.syncs.length ?? 0) === before + 1, { everyMs: 5 });
    await eventually(() => machine()?.held === 1, { everyMs: 5 });
    const sequences = machine()?.syncs.map(({ sequence }) => sequence) ?? [];
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    expect(new Set(sequences).size).toBe(sequences.length);
  });

  it('connects again when the market ended the connection, without a word', async () => {
    const { contact, machine } = await inContact();
    const token = contact.token();
    const one = machine();
    if (one !== undefined) one.token = 'another';
    contact.nudge();
    await eventually(
      () => contact.token() !== null && contact.token() !== token && contact.token() === machine()?.token,
    );
    expect(said).toEqual([]);
    expect(one?.syncs.at(-1)?.sequence).toBeLessThan(3);
  });

  it('survives an outage: says it once, tries with growing pauses, and says when it is over', async () => {
    const { contact, pauses } = await inContact({ random: () => 1 });
    await market.down();
    await eventually(() => pauses.length >= 8);
    expect(contact.problem()).toMatch(/cannot be reached: nothing listens there/);
    expect(said.filter((line) => /Rentals go on/.test(line)).length).toBeLessThanOrEqual(2);
    expect(pauses.slice(1, 7)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
    await market.up();
    await eventually(() => contact.problem() === null);
    expect(said.at(-1)).toBe('The market answers again.');
  });

  it('with a market of another protocol says so, and how to mend it', async () => {
    const { contact, pauses } = await inContact();
    market.faults.protocol = 2;
    contact.nudge();
    await market.down();
    await market.up();
    await eventually(() => contact.problem()?.includes('version 2'));
    expect(contact.problem()).toMatch(/this agent version 1.*install\.sh/);
    expect(pauses.at(-1)).toBeGreaterThan(40_000);
  });

  it('asks again for what could not be kept', async () => {
    let full = false;
    const seen: number[] = [];
    const { machineId } = await inContact({
      receive: ({ generation }) => {
        if (full) throw new Error('database or disk is full');
        seen.push(generation);
      },
    });
    full = true;
    market.want(machineId, []);
    await eventually(() => said.some((line) => line.includes('disk is full')));
    full = false;
    await eventually(() => seen.includes(1));
  });
});

describe('enrolment', () => {
  it('with a code that is used or unknown is refused with the market’s sentence', async () => {
    await expect(enrolWith('wrong')).rejects.toThrow('This enrolment code is used, expired or unknown.');
  });

  it('at something that is no market says so', async () => {
    const pages = createServer((_, response) => response.end('<html>Welcome</html>')).listen(0, '127.0.0.1');
    await once(pages, 'listening');
    const { port } = pages.address() as AddressInfo;
    await expect(httpMarket(`http://127.0.0.1:${port}`).challenge('mch_1')).rejects.toThrow(
      /not an answer of a Sublet market/,
    );
    pages.close();
    pages.closeAllConnections();
    await market.down();
    await expect(httpMarket(market.url).challenge('mch_1')).rejects.toThrow(/nothing listens there/);
  });

  it.each(['', 'market.example', 'ftp://market', 'javascript:alert(1)', 'https://user:pass@market'])(
    '%j is no address',
    (text) => {
      expect(() => marketUrl(text)).toThrow(/is not the address of a market/);
    },
  );

  it('takes an address with a path and without its last slash', () => {
    expect(marketUrl('https://example.org/sublet/')).toBe('https://example.org/sublet');
    expect(marketUrl('http://127.0.0.1:3000')).toBe('http://127.0.0.1:3000');
  });
});
