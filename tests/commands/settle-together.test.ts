import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { recordSync } from '#lib/agents/record-sync.ts';
import { hashOfSecret } from '#lib/auth/secret.ts';
import { newId } from '#lib/base/id.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import type { SyncRequest, WorkloadReport } from '#protocol/agent.ts';
import { PROTOCOL_VERSION, type Signed } from '#protocol/words.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql, waitsForLock } from '#tests/support/database.ts';
import { HOST_KEY, type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';
import { NOW } from '#tests/support/stalls.ts';

const HISTORIES = process.env.SUBLET_LONG === '1' ? 300 : 6;

/** A machine with a rental that is running, and the connection of its agent. */
class Machine {
  private sequence = 0;
  readonly journal: Signed[] = [];
  readonly token = randomBytes(16).toString('hex');
  readonly market: RentalMarket;
  readonly hand: RentalHand;

  constructor(market: RentalMarket, hand: RentalHand) {
    this.market = market;
    this.hand = hand;
  }

  static async connected(): Promise<Machine> {
    const market = await rentalMarket({ machine: { gpuCount: 1 }, dollars: 100 });
    const hand = await market.book({ capMicros: 8_000_000n });
    market.clock.pass(10);
    await hand.connect();
    const machine = new Machine(market, hand);
    await db.machine.update({
      where: { id: market.machineId },
      data: { sessionHash: hashOfSecret(machine.token), syncSequence: 0 },
    });
    await db.agentSession.create({
      data: {
        id: newId('agentSession', NOW),
        machineId: market.machineId,
        tokenHash: hashOfSecret(machine.token),
        bootId: 'boot',
        agentVersion: 'test-1',
        createdAt: NOW,
      },
    });
    return machine;
  }

  /** Says these statements in a sync, as an agent does, and answers up to which of them the market has. */
  async sync(statements: readonly Signed[], workloads: SyncRequest['workloads'] = []): Promise<number> {
    this.sequence += 1;
    const request: SyncRequest = {
      protocol: PROTOCOL_VERSION,
      sequence: this.sequence,
      now: this.market.clock.now().toISOString(),
      generation: 0,
      hold: false,
      specification: null,
      selfTest: null,
      workloads,
      statements: [...statements],
    };
    const { stored } = await recordSync(this.token, request, this.market.clock.world);
    return stored[this.hand.leaseId] ?? -1;
  }

  async minutes(count: number): Promise<Signed[]> {
    const signed: Signed[] = [];
    for (let i = 0; i < count; i += 1) {
      this.market.clock.pass(60);
      signed.push(await this.hand.sign());
    }
    return signed;
  }

  /** What the books say of it, without names and times. */
  async books() {
    const { chargedMicros, creditedMicros, feeMicros, heldMicros, gpuSeconds, statementSequence } =
      await this.hand.lease();
    const moved = await sql(
      `SELECT kind, count(*)::int, sum(amount_micros)::text FROM transfers WHERE booking_id = $1 GROUP BY kind ORDER BY kind`,
      [this.hand.id],
    );
    const bills = await sql(
      `SELECT sequence, billed_gpu_seconds, charged_micros, unbilled_reason FROM statements WHERE lease_id = $1 ORDER BY 1`,
      [this.hand.leaseId],
    );
    return { chargedMicros, creditedMicros, feeMicros, heldMicros, gpuSeconds, statementSequence, moved, bills };
  }
}

const machines = (count: number) => Promise.all(Array.from({ length: count }, () => Machine.connected()));

/** In how many transactions the statements of these machines were stored. */
async function commits(of: readonly Machine[]): Promise<number> {
  const [row] = await sql<{ count: number }>(
    'SELECT count(DISTINCT xmin::text)::int AS count FROM statements WHERE lease_id = ANY($1)',
    [of.map(({ hand }) => hand.leaseId)],
  );
  return row?.count ?? 0;
}

/** While a test has it, storing a statement of this lease does that. */
async function whenStored(leaseId: string, does: string): Promise<() => Promise<unknown>> {
  await sql(`CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.lease_id = '${leaseId}' THEN ${does}; END IF; RETURN NEW; END $$`);
  await sql('CREATE TRIGGER meddle BEFORE INSERT ON statements FOR EACH ROW EXECUTE FUNCTION meddle()');
  return () => sql('DROP FUNCTION meddle CASCADE');
}

afterEach(expectBooksBalance);

describe('machines that sync at the same time', () => {
  it('are settled in fewer commits than they are, and each hears what is stored of it', async () => {
    const all = await machines(8);
    const sent = await Promise.all(all.map((machine) => machine.minutes(3)));
    expect(await Promise.all(all.map((machine, at) => machine.sync(sent[at] ?? [])))).toEqual(all.map(() => 2));
    expect(await commits(all)).toBeLessThan(8);
    for (const { hand } of all) expect((await hand.lease()).chargedMicros).toBe(180_000n + (await diskOf(hand)));
  });

  it('are shown as they said last, also when an earlier sync waited for its usage and the next one overtook it', async () => {
    const [busy, slow] = (await machines(2)) as [Machine, Machine];
    const says = async (phase: WorkloadReport['phase']): Promise<WorkloadReport[]> => {
      const { run } = await slow.hand.booking();
      const { leaseId } = slow.hand;
      return [{ leaseId, revision: 1, run, phase, failure: null, progress: null, hostKey: HOST_KEY }];
    };
    const heard = async () =>
      (await db.machine.findUniqueOrThrow({ where: { id: slow.market.machineId } })).syncSequence;
    const undo = await whenStored(busy.hand.leaseId, 'PERFORM pg_advisory_xact_lock(77)');
    const sent = { busy: await busy.minutes(1), slow: await slow.minutes(1) };
    const [locked, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holder = inTransaction('test: the commit before', async (tx) => {
      await tx.$queryRaw`SELECT pg_advisory_xact_lock(77)::text`;
      locked.resolve();
      await over.promise;
    });
    await locked.promise;
    const first = busy.sync(sent.busy);
    await expect.poll(waitsForLock).toBe(true);
    const earlier = slow.sync(sent.slow, await says('starting'));
    await expect.poll(heard).toBe(1);
    await slow.sync([], await says('connectable'));
    over.resolve();
    expect(await Promise.all([first, earlier, holder])).toEqual([0, 0, undefined]);
    expect((await slow.hand.booking()).observed).toBe('connectable');
    await undo();
  });

  it('have the same books as one after the other, whatever each sends, in any order and however often', async () => {
    const piece = fc.record({
      minutes: fc.integer({ min: 0, max: 3 }),
      forged: fc.boolean(),
      again: fc.boolean(),
      backwards: fc.boolean(),
      leavesOut: fc.boolean(),
    });
    const rounds = fc.array(fc.array(piece, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(rounds, async (history) => {
        const [together, apart] = [await machines(4), await machines(4)];
        for (const round of history) {
          const play = async (machine: Machine, at: number): Promise<Signed[]> => {
            const { minutes, forged, again, backwards, leavesOut } = round[at] ?? expect.fail();
            machine.journal.push(...(await machine.minutes(minutes)));
            const unsent = machine.journal.slice((await machine.hand.lease()).statementSequence + 1);
            const kept = leavesOut ? unsent.slice(1) : unsent;
            const wrong = forged
              ? unsent.slice(0, 1).map(({ signature, payload }) => ({ signature, payload: `${payload} ` }))
              : [];
            const order = backwards ? kept.toReversed() : kept;
            return [...wrong, ...order, ...(again ? order : [])];
          };
          const sent = await Promise.all(together.map(play));
          const heard = await Promise.all(together.map((machine, at) => machine.sync(sent[at] ?? [])));
          const alone: number[] = [];
          for (const [at, machine] of apart.entries()) alone.push(await machine.sync(await play(machine, at)));
          expect(heard).toEqual(alone);
        }
        for (const [at, machine] of together.entries()) expect(await machine.books()).toEqual(await apart[at]?.books());
        await expectBooksBalance();
      }),
      { numRuns: HISTORIES },
    );
  });

  it('do not suffer from one whose statements cannot be stored; it hears so, and is settled when they can', async () => {
    const all = await machines(6);
    const bad = all[3] ?? expect.fail();
    const sent = await Promise.all(all.map((machine) => machine.minutes(1)));
    const mend = await whenStored(bad.hand.leaseId, `RAISE EXCEPTION 'spoilt'`);
    const first = await Promise.allSettled(all.map((machine, at) => machine.sync(sent[at] ?? [])));
    expect(first.map(({ status }) => status)).toEqual(all.map((one) => (one === bad ? 'rejected' : 'fulfilled')));
    // From now on it stands apart, so the others are together at once.
    const more = await Promise.all(all.map((machine) => machine.minutes(1)));
    const both = (at: number) => [...(sent[at] ?? []), ...(more[at] ?? [])];
    const second = await Promise.allSettled(all.map((machine, at) => machine.sync(both(at))));
    expect(second.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    await mend();
    expect(await bad.sync(both(3))).toBe(1);
    for (const { hand } of all) expect(await hand.lease()).toMatchObject({ statementSequence: 1, gpuSeconds: 120n });
  });

  it('lose nothing and pay nothing twice when the database dies in the middle of their commit', async () => {
    const all = await machines(6);
    const victim = all[2] ?? expect.fail();
    const sent = await Promise.all(all.map((machine) => machine.minutes(2)));
    await sql('CREATE SEQUENCE deaths');
    // A sequence does not roll back: the connection dies the first two times, and lives afterwards.
    const mend = await whenStored(
      victim.hand.leaseId,
      `IF nextval('deaths') <= 2 THEN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(0.2); END IF`,
    );
    const send = () => Promise.allSettled(all.map((machine, at) => machine.sync(sent[at] ?? [])));
    await send();
    await send();
    expect(await send()).toEqual(all.map(() => ({ status: 'fulfilled', value: 1 })));
    await mend();
    await sql('DROP SEQUENCE deaths');
    for (const { hand } of all) expect(await hand.lease()).toMatchObject({ statementSequence: 1, gpuSeconds: 120n });
  });
});

async function diskOf(hand: RentalHand): Promise<bigint> {
  const [row] = await sql<{ disk: string }>(
    `SELECT (l.charged_micros - l.gpu_seconds * 1000)::text AS disk FROM leases l WHERE l.id = $1`,
    [hand.leaseId],
  );
  return BigInt(row?.disk ?? 0);
}
