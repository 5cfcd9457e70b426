import { settleUsage } from '#lib/agents/record-sync.ts';
import { storeTerms } from '#lib/bookings/terms.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { holdMoney } from '#lib/ledger/hold-money.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { creditDraft } from '#lib/ledger/transfer.ts';
import { recordUsage } from '#lib/receipts/record-statements.ts';
import { readUsage, type Usage } from '#lib/receipts/usage.ts';
import { newSigningKey, rawPublicKey, sha256, signPayload } from '#protocol/keys.ts';
import { NO_PREVIOUS, type Statement } from '#protocol/statement.ts';
import { DOMAINS, type Signed, signedText } from '#protocol/words.ts';
import { quantile } from '../report.ts';

/** Machines of eight rentals each: what says so many signed statements a minute. */
const MACHINES = 125;
const RENTALS = 8;
const BEGINS = new Date('2026-01-01T00:00:00Z');
const MINUTE = 60_000;
const HELD_MICROS = 10n ** 10n;

type Rental = { readonly leaseId: string; readonly uuid: string; sequence: number; previous: string };
type Machine = {
  readonly id: string;
  readonly key: ReturnType<typeof newSigningKey>;
  readonly signingKey: string;
  readonly rentals: Rental[];
};

const TERMS = storeTerms({
  priceMicrosPerGpuHour: 600_000n,
  diskPriceMicrosPerGibMonth: 100_000n,
  feeBasisPoints: 1_000,
  gpuCount: 1,
  gpuModel: 'NVIDIA GeForce RTX 4090',
  diskBytes: 2n ** 34n,
  limits: { cpuMillis: 4_000, memoryBytes: 2n ** 34n, pids: 1_000 },
});

/** Machines with running rentals, each with money set aside, as booking them leaves them. */
export async function prepareMachines(): Promise<Machine[]> {
  const machines = Array.from({ length: MACHINES }, (_, at): Machine => {
    const key = newSigningKey();
    const rentals = Array.from({ length: RENTALS }, (_, slot): Rental => {
      const name = `metered${at * RENTALS + slot}`;
      return { leaseId: `lse_${name}`, uuid: `GPU-${name}`, sequence: -1, previous: NO_PREVIOUS };
    });
    return { id: `mch_${String(at).padStart(4, '0')}`, key, signingKey: rawPublicKey(key), rentals };
  });
  for (const machine of machines) {
    await inTransaction('bench: a machine and its rentals', async (tx) => {
      for (const { leaseId, uuid } of machine.rentals) {
        const [renterId, bookingId] = [`usr_${uuid}`, `bkg_${uuid}`];
        await postTransfers(
          tx,
          [creditDraft({ userId: renterId, amountMicros: HELD_MICROS, source: 'market', key: `top:${uuid}` })],
          BEGINS,
        );
        const hold = { renterId, bookingId, amountMicros: HELD_MICROS, key: `hold:${uuid}` };
        const holdId = await holdMoney(tx, hold, BEGINS);
        // Rows as the commands leave them; the people, quotes and listings that they name are not needed here.
        await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
        await tx.$executeRaw`
          INSERT INTO bookings (id, renter_id, host_id, machine_id, listing_id, name, image, terms, idempotency_key, desired,
            observed, billable, starts_at, created_at, observed_at, started_at, ends_at)
          VALUES (${bookingId}, ${renterId}, ${`usr_host${machine.id}`}, ${machine.id}, 'lst_bench', ${uuid}, 'bench', ${TERMS},
            ${uuid}, 'running', 'connectable', 'gpuAndDisk', ${BEGINS}, ${BEGINS}, ${BEGINS}, ${BEGINS}, '2030-01-01')`;
        await tx.$executeRaw`
          INSERT INTO leases (id, booking_id, machine_id, revision, permit, signature, ceiling_micros, hold_id, held_micros,
            statement_hash, created_at)
          VALUES (${leaseId}, ${bookingId}, ${machine.id}, 1, '{}', '', ${HELD_MICROS}, ${holdId}, ${HELD_MICROS}, ${NO_PREVIOUS}, ${BEGINS})`;
        await tx.$executeRaw`
          INSERT INTO gpus (id, machine_id, uuid, position, model, vram_bytes)
          VALUES (${`gpu_${uuid}`}, ${machine.id}, ${uuid}, 0, 'bench', 1)`;
        await tx.$executeRaw`
          INSERT INTO allocations (id, booking_id, gpu_id, starts_at, ends_at)
          VALUES (${`alc_${uuid}`}, ${bookingId}, ${`gpu_${uuid}`}, ${BEGINS}, '2030-01-01')`;
        await tx.$executeRaw`SET LOCAL session_replication_role = origin`;
      }
      await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
      await tx.$executeRaw`
        INSERT INTO machines (id, host_id, name, signing_key, sealing_key, agent_version, simulated, specification, enrolled_at)
        VALUES (${machine.id}, ${`usr_host${machine.id}`}, 'bench', ${machine.signingKey}, ${`x${machine.id}`}, 'bench', false, '{}', ${BEGINS})`;
    });
  }
  return machines;
}

/** The next minute of each rental of a machine, signed. */
function nextMinute(machine: Machine): Signed[] {
  return machine.rentals.map((rental) => {
    rental.sequence += 1;
    const at = BEGINS.getTime() + rental.sequence * MINUTE;
    const statement: Statement = {
      v: 1,
      leaseId: rental.leaseId,
      machineId: machine.id,
      sequence: rental.sequence,
      previous: rental.previous,
      startsAt: new Date(at).toISOString(),
      endsAt: new Date(at + MINUTE).toISOString(),
      monotonicSeconds: 60,
      state: 'running',
      gpuUuids: [rental.uuid],
      gpuSeconds: 60,
      diskByteSeconds: (60n * 2n ** 34n).toString(),
    };
    const signed = signPayload(DOMAINS.statement, JSON.stringify(statement), machine.key);
    rental.previous = sha256(signedText(DOMAINS.statement, signed.payload));
    return signed;
  });
}

type Settled = {
  readonly statementsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Of a processor, in this process, for each statement: whatever else the machine does. */
  readonly marketMicros: number;
};

/**
 * Statements a second that are verified, stored and charged, each machine sending its next minute as soon as the last was
 * answered: by the step that gathers machines, or machine by machine. Signed before the clock starts.
 */
export async function settledPerSecond(
  machines: readonly Machine[],
  way: 'together' | 'each by itself',
  rounds: number,
): Promise<Settled> {
  const sent = machines.map((machine) => Array.from({ length: rounds }, () => nextMinute(machine)));
  const settle = way === 'together' ? settleUsage : settleAlone;
  const took: number[] = [];
  const own = process.cpuUsage();
  const began = performance.now();
  await Promise.all(
    machines.map(async (machine, at) => {
      for (const statements of sent[at] ?? []) {
        const start = performance.now();
        const stored = await settle(readUsage(machine, statements, new Date()));
        if (Object.keys(stored).length !== RENTALS) throw new Error('not all statements were stored');
        took.push(performance.now() - start);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(own);
  return {
    marketMicros: (user + system) / (took.length * RENTALS),
    statementsPerSecond: (took.length * RENTALS) / seconds,
    p50: quantile(took, 0.5),
    p99: quantile(took, 0.99),
  };
}

function settleAlone(usage: Usage) {
  return inTransaction('bench: one machine', async (tx) => {
    const [stored] = await recordUsage(tx, [usage], { wait: true });
    return typeof stored === 'object' ? stored : {};
  });
}

/** Throws unless each lease was charged what its machine stated, to the minute, and its transfers say the same. */
export async function checkCharges(machines: readonly Machine[]): Promise<void> {
  const leases = await db.$queryRaw<{ id: string; seconds: bigint; charged: bigint; moved: bigint }[]>`
    SELECT l.id, l.gpu_seconds AS seconds, l.charged_micros AS charged, (
      SELECT coalesce(sum(amount_micros), 0)::bigint FROM transfers WHERE booking_id = l.booking_id AND kind IN ('capture', 'fee')
    ) AS moved FROM leases l`;
  const byId = new Map(leases.map((lease) => [lease.id, lease]));
  for (const { leaseId, sequence } of machines.flatMap(({ rentals }) => rentals)) {
    const lease = byId.get(leaseId);
    if (lease?.seconds !== BigInt(60 * (sequence + 1)) || lease.charged !== lease.moved || lease.charged === 0n)
      throw new Error(`${leaseId} was not charged what its machine stated`);
  }
}
