import * as z from 'zod/mini';
import { sha256Bytes, verifyBytes } from '../protocol/keys.ts';
import { type Checkpoint, type LogKey, openCheckpoint, parseLogKey } from '../protocol/log-checkpoint.ts';
import { perfectFromTiles, tilePath } from '../protocol/log-tiles.ts';
import { consistencyPath, isConsistent } from '../protocol/log-tree.ts';
import { type Log, messageOf } from './log.ts';

/** What a witness keeps on the disk. */
export const witnessed = z.object({
  /** The log's key as it was first seen: another one is another log. */
  logKey: z.string(),
  /** The last checkpoint that continued the one before. */
  checkpoint: z.string(),
  refused: z.nullable(z.object({ checkpoint: z.string(), why: z.string(), at: z.string() })),
});
export type Witnessed = z.infer<typeof witnessed>;

/** The public log as it is served. Each rejects while it cannot be reached; null is "not there". */
export type ServedLog = {
  key(): Promise<string | null>;
  checkpoint(): Promise<string | null>;
  tile(path: string): Promise<Uint8Array | null>;
  /** Checkpoints that other machines saw. */
  others(): Promise<readonly string[]>;
};

export type WitnessOptions = {
  served: ServedLog;
  kept: Witnessed | null;
  keep: (state: Witnessed) => void;
  now: () => number;
  log: Log;
};

/** Holds the market to one history: what was in its log stays in it, and every machine is shown the same. */
export type Witness = {
  /** Looks at the log and at what others saw of it. Never rejects; what cannot be reached is looked at again later. */
  look(): Promise<void>;
  /** Holds a checkpoint from anywhere against what was seen here. False when the log shows two histories. */
  compare(note: string): Promise<boolean>;
  state(): Witnessed | null;
  /** What its owner must know; null while all is well. */
  problem(): string | null;
};

/** The log does not give what it signed: an accident, or it has something to hide. */
class NotServed extends Error {}

/** After so many looks in a row without a proof, its owner should know. */
const PATIENCE = 5;

/** A refusal: the log cannot show that both checkpoints are of one history. */
class TwoHistories extends Error {}

export function witnessOf({ served, kept, keep, now, log }: WitnessOptions): Witness {
  let state = kept;
  let unproved = 0;

  async function opened(note: string, key: LogKey): Promise<Checkpoint> {
    const head = await openCheckpoint(sha256Bytes, verifyBytes, note, key);
    if (head === null) throw new TwoHistories('it is not signed by the key that the log had before');
    return head;
  }

  async function expectContinues(older: Checkpoint, newer: Checkpoint): Promise<void> {
    if (older.size === newer.size || older.size === 0) {
      if (!isConsistent(sha256Bytes, older, newer, [])) throw new TwoHistories(`two trees have ${newer.size} entries`);
      return;
    }
    const tiles = perfectFromTiles(sha256Bytes, newer.size, async (tile) => {
      const bytes = await served.tile(tilePath(tile));
      if (bytes === null || bytes.length !== 32 * tile.width)
        throw new NotServed(`The market's log does not serve what it signed: ${tilePath(tile)}.`);
      return bytes;
    });
    const path = await consistencyPath(sha256Bytes, tiles, older.size, newer.size);
    if (!isConsistent(sha256Bytes, older, newer, path))
      throw new TwoHistories(`its ${newer.size} entries do not continue the ${older.size} that were seen before`);
  }

  function refuse(checkpoint: string, error: TwoHistories): void {
    if (state === null) return;
    const why = `The market's log shows two histories: ${error.message}.`;
    if (state.refused?.checkpoint === checkpoint) return;
    log.error(`${why} Both checkpoints are kept as evidence.`, { seen: state.checkpoint, refused: checkpoint });
    state = { ...state, refused: { checkpoint, why, at: new Date(now()).toISOString() } };
    keep(state);
  }

  async function begin(): Promise<Witnessed | null> {
    const [logKey, checkpoint] = [await served.key(), await served.checkpoint()];
    const key = logKey === null ? null : parseLogKey(sha256Bytes, logKey);
    if (logKey === null || checkpoint === null || key === null) return null;
    if ((await openCheckpoint(sha256Bytes, verifyBytes, checkpoint, key)) === null) return null;
    state = { logKey, checkpoint, refused: null };
    keep(state);
    return state;
  }

  async function advance(before: Witnessed, key: LogKey): Promise<void> {
    const note = await served.checkpoint();
    if (note === null || note === before.checkpoint) return;
    try {
      const [older, newer] = [await opened(before.checkpoint, key), await opened(note, key)];
      if (newer.size < older.size) throw new TwoHistories(`it went back from ${older.size} entries to ${newer.size}`);
      await expectContinues(older, newer);
      state = { ...before, checkpoint: note };
      keep(state);
    } catch (error) {
      if (!(error instanceof TwoHistories)) throw error;
      refuse(note, error);
    }
  }

  async function compare(note: string): Promise<boolean> {
    const key = state === null ? null : parseLogKey(sha256Bytes, state.logKey);
    if (state === null || key === null || note === state.checkpoint) return true;
    const other = await openCheckpoint(sha256Bytes, verifyBytes, note, key);
    // Anybody can make up a note: only what the log itself signed is evidence.
    if (other === null) return true;
    try {
      const own = await opened(state.checkpoint, key);
      await (other.size <= own.size ? expectContinues(other, own) : expectContinues(own, other));
      return true;
    } catch (error) {
      if (!(error instanceof TwoHistories)) throw error;
      refuse(note, error);
      return false;
    }
  }

  return {
    compare,
    state: () => state,
    problem: () =>
      state?.refused?.why ??
      (unproved < PATIENCE
        ? null
        : 'The market’s log has not proved for a while that it continues what was seen of it.'),
    async look() {
      try {
        const before = state ?? (await begin());
        const key = before === null ? null : parseLogKey(sha256Bytes, before.logKey);
        if (before === null || key === null) return;
        await advance(before, key);
        for (const note of await served.others()) await compare(note);
        unproved = 0;
      } catch (error) {
        if (error instanceof NotServed) unproved += 1;
        log.info('The public log could not be looked at; trying again.', { error: messageOf(error) });
      }
    },
  };
}
