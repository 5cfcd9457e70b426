import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Agent, startAgent } from '#agent/agent.ts';
import { enrol } from '#agent/enrol.ts';
import { keysFrom, makeKeys } from '#agent/io/identity.ts';
import { openJournal } from '#agent/io/journal.ts';
import { httpMarket } from '#agent/io/market.ts';
import { silentLog } from '#agent/log.ts';
import { agentDoor } from '#doors/agent/app.ts';
import { type Gateway, type GatewayOptions, startGateway } from '#gateway/gateway.ts';
import { createEnrolmentCode } from '#lib/agents/create-enrolment-code.ts';
import { addSshKey } from '#lib/auth/add-ssh-key.ts';
import { bookListing } from '#lib/bookings/book-listing.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { requestQuote } from '#lib/bookings/request-quote.ts';
import { publishListing } from '#lib/catalogue/publish-listing.ts';
import { saveListing } from '#lib/catalogue/save-listing.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { leaseKey } from '#lib/io/lease-key.ts';
import { live } from '#lib/io/live.ts';
import { topUpWallet } from '#lib/payments/top-up-wallet.ts';
import { movableClock, plainSpecification } from '../support/agent.ts';
import { sql } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import '../support/hand-agent.ts';
import { type Person, person } from '../support/people.ts';
import { scriptedRuntime } from '../support/scripted-runtime.ts';
import { serveDoor } from '../support/serve-door.ts';
import { dialPort, freePort, readAll } from '../support/tunnel.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0ruRSRfNOGL9SVyFhoEWf3mn1IRLnKLWbPBqx3gRxz renter';
const PRICE_MICROS = 3_600_000n;

describe('a rental outlives the market', () => {
  const time = movableClock();
  const world = { now: () => new Date(time.clock.wall()) };
  const scripted = scriptedRuntime();
  const folder = mkdtempSync(join(tmpdir(), 'outage-'));
  const journal = openJournal(join(folder, 'journal.sqlite'));
  let door: Awaited<ReturnType<typeof serveDoor>>;
  let gateway: Gateway;
  let gatewayOptions: GatewayOptions;
  let agent: Agent;
  let renter: Person;
  let machineId = '';
  let bookingId = '';
  let port = 0;

  const booking = async () => {
    const [row] = await sql('SELECT * FROM bookings WHERE id = $1', [bookingId]);
    return row as Record<string, unknown>;
  };
  const says = async (text: string) => {
    const renter = await dialPort(port);
    renter.end(text);
    return (await readAll(renter)).toString();
  };
  const bill = async () => {
    const [row] = await sql<{ seconds: string; charged: string; statements: number; held: string }>(
      `SELECT gpu_seconds::text AS seconds, charged_micros::text AS charged, statement_sequence AS statements, held_micros::text AS held
       FROM leases WHERE booking_id = $1`,
      [bookingId],
    );
    return row as NonNullable<typeof row>;
  };

  beforeAll(async () => {
    vi.stubEnv('SUBLET_DEMO', '1');
    const [tunnelPort, portFrom] = await Promise.all([freePort(), freePort()]);
    const [name, host] = ['gw', '127.0.0.1'];
    const tunnelUrl = `tcp://${host}:${tunnelPort}`;
    const place = {
      name,
      publicHost: host,
      portFrom,
      portTo: portFrom,
      tunnelUrl,
      healthUrl: 'http://127.0.0.1:1/health',
    };
    vi.stubEnv('SUBLET_GATEWAYS', JSON.stringify([place]));
    forgetEnv();
    gatewayOptions = { name, host, tunnelPort, healthPort: 0, leaseKey: leaseKey().publicKey };
    gateway = await startGateway(gatewayOptions);
    door = await serveDoor(agentDoor(world));

    const owner = await person({ now: world.now() });
    renter = await person({ now: world.now() });
    const keys = keysFrom(makeKeys());
    const market = httpMarket(door.url);
    const { code } = await createEnrolmentCode(owner, world);
    const specification = { ...plainSpecification, diskFreeBytes: 2 ** 39 };
    const { clock } = time;
    const identity = await enrol({ market, keys, code, specification, agentVersion: '1', clock });
    machineId = identity.machineId;
    agent = await startAgent({
      identity,
      keys,
      market,
      runtime: scripted.runtime,
      journal,
      clock,
      machineBoot: 'one',
      agentVersion: '1',
      log: silentLog,
      describe: async () => specification,
      selfTest: async () => ({ at: world.now().toISOString(), passed: true, checks: [] }),
      tickEveryMs: 10,
    });
    await eventually(
      async () => (await sql('SELECT 1 FROM machines WHERE id = $1 AND self_test_passed', [machineId]))[0],
    );
    const terms = { price: PRICE_MICROS, diskPrice: 0n, minGpus: 1, endsAt: null };
    const { listingId } = await saveListing(owner, { machineId, ...terms }, world);
    await publishListing(owner, { machineId }, world);
    await addSshKey(renter, { publicKey: KEY, name: 'mine' }, world);
    await topUpWallet(renter, { amountMicros: 100_000_000n, idempotencyKey: 'top-up-1' }, world);
    const wanted = { listingId, gpuCount: 1, diskBytes: 2n ** 30n, durationSeconds: 7_200 };
    const quote = await requestQuote(renter, wanted, world);
    const wish = {
      quoteId: quote.id,
      image: 'busybox',
      name: null,
      command: null,
      environment: { A: 'b' },
      capMicros: null,
    };
    const began = performance.now();
    ({ bookingId } = await bookListing(renter, { ...wish, idempotencyKey: 'booking-1' }, world));
    await eventually(async () => (await booking()).observed === 'connectable');
    expect(performance.now() - began).toBeLessThan(10_000);
    port = Number((await booking()).gateway_port);
  }, 60_000);

  afterAll(async () => {
    await agent?.stop();
    journal.close();
    await gateway?.close();
    await door?.close();
    await live.close();
    rmSync(folder, { recursive: true });
    vi.unstubAllEnvs();
    forgetEnv();
  });

  it('is reached through the gateway, with what the renter sealed for it', async () => {
    expect(await says('hello')).toBe('hello');
    expect([...scripted.specs.values()][0]?.environment).toEqual({ A: 'b' });
  });

  it('while the market is gone is reached as before, even after the gateway was restarted meanwhile', async () => {
    await door.close();
    time.pass(600);
    expect(await says('still here')).toBe('still here');
    await gateway.close();
    gateway = await startGateway(gatewayOptions);
    expect(await eventually(() => says('again'))).toBe('again');
    time.pass(600);
    expect(scripted.calls.filter((call) => call.startsWith('stop'))).toEqual([]);
  });

  it('is billed for exactly the time that it was there, once, when the market is back', async () => {
    await door.open();
    time.pass(60);
    // The agent may be in its longest pause, 30 s, and the statements of twenty minutes take a while on a busy machine.
    await eventually(async () => Number((await bill()).seconds) >= 1_260, { withinSeconds: 75 });
    const [stated] = await sql<{ seconds: string; gaps: number; refused: number }>(
      `SELECT sum(s.gpu_seconds)::text AS seconds, count(*) FILTER (WHERE unbilled_reason IS NOT NULL)::int AS refused,
              (max(sequence) + 1 - count(*))::int AS gaps
       FROM statements s JOIN leases l ON l.id = s.lease_id WHERE l.booking_id = $1`,
      [bookingId],
    );
    const { seconds, charged } = await bill();
    expect(stated).toEqual({ seconds, gaps: 0, refused: 0 });
    expect(Number(seconds)).toBeLessThanOrEqual(1_300);
    expect(BigInt(charged)).toBe((PRICE_MICROS * BigInt(seconds)) / 3_600n);
    expect((await booking()).observed).toBe('connectable');
    expect(await sql('SELECT 1 FROM silences WHERE machine_id = $1', [machineId])).toEqual([]);
  }, 90_000);

  it('and ends when its renter says so: container gone, port shut, nothing held any more', async () => {
    await endBooking(renter, { bookingId }, world);
    await eventually(async () => (await booking()).observed === 'ended');
    await eventually(async () => (await bill()).held === '0');
    expect(scripted.containers.size).toBe(0);
    await expect(dialPort(port)).rejects.toThrow('ECONNREFUSED');
  });
});
