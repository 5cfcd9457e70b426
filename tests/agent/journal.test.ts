import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Journal, NO_PAST, openJournal } from '#agent/io/journal.ts';
import { NOTHING_STATED } from '#agent/meter.ts';
import { desiredWorkload, leaseFrom } from '#tests/support/lease.ts';
import { keyPair } from '#tests/support/tunnel.ts';

const folder = mkdtempSync(join(tmpdir(), 'journal-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = () => {
  files += 1;
  return join(folder, `${files}.sqlite`);
};

const market = keyPair();
const lease = (leaseId: string, revision = 1) =>
  leaseFrom(desiredWorkload(market, { leaseId, revision, gateways: [], machineKey: 'key' }, { command: ['a', "b'c"] }));
const append = (journal: Journal, leaseId: string, sequence: number) =>
  journal.append(
    leaseId,
    sequence,
    { payload: `${leaseId} ${sequence}`, signature: 's' },
    {
      ...NOTHING_STATED,
      sequence: sequence + 1,
      gpuSeconds: BigInt(sequence + 1) * 60n,
      diskByteSeconds: 2n ** 80n,
      endedAt: 1_000 * sequence,
    },
  );

describe('the journal', () => {
  it('gives back what it was given, after it was closed and opened again', () => {
    const path = newPath();
    const first = openJournal(path);
    const past = { ...NO_PAST, failure: { run: 1, code: 'exited' as const, detail: 'x' }, connectedRun: 1 };
    first.keepLease('mch_1', lease('lse_a'));
    first.keepLease('mch_2', lease('lse_b'));
    first.keepPast('lse_a', past);
    first.keepLogOffset('lse_a', 77);
    append(first, 'lse_a', 0);
    first.close();
    const second = openJournal(path);
    const [kept, ...others] = second.rentals('mch_1');
    expect(others).toEqual([]);
    expect(kept).toMatchObject({
      lease: { permit: { leaseId: 'lse_a' }, command: ['a', "b'c"], desired: 'running', run: 1 },
      past,
      totals: { sequence: 1, gpuSeconds: 60n, diskByteSeconds: 2n ** 80n },
    });
    expect(second.logOffset('lse_a')).toBe(77);
    second.forget('lse_a');
    expect(second.rentals('mch_1')).toEqual([]);
    expect(second.rentals('mch_2')).toHaveLength(1);
    second.close();
  });

  it('keeps a statement and the totals that include it together, or neither', () => {
    const journal = openJournal(newPath());
    journal.keepLease('mch_1', lease('lse_a'));
    append(journal, 'lse_a', 0);
    expect(() => append(journal, 'lse_a', 0)).toThrow();
    expect(journal.rentals('mch_1')[0]?.totals.sequence).toBe(1);
    expect(journal.unsent('mch_1', 10)).toHaveLength(1);
    journal.close();
  });

  it('offers each statement again until the market stored it, and lets no lease starve another', () => {
    const journal = openJournal(newPath());
    for (const id of ['lse_a', 'lse_b']) {
      journal.keepLease('mch_1', lease(id));
      for (let sequence = 0; sequence < 5; sequence += 1) append(journal, id, sequence);
    }
    expect(journal.unsent('mch_1', 4).map(({ payload }) => payload)).toEqual([
      'lse_a 0',
      'lse_b 0',
      'lse_a 1',
      'lse_b 1',
    ]);
    journal.stored('lse_a', 3);
    const left = journal.unsent('mch_1', 10).map(({ payload }) => payload);
    expect(left.sort()).toEqual(['lse_a 4', 'lse_b 0', 'lse_b 1', 'lse_b 2', 'lse_b 3', 'lse_b 4']);
    journal.stored('lse_a', 4);
    expect([journal.hasUnsent('lse_a'), journal.hasUnsent('lse_b')]).toEqual([false, true]);
    journal.close();
  });

  it('killed without warning in the middle of writing, has every statement that it had answered for', async () => {
    const path = newPath();
    const writer = spawn(
      process.execPath,
      ['--input-type=module', '-e', WRITER, path, join(import.meta.dirname, '../..')],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let answered = -1;
    writer.stdout.on('data', (chunk: Buffer) => {
      answered = Number(chunk.toString().trim().split('\n').at(-1));
      if (answered >= 40) writer.kill('SIGKILL');
    });
    await once(writer, 'close');
    const journal = openJournal(path);
    const sequences = journal.unsent('mch_1', 100_000).map(({ payload }) => Number(payload.split(' ')[1]));
    expect(sequences).toEqual(Array.from({ length: sequences.length }, (_, index) => index));
    expect(sequences.length).toBeGreaterThan(answered);
    expect(journal.rentals('mch_1')[0]?.totals.sequence).toBe(sequences.length);
    journal.close();
  });

  it.each([
    ['rubbish', (path: string) => writeFileSync(path, 'x'.repeat(9_000))],
    ['a file cut short', (path: string) => truncateSync(path, 5_000)],
  ])('that is %s is moved aside with a sentence, and a new one begun', (_, damage) => {
    const path = newPath();
    const first = openJournal(path);
    first.keepLease('mch_1', lease('lse_a'));
    for (let sequence = 0; sequence < 200; sequence += 1) append(first, 'lse_a', sequence);
    first.close();
    damage(path);
    const sentences: string[] = [];
    const second = openJournal(path, (sentence) => sentences.push(sentence));
    expect(sentences).toEqual([expect.stringContaining('moved to')]);
    expect(second.rentals('mch_1')).toEqual([]);
    second.keepLease('mch_1', lease('lse_a'));
    second.close();
    expect(readdirSync(folder).some((name) => name.includes('.damaged-'))).toBe(true);
  });
});

const WRITER = `
  const [path, root] = process.argv.slice(1);
  const { openJournal } = await import(root + '/agent/io/journal.ts');
  const { desiredWorkload, leaseFrom } = await import(root + '/tests/support/lease.ts');
  const { keyPair } = await import(root + '/tests/support/tunnel.ts');
  const journal = openJournal(path);
  const offered = desiredWorkload(keyPair(), { leaseId: 'lse_a', gateways: [], machineKey: 'key' });
  journal.keepLease('mch_1', leaseFrom(offered));
  for (let sequence = 0; ; sequence += 1) {
    journal.append('lse_a', sequence, { payload: 'lse_a ' + sequence, signature: 's' },
      { sequence: sequence + 1, previous: 'x', gpuSeconds: 1n, diskByteSeconds: 1n, endedAt: 1 });
    process.stdout.write(sequence + '\\n');
  }
`;
