import type { Tx } from '#lib/io/db.ts';
import type { SyncedMachine } from './sync.ts';

/** A sign of life: which connection speaks, its sync's number, how far its clock is ahead of ours, and when it was heard. */
export type Beat = {
  readonly tokenHash: string;
  readonly sequence: number;
  readonly driftMs: number;
  readonly at: Date;
};

/** What is known of a machine when it is heard; the previous sign of life is the one before this. */
export type Heard = SyncedMachine & {
  readonly generation: number;
  readonly identityCopiedAt: Date | null;
  readonly previousSyncAt: Date | null;
  readonly previousSequence: number;
};

type Row = Heard & { readonly place: bigint };

const BEATS = `unnest($1::text[], $2::int[], $3::int[], $4::timestamptz[])
  WITH ORDINALITY AS beat(token_hash, sequence, drift_ms, at, place)`;
const MACHINE = `SELECT id, ctid, last_sync_at, sync_sequence FROM machines
  WHERE session_hash = beat.token_hash AND retired_at IS NULL AND sync_sequence < beat.sequence FOR NO KEY UPDATE`;
const SET = `UPDATE machines m SET last_sync_at = heard.at, sync_sequence = heard.sequence, clock_drift_ms = heard.drift_ms FROM heard`;
const TELL = `RETURNING heard.place, m.id, m.host_id AS "hostId", m.signing_key AS "signingKey", m.simulated, m.generation,
  m.identity_copied_at AS "identityCopiedAt", heard.last_sync_at AS "previousSyncAt", heard.sync_sequence AS "previousSequence"`;
const heardOf = (machine: string) => `WITH heard AS MATERIALIZED (
  SELECT beat.*, was.id, was.ctid AS spot, was.last_sync_at, was.sync_sequence FROM ${BEATS}, LATERAL (${machine}) was)`;

// Rows that were locked here are found by where they lie: one that moved since the statement began is left out.
const PASSING_BY = `${heardOf(`${MACHINE} SKIP LOCKED`)} ${SET} WHERE m.ctid = heard.spot ${TELL}`;
const WAITING = `${heardOf(MACHINE)} ${SET} WHERE m.id = heard.id ${TELL}`;

/**
 * Step: notes signs of life, of any number of machines in one statement: the token must be of the connection that speaks for
 * its machine now, and the sequence must grow. Answers each beat's machine in the order asked, undefined where it was not taken.
 * Of two beats of one connection at once only one is taken.
 * With `waits` false nobody waits for a machine that somebody else works at: its beat is not taken, and one asked again, which
 * waits, tells what it is worth.
 */
export async function hearMachines(
  tx: Tx,
  beats: readonly Beat[],
  { waits }: { readonly waits: boolean },
): Promise<(Heard | undefined)[]> {
  const rows = await tx.$queryRawUnsafe<Row[]>(
    waits ? WAITING : PASSING_BY,
    beats.map((beat) => beat.tokenHash),
    beats.map((beat) => beat.sequence),
    beats.map((beat) => beat.driftMs),
    beats.map((beat) => beat.at.toISOString()),
  );
  const heard: (Heard | undefined)[] = beats.map(() => undefined);
  for (const { place, ...machine } of rows) heard[Number(place) - 1] = machine;
  return heard;
}
