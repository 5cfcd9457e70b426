import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Agent, startAgent } from '#agent/agent.ts';
import { systemClock } from '#agent/clock.ts';
import { enrol } from '#agent/enrol.ts';
import { keysFrom, makeKeys } from '#agent/io/identity.ts';
import { openJournal } from '#agent/io/journal.ts';
import { httpMarket } from '#agent/io/market.ts';
import { silentLog } from '#agent/log.ts';
import { v1 } from '#doors/v1/app.ts';
import { createEnrolmentCode } from '#lib/agents/create-enrolment-code.ts';
import { addSshKey } from '#lib/auth/add-ssh-key.ts';
import { bookListing } from '#lib/bookings/book-listing.ts';
import { requestQuote } from '#lib/bookings/request-quote.ts';
import { publishListing } from '#lib/catalogue/publish-listing.ts';
import { saveListing } from '#lib/catalogue/save-listing.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { topUpWallet } from '#lib/payments/top-up-wallet.ts';
import { plainSpecification } from '../support/agent.ts';
import { databaseUrl, sql } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import '../support/hand-agent.ts';
import { type Person, person } from '../support/people.ts';
import { scriptedRuntime } from '../support/scripted-runtime.ts';
import { freePort } from '../support/tunnel.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0ruRSRfNOGL9SVyFhoEWf3mn1IRLnKLWbPBqx3gRxz renter';

/** This process is the web: it serves pages and takes bookings. Agents talk to others, as `npm run agents` starts them. */
describe('agents that are served apart', () => {
  const folder = mkdtempSync(join(tmpdir(), 'agents-apart-'));
  const journal = openJournal(join(folder, 'journal.sqlite'));
  const scripted = scriptedRuntime();
  let port = 0;
  let door: ChildProcess;
  let agent: Agent;
  let host: Person;
  let renter: Person;
  let machineId = '';

  async function openDoor(): Promise<ChildProcess> {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'doors/serve-agents.ts'], {
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl,
        HOST: '127.0.0.1',
        SUBLET_AGENTS_PORT: String(port),
        SUBLET_AGENTS_APART: '1',
        SUBLET_ROLE: 'agents',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await eventually(async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok);
    return child;
  }

  const web = (path: string) => v1.request(path, {}, { address: '203.0.113.9', cookieActor: null });
  const syncs = async () => {
    const [row] = await sql<{ sync_sequence: number }>('SELECT sync_sequence FROM machines WHERE id = $1', [machineId]);
    return row?.sync_sequence ?? 0;
  };

  beforeAll(async () => {
    vi.stubEnv('SUBLET_DEMO', '1');
    const gateway = {
      name: 'gw',
      publicHost: '127.0.0.1',
      portFrom: 20_000,
      portTo: 20_009,
      tunnelUrl: 'tcp://127.0.0.1:1',
      healthUrl: 'http://127.0.0.1:1/health',
    };
    vi.stubEnv('SUBLET_GATEWAYS', JSON.stringify([gateway]));
    forgetEnv();
    port = await freePort();
    door = await openDoor();
    [host, renter] = await Promise.all([person({ now: new Date() }), person({ now: new Date() })]);
  }, 60_000);

  afterAll(async () => {
    await agent?.stop();
    journal.close();
    door?.kill('SIGKILL');
    rmSync(folder, { recursive: true });
    vi.unstubAllEnvs();
    forgetEnv();
  });

  it('enrol and sync there, while the web shows them', async () => {
    const keys = keysFrom(makeKeys());
    const market = httpMarket(`http://127.0.0.1:${port}`);
    const { code } = await createEnrolmentCode(host);
    const specification = { ...plainSpecification, diskFreeBytes: 2 ** 39 };
    const clock = systemClock;
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
      selfTest: async () => ({ at: new Date().toISOString(), passed: true, checks: [] }),
      tickEveryMs: 10,
    });
    await eventually(
      async () => (await sql('SELECT 1 FROM machines WHERE id = $1 AND self_test_passed', [machineId]))[0],
    );
    await saveListing(host, { machineId, price: 3_600_000n, diskPrice: 0n, minGpus: 1, endsAt: null });
    await publishListing(host, { machineId });
    const shown = (await (await web('/listings')).json()) as { listings: { health: string }[] };
    expect(JSON.stringify(shown)).toContain('"online"');
  });

  it('are woken by a booking within a moment, although the web took it', async () => {
    await addSshKey(renter, { publicKey: KEY, name: 'mine' });
    await topUpWallet(renter, { amountMicros: 100_000_000n, idempotencyKey: 'top-up-1' });
    const [listing] = await sql<{ id: string }>('SELECT id FROM listings WHERE machine_id = $1', [machineId]);
    const wanted = { listingId: listing?.id ?? '', gpuCount: 1, diskBytes: 2n ** 30n, durationSeconds: 7_200 };
    const quote = await requestQuote(renter, wanted);
    const wish = { quoteId: quote.id, image: 'busybox', name: null, command: null, environment: {}, capMicros: null };
    const began = performance.now();
    const { bookingId } = await bookListing(renter, { ...wish, idempotencyKey: 'booking-1' });
    const observed = async () => {
      const [row] = await sql<{ observed: string }>('SELECT observed FROM bookings WHERE id = $1', [bookingId]);
      return row?.observed;
    };
    await eventually(async () => (await observed()) !== 'held', { everyMs: 5 });
    // Without being woken it would hear of it after ten seconds.
    expect(performance.now() - began).toBeLessThan(5_000);
    await eventually(async () => scripted.calls.some((call) => call.startsWith('start') || call.startsWith('create')));
  });

  it('are answered when the process is told to end, and go on at the next one', async () => {
    const before = await syncs();
    const began = performance.now();
    const gone = once(door, 'exit');
    door.kill('SIGTERM');
    expect(await gone).toEqual([0, null]);
    expect(performance.now() - began).toBeLessThan(9_000);
    door = await openDoor();
    await eventually(async () => (await syncs()) > before + 1);
    expect(await sql('SELECT 1 FROM silences WHERE machine_id = $1', [machineId])).toEqual([]);
  }, 60_000);
});
