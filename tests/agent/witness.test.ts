import { sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { keepWitnessed, keptWitnessed } from '#agent/io/served-log.ts';
import { type ServedLog, type Witnessed, witnessOf } from '#agent/witness.ts';
import { fromBase64url, joinBytes } from '#protocol/base64.ts';
import { newSigningKey, rawPublicKey, sha256Bytes } from '#protocol/keys.ts';
import { formatLogKey, type LogKey, signCheckpoint } from '#protocol/log-checkpoint.ts';
import { appendLeaves, type Completed, EMPTY_TREE, rootOf } from '#protocol/log-frontier.ts';
import { tileAt } from '#protocol/log-tiles.ts';
import { leafHash } from '#protocol/log-tree.ts';

const NOW = Date.parse('2026-11-23T12:00:00.000Z');
const privateKey = newSigningKey();
const key: LogKey = { name: 'market.example/log', key: fromBase64url(rawPublicKey(privateKey)) as Uint8Array };

/** A log of these words, as a market would serve it. */
function logOf(words: readonly string[], by = { key, privateKey }) {
  const leaves = words.map((word) => leafHash(sha256Bytes, new TextEncoder().encode(word)));
  const levels: Uint8Array[][] = [leaves];
  const tree = appendLeaves(sha256Bytes, EMPTY_TREE, leaves, ({ height, position, root }: Completed) => {
    if (height % 8 !== 0) return;
    levels[height / 8] ??= [];
    (levels[height / 8] as Uint8Array[])[position] = root;
  });
  const head = { size: words.length, root: rootOf(sha256Bytes, tree) };
  return {
    note: signCheckpoint(sha256Bytes, head, by.key, (message) => sign(null, message, by.privateKey)),
    line: formatLogKey(sha256Bytes, by.key),
    tile: (path: string) => {
      const tile = tileAt(path);
      if (tile === null || tile.level === 'entries') return null;
      return joinBytes(...(levels[tile.level] ?? []).slice(tile.index * 256, tile.index * 256 + tile.width));
    },
  };
}
type Shown = ReturnType<typeof logOf>;

const words = (count: number, word = 'entry') => Array.from({ length: count }, (_, at) => `${word} ${at}`);

/** A machine that is shown a log, which a test may change. */
function machine(first: Shown, kept: Witnessed | null = null) {
  const shown = { log: first, others: [] as string[], tiles: true };
  const said: string[] = [];
  const disk: { state: Witnessed | null } = { state: kept };
  const served: ServedLog = {
    key: async () => shown.log.line,
    checkpoint: async () => shown.log.note,
    tile: async (path) => (shown.tiles ? shown.log.tile(path) : null),
    others: async () => shown.others,
  };
  const say = (sentence: string) => void said.push(sentence);
  const witness = witnessOf({
    served,
    kept,
    keep: (state) => {
      disk.state = state;
    },
    now: () => NOW,
    log: { info: say, warn: say, error: say },
  });
  return { shown, said, disk, witness };
}

describe('a machine that watches the public log', () => {
  it('goes along with a log that grows, over tiles and levels', async () => {
    const { shown, disk, witness } = machine(logOf(words(1)));
    for (const size of [1, 2, 7, 256, 257, 600, 70_000]) {
      shown.log = logOf(words(size));
      await witness.look();
      expect(witness.problem()).toBeNull();
      expect(disk.state?.checkpoint).toBe(shown.log.note);
    }
  });

  it('refuses and reports a log that changed an entry, keeps both heads, and says so after a restart', async () => {
    const { shown, disk, said, witness } = machine(logOf(words(300)));
    await witness.look();
    const seen = shown.log.note;
    shown.log = logOf(words(400).with(17, 'something else'));
    await witness.look();
    expect(witness.problem()).toContain('its 400 entries do not continue the 300 that were seen before');
    expect(disk.state).toMatchObject({ checkpoint: seen, refused: { checkpoint: shown.log.note } });
    expect(said.join()).toContain('two histories');
    expect(machine(shown.log, disk.state).witness.problem()).toContain('two histories');
    // What follows on the other history is refused too.
    shown.log = logOf(words(500).with(17, 'something else'));
    await witness.look();
    expect(disk.state?.checkpoint).toBe(seen);
  });

  it('refuses a log that went back, a second tree of the same size, and another key', async () => {
    const cases: [Shown, string][] = [
      [logOf(words(299)), 'it went back from 300 entries to 299'],
      [logOf(words(300).with(299, 'x')), 'two trees have 300 entries'],
      [logOf(words(301), { key, privateKey: newSigningKey() }), 'not signed by the key'],
    ];
    for (const [other, why] of cases) {
      const { shown, witness, disk } = machine(logOf(words(300)));
      await witness.look();
      shown.log = other;
      await witness.look();
      expect(witness.problem()).toContain(why);
      expect(disk.state?.refused?.checkpoint).toBe(other.note);
    }
  });

  it('catches a log that shows two machines two histories within one exchange between them', async () => {
    const [one, two] = [machine(logOf(words(300))), machine(logOf(words(310).with(120, 'only for you')))];
    await one.witness.look();
    await two.witness.look();
    expect([one.witness.problem(), two.witness.problem()]).toEqual([null, null]);
    // Each is told what the other saw, by whatever way: the one that saw more finds out at once.
    one.shown.others = [two.disk.state?.checkpoint ?? ''];
    two.shown.others = [one.disk.state?.checkpoint ?? ''];
    await Promise.all([one.witness.look(), two.witness.look()]);
    expect(two.witness.problem()).toContain('two histories');
    expect(two.disk.state?.refused?.checkpoint).toBe(one.disk.state?.checkpoint);
    // The other does when it is shown as many entries, and nothing that the log can show then helps it.
    one.shown.log = logOf(words(320));
    await one.witness.look();
    expect(one.witness.problem()).toContain('two histories');
    expect(await one.witness.compare(two.disk.state?.checkpoint ?? '')).toBe(false);
  });

  it('is at ease with what others saw of the same history, before or after, and with notes that the log never signed', async () => {
    const { shown, witness } = machine(logOf(words(300)));
    await witness.look();
    const forged = logOf(words(10, 'forged'), { key, privateKey: newSigningKey() });
    shown.others = [logOf(words(5)).note, logOf(words(300)).note, forged.note, 'nonsense', ''];
    await witness.look();
    shown.log = logOf(words(900));
    shown.others = [shown.log.note];
    await witness.look();
    expect(witness.problem()).toBeNull();
  });

  it('looks again when the log cannot be reached, and speaks up when a proof stays away', async () => {
    const { shown, disk, witness } = machine(logOf(words(300)));
    await witness.look();
    const seen = disk.state?.checkpoint;
    shown.log = logOf(words(400));
    shown.tiles = false;
    for (let looks = 0; looks < 4; looks += 1) await witness.look();
    expect(witness.problem()).toBeNull();
    await witness.look();
    expect(witness.problem()).toContain('has not proved');
    expect(disk.state).toMatchObject({ checkpoint: seen, refused: null });
    shown.tiles = true;
    await witness.look();
    expect(witness.problem()).toBeNull();
    expect(disk.state?.checkpoint).toBe(shown.log.note);
  });
});

describe('what a machine keeps of the log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sublet-witness-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is on the disk, and begun anew when it is damaged', () => {
    expect(keptWitnessed(folder)).toBeNull();
    const state = { logKey: 'line', checkpoint: 'note', refused: null };
    keepWitnessed(folder, state);
    expect(keptWitnessed(folder)).toEqual(state);
    writeFileSync(join(folder, 'witness.json'), '{"logKey":');
    expect(keptWitnessed(folder)).toBeNull();
  });
});
