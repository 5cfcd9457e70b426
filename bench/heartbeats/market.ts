import { generateKeyPairSync } from 'node:crypto';
import type pg from 'pg';
import { hashOfSecret } from '#lib/auth/secret.ts';

/** A machine that is enrolled, and the key that its agent signs with. */
export type Identity = { readonly machineId: string; readonly privateKeyDer: string; readonly token?: string };

const HOSTS = 500;
const AT_ONCE = 1_000;

/** What an agent says of one of eight cards. */
const CARD = {
  model: 'NVIDIA GeForce RTX 4090',
  vramBytes: 25_757_220_864,
  driverVersion: '550.54.15',
  cudaVersion: '12.4',
  pcieGeneration: 4,
  pcieWidth: 16,
  powerLimitWatts: 450,
  temperatureCelsius: 41,
  utilisationPercent: 0,
  memoryUsedBytes: 1_048_576,
};

/** Enrols so many machines of eight GPUs, listed and published, by SQL: enrolling is not what is measured. Each has a key of its own. */
export async function fillMarket(client: pg.Client, machines: number, now: Date): Promise<Identity[]> {
  const at = now.toISOString();
  const one = `(SELECT $1::timestamptz AS at)`;
  await client.query(
    `INSERT INTO users (id, email, name, password_hash, terms_version, terms_accepted_at, created_at)
     SELECT 'usr_' || n, 'host' || n || '@bench.example', 'Host ' || n, '', 'bench', at, at FROM ${one} t, generate_series(0, ${HOSTS - 1}) n`,
    [at],
  );
  const identities: Identity[] = [];
  for (let first = 0; first < machines; first += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, machines - first) }, (_, at) => first + at);
    const keys = numbers.map(() => generateKeyPairSync('ed25519'));
    const ids = numbers.map((n) => `mch_${String(n).padStart(26, '0')}`);
    const rows = numbers.map((n, place) => ({
      id: ids[place],
      host: `usr_${n % HOSTS}`,
      name: `box ${n}`,
      key: keys[place]?.publicKey.export({ format: 'jwk' }).x,
      specification: {
        hostname: `box-${n}`,
        docker: { version: '27.3.1' },
        cpuModel: 'AMD EPYC 7763 64-Core Processor',
        cpuThreads: 128,
        memoryBytes: 549_755_813_888,
        diskFreeBytes: 4_398_046_511_104,
        networkDownBitsPerSecond: 1_000_000_000,
        gpus: Array.from({ length: 8 }, (_, k) => ({ uuid: `GPU-${n}-${k}`, ...CARD })),
      },
    }));
    await client.query(
      `INSERT INTO machines (id, host_id, name, signing_key, sealing_key, agent_version, simulated, specification, self_test_passed, enrolled_at)
       SELECT id, host, name, key, 'sealing ' || id, 'bench', true, specification, true, $2
       FROM jsonb_to_recordset($1::jsonb) AS m(id text, host text, name text, key text, specification jsonb)`,
      [JSON.stringify(rows), at],
    );
    identities.push(
      ...keys.map((key, place) => ({
        machineId: ids[place] ?? '',
        privateKeyDer: key.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
      })),
    );
  }
  await client.query(`
    INSERT INTO gpus (id, machine_id, uuid, position, model, vram_bytes)
      SELECT 'gpu_' || m.id || '_' || k, m.id, 'GPU-' || m.id || '-' || k, k, '${CARD.model}', ${CARD.vramBytes} FROM machines m, generate_series(0, 7) k;
    INSERT INTO listings (id, machine_id, host_id, state, price_micros_per_gpu_hour, disk_price_micros_per_gib_month, published_at, created_at, updated_at)
      SELECT 'lst_' || m.id, m.id, m.host_id, 'published', 300000, 100000, m.enrolled_at, m.enrolled_at, m.enrolled_at FROM machines m`);
  await client.query('VACUUM ANALYZE');
  return identities;
}

/** Connects machines by SQL, as `connect` would, and gives them their tokens: for a quick look without handshakes. */
export async function connectAll(client: pg.Client, identities: readonly Identity[], now: Date): Promise<Identity[]> {
  const connected = identities.map((identity) => ({ ...identity, token: `token-of-${identity.machineId}` }));
  await client.query(
    `WITH spoken AS (SELECT * FROM unnest($1::text[], $2::text[]) AS s(machine_id, hash)),
     sessions AS (INSERT INTO agent_sessions (id, machine_id, token_hash, boot_id, agent_version, created_at)
       SELECT 'ags_' || machine_id, machine_id, hash, 'bench', 'bench', $3 FROM spoken)
     UPDATE machines m SET session_hash = s.hash FROM spoken s WHERE m.id = s.machine_id`,
    [connected.map(({ machineId }) => machineId), connected.map(({ token }) => hashOfSecret(token)), now.toISOString()],
  );
  return connected;
}
