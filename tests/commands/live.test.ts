import { afterEach, describe, expect, it } from 'vitest';
import { THE_MARKET } from '#lib/base/actor.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { type Live, liveFrom, type Wake } from '#lib/io/live.ts';
import { cutLive, databaseUrl } from '../support/database.ts';

const open: Live[] = [];
afterEach(async () => {
  for (const live of open.splice(0)) await live.close();
});

async function listening(): Promise<Live> {
  const live = liveFrom(() => databaseUrl);
  open.push(live);
  await live.ready();
  return live;
}

const happens = (machineId: string) =>
  inTransaction('test: something happens', (tx) =>
    recordEvent(tx, THE_MARKET, { kind: 'machine.described', machineId }, new Date()),
  );

describe('who waits for news of a machine', () => {
  it('is woken within 100 ms of the commit, and only by its own', async () => {
    const live = await listening();
    const other = live.wait('machine:b', { timeoutMs: 300 });
    const times: number[] = [];
    for (let turn = 0; turn < 9; turn += 1) {
      const woken = live.wait('machine:a', { timeoutMs: 5_000 });
      await happens('a');
      const began = performance.now();
      expect(await woken).toBe('news');
      times.push(performance.now() - began);
    }
    // The quickest of them: how busy the test's own machine is is not the question.
    expect(Math.min(...times)).toBeLessThan(100);
    expect(await other).toBe('timeout');
  });

  it('hears nothing of what was rolled back', async () => {
    const live = await listening();
    const woken = live.wait('machine:a', { timeoutMs: 200 });
    await expect(
      inTransaction('test: rolled back', async (tx) => {
        await recordEvent(tx, THE_MARKET, { kind: 'machine.described', machineId: 'a' }, new Date());
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await woken).toBe('timeout');
  });

  it('is let go when its asker leaves', async () => {
    const live = await listening();
    const asker = new AbortController();
    const woken = live.wait('machine:a', { timeoutMs: 60_000, signal: asker.signal });
    asker.abort();
    expect(await woken).toBe('aborted');
    expect(await live.wait('machine:a', { timeoutMs: 60_000, signal: asker.signal })).toBe('aborted');
  });

  it('misses nothing before the first connection stands: it is woken to look again', async () => {
    const live = liveFrom(() => databaseUrl);
    open.push(live);
    expect(await live.wait('machine:a', { timeoutMs: 5_000 })).toBe('news');
  });
});

describe('a lost connection', () => {
  it('comes back by itself, wakes everybody to read again, and news flow as before', async () => {
    const live = await listening();
    const heard: Wake[] = [];
    live.subscribe((wake) => heard.push(wake));
    const woken = live.wait('machine:a', { timeoutMs: 10_000 });
    await cutLive();
    expect(await woken).toBe('news');
    expect(heard).toEqual(['rebuild']);
    await happens('c');
    await expect.poll(() => heard).toEqual(['rebuild', expect.objectContaining({ machine: 'c' })]);
  });

  it('does not end while the database refuses, and a listener that throws harms no other', async () => {
    let reachable = false;
    const live = liveFrom(() => (reachable ? databaseUrl : 'postgresql://127.0.0.1:1/nothing'));
    open.push(live);
    const heard: Wake[] = [];
    live.subscribe(() => {
      throw new Error('a bug elsewhere');
    });
    const stop = live.subscribe((wake) => heard.push(wake));
    expect(await live.wait('machine:a', { timeoutMs: 150 })).toBe('timeout');
    reachable = true;
    await live.ready();
    expect(heard).toEqual(['rebuild']);
    stop();
    const woken = live.wait('machine:d', { timeoutMs: 5_000 });
    await happens('d');
    expect(await woken).toBe('news');
    expect(heard).toHaveLength(1);
  });
});
