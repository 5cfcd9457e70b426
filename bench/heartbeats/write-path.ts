import pg from 'pg';
import { recordSync } from '#lib/agents/record-sync.ts';
import { hashOfSecret } from '#lib/auth/secret.ts';
import type { SyncRequest } from '#protocol/agent.ts';
import { PROTOCOL_VERSION } from '#protocol/words.ts';

const CLIENTS = 8;

/** The same columns as the market's own statement sets, under the same conditions, one machine a transaction. */
const ONE_UPDATE = {
  name: 'one heartbeat',
  text: `UPDATE machines SET last_sync_at = $2, sync_sequence = $3, clock_drift_ms = $4
    WHERE session_hash = $1 AND retired_at IS NULL AND sync_sequence < $3
    RETURNING id, host_id, signing_key, simulated, generation, identity_copied_at`,
};

export type WritePath = {
  /** Heartbeats per second, each one UPDATE and one commit, over eight connections. */
  single(seconds: number): Promise<number>;
  /** Heartbeats per second through the market's own command, every machine one sync after the other. */
  batched(seconds: number): Promise<number>;
  /** Throws unless each machine has exactly as many heartbeats as were taken. */
  check(): Promise<void>;
  close(): Promise<void>;
};

/** Connects every machine by SQL, and gives the two ways to write their heartbeats. */
export async function writePathOf(url: string, machineIds: readonly string[]): Promise<WritePath> {
  const clients = Array.from({ length: CLIENTS }, () => new pg.Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  const [admin] = clients as [pg.Client, ...pg.Client[]];
  const machines = machineIds.map((id) => ({
    token: `token ${id}`,
    tokenHash: hashOfSecret(`token ${id}`),
    sequence: 0,
  }));
  await admin.query(
    'UPDATE machines m SET session_hash = s.hash FROM unnest($1::text[], $2::text[]) AS s(id, hash) WHERE m.id = s.id',
    [machineIds, machines.map(({ tokenHash }) => tokenHash)],
  );
  const calm = () => admin.query('VACUUM ANALYZE machines').then(() => admin.query('CHECKPOINT'));

  const requestOf = (sequence: number): SyncRequest => ({
    protocol: PROTOCOL_VERSION,
    sequence,
    now: new Date().toISOString(),
    generation: 0,
    hold: true,
    specification: null,
    selfTest: null,
    workloads: [],
    statements: [],
  });

  return {
    async single(seconds) {
      await calm();
      const until = performance.now() + seconds * 1_000;
      let beats = 0;
      await Promise.all(
        clients.map(async (client, first) => {
          for (let at = first; performance.now() < until; at = (at + CLIENTS) % machines.length) {
            const machine = machines[at] as (typeof machines)[number];
            const { rowCount } = await client.query({
              ...ONE_UPDATE,
              values: [machine.tokenHash, new Date(), machine.sequence + 1, 12],
            });
            if (rowCount !== 1) throw new Error('a heartbeat was not taken');
            machine.sequence += 1;
            beats += 1;
          }
        }),
      );
      return beats / seconds;
    },
    async batched(seconds) {
      await calm();
      const began = performance.now();
      const until = began + seconds * 1_000;
      let beats = 0;
      await Promise.all(
        machines.map(async (machine) => {
          while (performance.now() < until) {
            await recordSync(machine.token, requestOf(machine.sequence + 1));
            machine.sequence += 1;
            beats += 1;
          }
        }),
      );
      return (beats / (performance.now() - began)) * 1_000;
    },
    async check() {
      const { rows } = await admin.query<{ sum: string }>('SELECT sum(sync_sequence)::text AS sum FROM machines');
      const taken = machines.reduce((sum, machine) => sum + machine.sequence, 0);
      if (Number(rows[0]?.sum) !== taken) throw new Error(`${taken} heartbeats were taken, ${rows[0]?.sum} are stored`);
    },
    async close() {
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}
