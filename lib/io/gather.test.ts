import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { gather } from './gather.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Work that ends when it is told to, and what it was given. */
function slowWork() {
  const batches: {
    items: readonly string[];
    end: (answers?: readonly string[]) => void;
    fail: (why: Error) => void;
  }[] = [];
  const work = (items: readonly string[]) =>
    new Promise<readonly string[]>((resolve, reject) => {
      batches.push({ items, end: (answers) => resolve(answers ?? items.map((item) => `did ${item}`)), fail: reject });
    });
  return { batches, work };
}

describe('what is gathered', () => {
  it('waits for others and is answered each with its own', async () => {
    const { batches, work } = slowWork();
    const ask = gather(work, { waitMs: 50, most: 10 });
    const answers = [ask('a'), ask('b')];
    await vi.advanceTimersByTimeAsync(49);
    expect(batches).toHaveLength(0);
    answers.push(ask('c'));
    await vi.advanceTimersByTimeAsync(1);
    expect(batches.map(({ items }) => items)).toEqual([['a', 'b', 'c']]);
    batches[0]?.end();
    expect(await Promise.all(answers)).toEqual(['did a', 'did b', 'did c']);
  });

  it('does not wait when there are as many as fit', async () => {
    const { batches, work } = slowWork();
    const ask = gather(work, { waitMs: 50, most: 2 });
    void ask('a');
    void ask('b');
    void ask('c');
    expect(batches.map(({ items }) => items)).toEqual([['a', 'b']]);
    batches[0]?.end();
    await vi.advanceTimersByTimeAsync(50);
    expect(batches[1]?.items).toEqual(['c']);
  });

  it('gathers on while as many batches as may be are under way', async () => {
    const { batches, work } = slowWork();
    const ask = gather(work, { waitMs: 10, most: 10, atOnce: 1 });
    void ask('a');
    await vi.advanceTimersByTimeAsync(10);
    void ask('b');
    await vi.advanceTimersByTimeAsync(1_000);
    void ask('c');
    expect(batches).toHaveLength(1);
    batches[0]?.end();
    await vi.advanceTimersByTimeAsync(10);
    expect(batches[1]?.items).toEqual(['b', 'c']);
  });

  it('never has two of one key in a batch', async () => {
    const { batches, work } = slowWork();
    const ask = gather(work, { waitMs: 10, most: 10, keyOf: (item) => item[0] ?? '' });
    void ask('a1');
    void ask('a2');
    void ask('b1');
    await vi.advanceTimersByTimeAsync(10);
    expect(batches[0]?.items).toEqual(['a1', 'b1']);
    batches[0]?.end();
    await vi.advanceTimersByTimeAsync(10);
    expect(batches[1]?.items).toEqual(['a2']);
  });

  it('fails together, and the next batch is none the worse', async () => {
    const { batches, work } = slowWork();
    const ask = gather(work, { waitMs: 10, most: 10 });
    const lost = Promise.allSettled([ask('a'), ask('b')]);
    await vi.advanceTimersByTimeAsync(10);
    batches[0]?.fail(new Error('the database is away'));
    expect((await lost).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = ask('c');
    await vi.advanceTimersByTimeAsync(10);
    batches[1]?.end();
    expect(await next).toBe('did c');
  });
});
