import { renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Failure } from '../../protocol/agent.ts';
import type { Signed } from '../../protocol/words.ts';
import { type Lease, readPermit } from '../lease.ts';
import { NOTHING_STATED, type Totals } from '../meter.ts';

/** What a rental has been through on this machine, beyond what the market told. */
export type Past = {
  failure: {
    run: number;
    code: Failure;
    detail: string;
    exitCode?: number | null;
    /** It did not end by itself. */
    runtimeStopped?: true;
    /** Another machine may well run it. */
    onlyHere?: true;
  } | null;
  hostKey: string | null;
  /** The latest run that a renter could connect to. */
  connectedRun: number;
  /** The start of the operating system under which the container last ran: tells a reboot from an exit. */
  machineBoot: string | null;
  /** Milliseconds of wall time; null while the market names the lease. */
  unnamedSince: number | null;
};

export const NO_PAST: Past = {
  failure: null,
  hostKey: null,
  connectedRun: 0,
  machineBoot: null,
  unnamedSince: null,
};

export type Kept = { lease: Lease; past: Past; totals: Totals };

/** What must survive: rentals, and what was delivered under them. Every write is on the disk when its call returns. */
export type Journal = {
  rentals(machineId: string): Kept[];
  keepLease(machineId: string, lease: Lease): void;
  keepPast(leaseId: string, past: Past): void;
  /** The statement and the totals that include it become one durable fact, or neither does. */
  append(leaseId: string, sequence: number, statement: Signed, totals: Totals): void;
  /** Statements that the market has not stored, oldest first and fairly over leases. */
  unsent(machineId: string, most: number): Signed[];
  hasUnsent(leaseId: string): boolean;
  /** The market stored everything up to this sequence. */
  stored(leaseId: string, sequence: number): void;
  logOffset(leaseId: string): number;
  keepLogOffset(leaseId: string, offset: number): void;
  /** Forgets a rental with everything about it. */
  forget(leaseId: string): void;
  close(): void;
};

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS leases (
    lease_id TEXT PRIMARY KEY,
    machine_id TEXT NOT NULL,
    payload TEXT NOT NULL,
    signature TEXT NOT NULL,
    desired TEXT NOT NULL,
    run INTEGER NOT NULL,
    command TEXT,
    sealed_environment TEXT,
    past TEXT,
    log_offset INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE IF NOT EXISTS totals (
    lease_id TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL,
    previous TEXT NOT NULL,
    gpu_seconds TEXT NOT NULL,
    disk_byte_seconds TEXT NOT NULL,
    ended_at INTEGER
  ) STRICT;
  CREATE TABLE IF NOT EXISTS statements (
    lease_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    payload TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (lease_id, sequence)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = 1;
`;

/**
 * Opens the journal, or makes it. A file that is not readable as one is moved aside (`….damaged`), because rentals must
 * not stand still for it: what it held and the market had not stored is then never billed. `onDamage` hears of that.
 */
export function openJournal(path: string, onDamage: (sentence: string) => void = () => undefined): Journal {
  try {
    return journalOn(openDatabase(path));
  } catch (error) {
    if (!isDamage(error)) throw error;
    const aside = `${path}.damaged-${new Date().toISOString().replaceAll(':', '')}`;
    for (const suffix of ['', '-wal', '-shm']) {
      try {
        renameSync(path + suffix, aside + suffix);
      } catch {}
    }
    onDamage(`The journal could not be read and was moved to ${aside}; seconds that only it knew will not be billed.`);
    return journalOn(openDatabase(path));
  }
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;');
    const check = database.prepare('PRAGMA quick_check(1)').get();
    if (check?.quick_check !== 'ok') throw Object.assign(new Error('damaged'), { errcode: 11 });
    database.exec(SCHEMA);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLITE_CORRUPT (11) and SQLITE_NOTADB (26). */
function isDamage(error: unknown): boolean {
  const code = (error as { errcode?: number }).errcode;
  return code !== undefined && [11, 26].includes(code & 0xff);
}

function journalOn(database: DatabaseSync): Journal {
  const statement = (sql: string) => database.prepare(sql);
  const all = statement(`
    SELECT l.*, t.sequence, t.previous, t.gpu_seconds, t.disk_byte_seconds, t.ended_at
    FROM leases l LEFT JOIN totals t USING (lease_id) WHERE machine_id = ? ORDER BY lease_id`);
  const keepLease = statement(`
    INSERT INTO leases (lease_id, machine_id, payload, signature, desired, run, command, sealed_environment)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (lease_id) DO UPDATE SET payload = excluded.payload, signature = excluded.signature,
      desired = excluded.desired, run = excluded.run, command = excluded.command,
      sealed_environment = excluded.sealed_environment`);
  const keepPast = statement('UPDATE leases SET past = ? WHERE lease_id = ?');
  const insertStatement = statement('INSERT INTO statements VALUES (?, ?, ?, ?)');
  const keepTotals = statement('INSERT OR REPLACE INTO totals VALUES (?, ?, ?, ?, ?, ?)');
  const unsent = statement(`
    SELECT payload, signature FROM (
      SELECT s.*, row_number() OVER (PARTITION BY s.lease_id ORDER BY s.sequence) AS place
      FROM statements s JOIN leases l USING (lease_id) WHERE l.machine_id = ?
    ) ORDER BY place, lease_id LIMIT ?`);
  const anyUnsent = statement('SELECT 1 FROM statements WHERE lease_id = ? LIMIT 1');
  const drop = statement('DELETE FROM statements WHERE lease_id = ? AND sequence <= ?');
  const offset = statement('SELECT log_offset FROM leases WHERE lease_id = ?');
  const keepOffset = statement('UPDATE leases SET log_offset = ? WHERE lease_id = ?');
  const forgetAll = ['leases', 'totals', 'statements'].map((table) =>
    statement(`DELETE FROM ${table} WHERE lease_id = ?`),
  );
  const together = (work: () => void) => {
    database.exec('BEGIN IMMEDIATE');
    try {
      work();
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
  return {
    rentals: (machineId) => all.all(machineId).flatMap((row) => keptFrom(row)),
    keepLease(machineId, { signed, permit, desired, run, command, sealedEnvironment }) {
      const argv = command === null ? null : JSON.stringify(command);
      const { payload, signature } = signed;
      keepLease.run(permit.leaseId, machineId, payload, signature, desired, run, argv, sealedEnvironment);
    },
    keepPast: (leaseId, past) => void keepPast.run(JSON.stringify(past), leaseId),
    append(leaseId, sequence, { payload, signature }, totals) {
      together(() => {
        insertStatement.run(leaseId, sequence, payload, signature);
        const { gpuSeconds, diskByteSeconds } = totals;
        keepTotals.run(
          leaseId,
          totals.sequence,
          totals.previous,
          String(gpuSeconds),
          String(diskByteSeconds),
          totals.endedAt,
        );
      });
    },
    unsent: (machineId, most) =>
      unsent.all(machineId, most).map((row) => ({ payload: String(row.payload), signature: String(row.signature) })),
    hasUnsent: (leaseId) => anyUnsent.get(leaseId) !== undefined,
    stored: (leaseId, sequence) => void drop.run(leaseId, sequence),
    logOffset: (leaseId) => Number(offset.get(leaseId)?.log_offset ?? 0),
    keepLogOffset: (leaseId, value) => void keepOffset.run(value, leaseId),
    forget: (leaseId) =>
      together(() => {
        for (const each of forgetAll) each.run(leaseId);
      }),
    close: () => database.close(),
  };
}

function keptFrom(row: Record<string, unknown>): Kept[] {
  const signed = { payload: String(row.payload), signature: String(row.signature) };
  const permit = readPermit(signed);
  if (permit === null) return [];
  const totals =
    row.sequence === null
      ? NOTHING_STATED
      : {
          sequence: Number(row.sequence),
          previous: String(row.previous),
          gpuSeconds: BigInt(String(row.gpu_seconds)),
          diskByteSeconds: BigInt(String(row.disk_byte_seconds)),
          endedAt: row.ended_at === null ? null : Number(row.ended_at),
        };
  return [
    {
      lease: {
        signed,
        permit,
        desired: row.desired as Lease['desired'],
        run: Number(row.run),
        command: row.command === null ? null : (JSON.parse(String(row.command)) as string[]),
        sealedEnvironment: row.sealed_environment === null ? null : String(row.sealed_environment),
      },
      past: row.past === null ? NO_PAST : { ...NO_PAST, ...(JSON.parse(String(row.past)) as Partial<Past>) },
      totals,
    },
  ];
}
