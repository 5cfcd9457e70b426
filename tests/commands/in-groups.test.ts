import { setImmediate as endOfTurn, setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { BY_ITSELF, inGroups } from '#lib/io/in-groups.ts';
import { sql } from '#tests/support/database.ts';

type Note = { readonly key: string; readonly size?: number; readonly bad?: boolean };

let groups: string[][] = [];
let held: Promise<void> = Promise.resolve();
const settle = (most = 10) =>
  inGroups<Note, string>({
    name: 'test: notes',
    keysOf: ({ key }) => key.split('+'),
    sizeOf: ({ size }) => size ?? 1,
    most,
    work: async (tx, notes, together) => {
      groups.push(notes.map(({ key }) => key));
      await held;
      const out: (string | typeof BY_ITSELF)[] = [];
      for (const { key, bad } of notes) {
        if (together && key.startsWith('locked')) out.push(BY_ITSELF);
        else {
          await tx.$executeRaw`INSERT INTO notes (text) VALUES (${key})`;
          out.push(`wrote ${key}`);
        }
        if (bad === true) throw new Error(`${key} is bad`);
      }
      return out;
    },
  });

const written = async () =>
  (await sql<{ text: string }>('SELECT text FROM notes ORDER BY text')).map(({ text }) => text);

beforeEach(async () => {
  await sql('DROP TABLE IF EXISTS notes');
  await sql('CREATE TABLE notes (text text NOT NULL)');
  groups = [];
  held = Promise.resolve();
});

describe('work that is committed in groups', () => {
  it('begins at once when none is under way, and takes what came meanwhile in one commit', async () => {
    let letGo = () => {};
    held = new Promise((resolve) => {
      letGo = resolve;
    });
    const add = settle();
    const first = add({ key: 'a' });
    await expect.poll(() => groups).toEqual([['a']]);
    const all = [first, ...['b', 'c', 'd'].map((key) => add({ key }))];
    letGo();
    expect(await Promise.all(all)).toEqual(['wrote a', 'wrote b', 'wrote c', 'wrote d']);
    expect(groups).toEqual([['a'], ['b', 'c', 'd']]);
    expect(await written()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('keeps the order of what has one key, never two of them in a group, and groups no larger than said', async () => {
    const add = settle(3);
    const notes: Note[] = [
      { key: 'a' },
      { key: 'b' },
      { key: 'b' },
      { key: 'c', size: 2 },
      { key: 'd' },
      { key: 'big', size: 9 },
    ];
    await Promise.all(notes.map(add));
    expect(groups).toEqual([['a', 'b', 'd'], ['b', 'c'], ['big']]);
  });

  it('tells only whoever failed, writes all others, and keeps it apart until it succeeds', async () => {
    const add = settle();
    const outcomes = await Promise.allSettled([
      add({ key: 'a' }),
      add({ key: 'b' }),
      add({ key: 'bad', bad: true }),
      add({ key: 'c' }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await written()).toEqual(['a', 'b', 'c']);
    groups = [];
    await Promise.allSettled([add({ key: 'd' }), add({ key: 'bad' }), add({ key: 'e' })]);
    expect(groups).toContainEqual(['bad']);
    groups = [];
    await Promise.all([add({ key: 'f' }), add({ key: 'bad' }), add({ key: 'g' })]);
    expect(groups).toEqual([['f', 'bad', 'g']]);
  });

  it('does by itself what somebody else has locked, and does not let the others wait for it', async () => {
    const add = settle();
    expect(await Promise.all([add({ key: 'a' }), add({ key: 'locked' }), add({ key: 'b' })])).toEqual([
      'wrote a',
      'wrote locked',
      'wrote b',
    ]);
    expect(groups).toEqual([['a', 'locked', 'b'], ['locked']]);
  });

  it('takes what is asked for in one turn together, and never two in a group that share one of their keys', async () => {
    const add = settle();
    await Promise.all([
      add({ key: 'ann+box' }),
      add({ key: 'ben+bay' }),
      add({ key: 'ann+bin' }),
      add({ key: 'cat+bin' }),
      add({ key: 'dan+bay' }),
    ]);
    expect(groups).toEqual([['ann+box', 'ben+bay'], ['ann+bin', 'dan+bay'], ['cat+bin']]);
  });

  it('waits for whoever is on the way when a group is made up, but not for ever', async () => {
    const add = settle();
    const reading = async (key: string): Promise<Note> => {
      for (let turns = 0; turns < 3; turns += 1) await endOfTurn();
      return { key };
    };
    expect(await Promise.all([add({ key: 'a' }), add(reading('b')), add(reading('c'))])).toHaveLength(3);
    expect(groups).toEqual([['a', 'b', 'c']]);
    groups = [];
    const slow = Promise.withResolvers<Note>();
    const late = add(slow.promise);
    expect(await add({ key: 'd' })).toBe('wrote d');
    slow.resolve({ key: 'e' });
    expect(await late).toBe('wrote e');
    expect(groups).toEqual([['d'], ['e']]);
  });

  it('tells whoever turned back on the way why, and writes the others', async () => {
    const add = settle();
    const turned = add(Promise.reject<Note>(new Error('no such note')));
    const outcomes = await Promise.allSettled([turned, add({ key: 'a' })]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(groups).toEqual([['a']]);
  });

  it('goes on after the work of a group that stood alone failed', async () => {
    const add = settle();
    await expect(add({ key: 'bad', bad: true })).rejects.toThrow('bad is bad');
    await pause(0);
    expect(await add({ key: 'a' })).toBe('wrote a');
  });
});
