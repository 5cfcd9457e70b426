import { setImmediate as endOfTurn, setTimeout as pause } from 'node:timers/promises';
import { inTransaction, type Tx } from './db.ts';
import { log } from './log.ts';

/** What work answers for an item whose rows somebody else has locked: it is done by itself, so that the others do not wait for that lock. */
export const BY_ITSELF = Symbol('by itself');

export type Grouped<Item, Result> = {
  /** Of the transactions, for traces. */
  readonly name: string;
  /** Two items that share a key never stand in one group, and whoever came first goes first. */
  readonly keysOf: (item: Item) => readonly string[];
  readonly sizeOf: (item: Item) => number;
  /** Of sizes in one group; an item that is larger stands alone. */
  readonly most: number;
  /** True when `work` only reads and locks until its first answer comes (see `inTransaction`). */
  readonly readsFirst?: boolean;
  /** Answers one result for each item, in their order. `together` is false when the only item is to wait for its locks. */
  readonly work: (tx: Tx, items: readonly Item[], together: boolean) => Promise<readonly (Result | typeof BY_ITSELF)[]>;
};

type Waiting<Item, Result> = {
  readonly item: Item;
  readonly keys: readonly string[];
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

const MOST_APART = 1_000;
const ALONE_AT_ONCE = 4;
/** Less than a commit takes. */
const MOST_WAIT_MS = 5;

/**
 * Commits what many callers of this process ask for in one transaction: what has come while the commit before was under way.
 * Whoever must look something up before gives the promise of it, and is on the way until it is kept: a group waits for those who are on
 * the way when it is made up, five milliseconds at most, and for nobody else. Each caller hears its result when it is durable.
 * When a group fails, each of it is tried by itself, and only who fails alone hears of it; from then on it stays apart until
 * it succeeds.
 */
export function inGroups<Item, Result>(how: Grouped<Item, Result>): (item: Item | Promise<Item>) => Promise<Result> {
  type One = Waiting<Item, Result>;
  let waiting: One[] = [];
  let busy = false;
  const apart = new Set<string>();
  const onTheWay = new Set<Promise<Item>>();
  const options = { readsFirst: how.readsFirst === true };

  function nextGroup(): One[] {
    const group: One[] = [];
    const keys = new Set<string>();
    const later: One[] = [];
    let size = 0;
    for (const one of waiting) {
      const more = how.sizeOf(one.item);
      if (one.keys.some((key) => keys.has(key)) || (group.length > 0 && size + more > how.most)) later.push(one);
      else {
        group.push(one);
        size += more;
      }
      // Whoever comes later with the same key comes after it.
      for (const key of one.keys) keys.add(key);
    }
    waiting = later;
    return group;
  }

  async function commit(group: readonly One[]): Promise<void> {
    const items = group.map(({ item }) => item);
    let results: readonly (Result | typeof BY_ITSELF)[];
    try {
      results = await inTransaction(how.name, (tx) => how.work(tx, items, true), options);
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else {
        log.warn({ err: error, group: how.name, of: group.length }, 'a group failed: each of it is tried by itself');
        void eachAlone(group);
      }
      return;
    }
    for (const [at, one] of group.entries()) {
      const result = results[at];
      if (result === BY_ITSELF) void alone(one);
      else if (result === undefined) one.reject(new Error(`${how.name} gave no answer`));
      else one.resolve(result);
    }
  }

  async function alone(one: One): Promise<boolean> {
    try {
      const [result] = await inTransaction(how.name, (tx) => how.work(tx, [one.item], false), options);
      if (result === undefined || result === BY_ITSELF) throw new Error(`${how.name} gave no answer`);
      for (const key of one.keys) apart.delete(key);
      one.resolve(result);
      return true;
    } catch (error) {
      one.reject(error);
      return false;
    }
  }

  async function eachAlone(group: readonly One[]): Promise<void> {
    const left = [...group];
    const failed: One[] = [];
    const take = async () => {
      for (let one = left.shift(); one !== undefined; one = left.shift()) if (!(await alone(one))) failed.push(one);
    };
    await Promise.all(Array.from({ length: ALONE_AT_ONCE }, take));
    // When all of them failed it was none of them.
    if (failed.length === group.length) return;
    if (apart.size > MOST_APART) apart.clear();
    for (const key of failed.flatMap((one) => one.keys)) apart.add(key);
  }

  async function goOn(): Promise<void> {
    busy = true;
    while (waiting.length > 0) {
      // Callers who were answered together ask again together.
      await endOfTurn();
      if (onTheWay.size > 0) await arrivals();
      await commit(nextGroup());
    }
    busy = false;
  }

  async function arrivals(): Promise<void> {
    const enough = new AbortController();
    const late = pause(MOST_WAIT_MS, undefined, { signal: enough.signal }).catch(() => undefined);
    await Promise.race([Promise.allSettled(onTheWay), late]);
    enough.abort();
  }

  async function announced(promised: Promise<Item>): Promise<Result> {
    onTheWay.add(promised);
    let item: Item;
    try {
      item = await promised;
    } finally {
      onTheWay.delete(promised);
    }
    return join(item);
  }

  const join = (item: Item) =>
    new Promise<Result>((resolve, reject) => {
      const one: One = { item, keys: how.keysOf(item), resolve, reject };
      if (one.keys.some((key) => apart.has(key))) void alone(one);
      else {
        waiting.push(one);
        if (!busy) void goOn();
      }
    });

  return (item) => (item instanceof Promise ? announced(item) : join(item));
}
