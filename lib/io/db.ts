import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { env } from './env.ts';
import { GatheringSocket } from './gathering-socket.ts';
import { Prisma, PrismaClient } from './generated/client.ts';
import { log } from './log.ts';

/** A transaction that has begun: what steps take as their first argument. */
export type Tx = Prisma.TransactionClient;

/** What reads may use: the database itself or a transaction. */
export type Reader = Omit<Tx, '$transaction'>;

/** SQL NULL for a JSON column: a plain `null` is for Prisma the JSON value. */
export const DB_NULL = Prisma.DbNull;

/** A piece of a query, to be put into another one. */
export type Query = Prisma.Sql;

/** Makes a piece of a query; what is put into it becomes a parameter, or a part when it is one itself. */
export const query = Prisma.sql;

export type Isolation = 'ReadCommitted' | 'RepeatableRead' | 'Serializable';

const MOST_ATTEMPTS = 6;
const TIMEOUT_MS = 15_000;
const MAX_WAIT_MS = 10_000;

type Open = { readonly pool: pg.Pool; readonly client: PrismaClient };

/** A transaction: its name, its connection while it has one, and what it does not wait for. */
type Inside = {
  readonly name: string;
  readonly readsFirst: boolean;
  connection?: pg.PoolClient | undefined;
  last?: Promise<unknown>;
};

type Home = {
  open: Open | undefined;
  readonly db: PrismaClient;
  readonly inside: AsyncLocalStorage<Inside>;
  readonly transactions: WeakMap<object, Inside>;
  readonly holders: WeakMap<pg.PoolClient, Inside>;
};

// Next bundles this module several times into one process, and reloads it in development: one pool a process, and whatever
// copy begins a transaction, every copy knows of it.
const shared = globalThis as typeof globalThis & { subletDatabase?: Home };
shared.subletDatabase ??= {
  open: undefined,
  db: new Proxy({} as PrismaClient, {
    get(_, key) {
      const value: unknown = Reflect.get(client(), key);
      return typeof value === 'function' ? value.bind(client()) : value;
    },
  }),
  inside: new AsyncLocalStorage(),
  transactions: new WeakMap(),
  holders: new WeakMap(),
};
const home = shared.subletDatabase;
const { inside, transactions, holders } = home;

function open(): Open {
  home.open ??= openNow();
  return home.open;
}

function openNow(): Open {
  // What is asked without waiting for an answer travels at once (see `inOneGo`); the database answers in the order of asking.
  const pool = new NotingPool({
    connectionString: env().databaseUrl,
    max: env().databaseConnections,
    pipeline: true,
    stream: () => new GatheringSocket(),
  });
  // Given back at its end, or earlier when it takes too long: the connection is somebody else's then.
  pool.on('release', (_, connection) => {
    const holder = holders.get(connection);
    if (holder !== undefined) holder.connection = undefined;
  });
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    statementNameGenerator: ({ sql }) => (ENDS.has(sql) ? sql : ''),
  });
  return { pool, client: new PrismaClient({ adapter }) };
}

/** Where transactions begin and end. As named statements they travel with what is asked beside them; plain text is written by itself. */
const ENDS: ReadonlySet<string> = new Set(['BEGIN', 'COMMIT', 'ROLLBACK']);

function client(): PrismaClient {
  return open().client;
}

/** Notes which connection a transaction got, so that {@link queryable} finds it. */
class NotingPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: PoolCallback): void;
  override connect(callback?: PoolCallback): Promise<pg.PoolClient> | undefined {
    if (callback !== undefined) {
      super.connect(callback);
      return undefined;
    }
    const mine = inside.getStore();
    return super.connect().then((connection) => {
      if (mine !== undefined) {
        mine.connection = connection;
        holders.set(connection, mine);
        if (mine.readsFirst) beginWithoutWaiting(connection);
      }
      return connection;
    });
  }
}
type PoolCallback = Parameters<pg.Pool['connect']>[0];

/** A connection on which nothing is answered, be it that the database is gone without a word. */
class NoAnswer extends Error {
  readonly code = '08006';
}

/**
 * Answers the BEGIN that the client is about to ask before the database does, so that it travels with what is asked next. That is answered
 * after it, and fails where it failed: nobody goes on outside a transaction. The client waits for it no longer, so it is given up here after as long.
 */
function beginWithoutWaiting(connection: pg.PoolClient): void {
  const ask = connection.query;
  let begun: Promise<unknown> | undefined;
  connection.query = new Proxy(ask, {
    apply(_, __, words: unknown[]) {
      const answer: unknown = Reflect.apply(ask, connection, words);
      if (begun !== undefined) return Promise.all([begun, answer]).then(([, result]) => result);
      const late = setTimeout(
        () => connection.connection.stream.destroy(new NoAnswer('The database did not begin a transaction in time.')),
        MAX_WAIT_MS,
      );
      begun = Promise.resolve(answer).finally(() => {
        clearTimeout(late);
        Reflect.deleteProperty(connection, 'query');
      });
      begun.catch(() => undefined);
      return Promise.resolve({ rows: [], fields: [], rowCount: 0 });
    },
  });
}

/** What runs a plain statement for a reader: the connection of its transaction, or any. Throws when the transaction is over. */
export function queryable(reader: Reader): Pick<pg.PoolClient, 'query'> {
  if (reader === db) return open().pool;
  const connection = transactions.get(reader)?.connection;
  if (connection === undefined) throw new Error('This transaction is over.');
  return connection;
}

/** How many connections of this process are taken of the most it may have, and how many wait for one. */
export function poolState(): { readonly taken: number; readonly most: number; readonly waiting: number } {
  const { pool } = open();
  return { taken: pool.totalCount - pool.idleCount, most: env().databaseConnections, waiting: pool.waitingCount };
}

/** The database, connected at the first use. Begin transactions with {@link inTransaction} only. */
export const db: Omit<PrismaClient, '$transaction'> = home.db;

/** Closes the connections; the next use of {@link db} opens them anew, to the database that the environment then names. */
export async function disconnect(): Promise<void> {
  const mine = home.open;
  home.open = undefined;
  await mine?.client.$disconnect();
}

/**
 * The only way to begin a transaction. `name` appears in traces. When the database reports a serialisation failure or a deadlock, `work` runs
 * again from its beginning, five times at most, so it must not touch anything but the transaction. Refuses to nest: pass `tx` on instead.
 * What `work` throws rolls everything back and is thrown on. With `readsFirst` the transaction begins together with its first statements,
 * which only read and lock: up to the first answer nothing is written.
 */
export async function inTransaction<Result>(
  name: string,
  work: (tx: Tx) => Promise<Result>,
  options: { readonly isolation?: Isolation; readonly timeoutMs?: number; readonly readsFirst?: boolean } = {},
): Promise<Result> {
  const outer = inside.getStore();
  if (outer !== undefined)
    throw new Error(`Transaction "${name}" begun inside "${outer.name}": pass the transaction on.`);
  const began = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    const mine: Inside = { name, readsFirst: options.readsFirst === true };
    try {
      const result = await inside.run(mine, () =>
        client().$transaction((tx) => work(noted(tx, mine)), {
          timeout: options.timeoutMs ?? TIMEOUT_MS,
          maxWait: MAX_WAIT_MS,
          ...(options.isolation === undefined ? {} : { isolationLevel: options.isolation }),
        }),
      );
      await mine.last;
      log.debug({ transaction: name, attempt, ms: Math.round(performance.now() - began) }, 'committed');
      return result;
    } catch (error) {
      if (attempt >= MOST_ATTEMPTS || !isConcurrencyFailure(error)) {
        log.debug(
          { transaction: name, attempt, ms: Math.round(performance.now() - began), error: nameOf(error) },
          'rolled back',
        );
        throw error;
      }
      await pause(2 ** attempt * 5 * (0.5 + Math.random()));
    }
  }
}

/**
 * Step: names what a transaction has asked for last: it is committed without waiting for the answers. Where one of these statements fails, the
 * database takes everything back, and `inTransaction` throws what failed. They are asked already, so that only the
 * database can refuse one of them: what cannot be sent is thrown before. Nothing is asked after them, and nothing is decided by what they answer.
 */
export function lastly(tx: Tx, asked: Promise<unknown>): void {
  const mine = transactions.get(tx);
  if (mine === undefined) throw new Error('This is no transaction.');
  if (mine.last !== undefined) throw new Error(`Transaction "${mine.name}" has a last thing already.`);
  mine.last = asked;
  asked.catch(() => undefined);
}

function noted(tx: Tx, mine: Inside): Tx {
  transactions.set(tx, mine);
  return tx;
}

/** Two transactions did the same at the same moment: whoever comes second does it again from the beginning, and sees the first. */
export class TriedAtOnce extends Error {
  readonly code = '40001';
}

/** True for what another transaction caused and a second attempt may cure: PostgreSQL 40001 and 40P01, Prisma P2034. */
export function isConcurrencyFailure(error: unknown): boolean {
  return codesOf(error).some((code) => code === 'P2034' || code === '40001' || code === '40P01');
}

/** True for what PostgreSQL answers (25P02) once a statement of the transaction has failed: it says nothing of the cause. */
export function isAfterFailure(error: unknown): boolean {
  return codesOf(error).includes('25P02');
}

/** Prisma's, PostgreSQL's (appendix A) and Node's words for a database that cannot be reached, or has no connection to give. */
const AWAY: ReadonlySet<string> = new Set([
  ...['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037'],
  ...['08000', '08003', '08006', '53300', '57P01', '57P02', '57P03'],
  'ECONNREFUSED',
]);

/**
 * True when the database does not answer, or is so busy that it gave no connection in time. Whether the last commit took place may be unknown:
 * whoever asks again does so under the same idempotency key.
 */
export function isDatabaseAway(error: unknown): boolean {
  const codes = codesOf(error);
  if (codes.includes('P2028')) return textsOf(error).some((text) => text.includes('Unable to start a transaction'));
  return codes.some((code) => AWAY.has(code));
}

/** True when the database refused a row that breaks the named constraint (unique, check or exclusion). */
export function breaksConstraint(error: unknown, constraint: string): boolean {
  return textsOf(error).some((text) => text.includes(constraint));
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** Codes that Prisma, its adapter and the driver hang on an error, wherever they do. */
function codesOf(error: unknown): string[] {
  return layersOf(error).flatMap((layer) =>
    [layer.code, layer.originalCode].filter((code): code is string => typeof code === 'string'),
  );
}

function textsOf(error: unknown): string[] {
  return layersOf(error).flatMap((layer) =>
    [layer.message, layer.originalMessage, JSON.stringify(layer.constraint), JSON.stringify(layer.target)].filter(
      (text): text is string => typeof text === 'string',
    ),
  );
}

function layersOf(error: unknown, depth = 0): Record<string, unknown>[] {
  if (typeof error !== 'object' || error === null || depth > 6) return [];
  const layer = error as Record<string, unknown>;
  return [layer, ...['cause', 'meta', 'driverAdapterError'].flatMap((key) => layersOf(layer[key], depth + 1))];
}
