import '#tests/support/database.ts';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import type { Actor } from '#lib/base/actor.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { billFileOf } from '#lib/receipts/queries/receipts.ts';
import { check } from '#tests/support/bill-file.ts';
import { eventually } from '#tests/support/eventually.ts';
import { logAll } from '#tests/support/public-log.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';
import { serveDoor } from '#tests/support/serve-door.ts';

const folder = mkdtempSync(join(tmpdir(), 'sublet-countersign-'));
let served: Awaited<ReturnType<typeof serveDoor>>;
beforeAll(async () => {
  served = await serveDoor({
    fetch: (request) => {
      const url = new URL(request.url);
      url.pathname = url.pathname.replace(/^\/api\/v1/, '');
      return v1.fetch(new Request(url, request), { address: '127.0.0.1', cookieActor: null });
    },
  });
});
afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

let market: RentalMarket;
let keyFile: string;
let token: string;
let count = 0;
const tokenOf = async (who: Actor) => (await createApiToken(who, { label: 'cli', days: 1 })).token;
beforeEach(async () => {
  market = await rentalMarket();
  count += 1;
  keyFile = join(folder, `keys-${count}.json`);
  token = await tokenOf(market.renter);
});

const envOf = (more: Record<string, string> = {}) => ({
  PATH: process.env.PATH ?? '',
  HOME: folder,
  NODE_OPTIONS: '--no-warnings',
  SUBLET_URL: served.url,
  SUBLET_TOKEN: token,
  ...more,
});
const program = (args: readonly string[]) => ['cli/countersign.ts', ...args, '--keys', keyFile];

async function countersign(args: readonly string[], env: Record<string, string> = {}) {
  const options = { env: envOf(env) as unknown as NodeJS.ProcessEnv };
  return promisify(execFile)(process.execPath, program(args), options).then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      said: error.stdout + error.stderr,
    }),
  );
}

const billOf = async (id: string) => {
  await logAll(market.clock);
  return check(await billFileOf(market.renter, id, market.clock.now()));
};

describe('sublet countersign', { timeout: 120_000 }, () => {
  it('makes a key for its owner alone, registers it once, and countersigns the newest statement', async () => {
    expect(await countersign(['--register'])).toMatchObject({ code: 0, said: expect.stringContaining('registered') });
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    const rental = await market.book();
    expect((await countersign([rental.id])).said).toContain('no statement yet');
    await rental.connect();
    await rental.run(3);
    expect(await countersign([rental.id])).toEqual({ code: 0, said: 'Countersigned up to statement 0.\n' });
    const bill = await billOf(rental.id);
    expect(bill.countersigned).toMatchObject({ sequence: 0, namedBy: 'terms' });
    const { clients } = JSON.parse(readFileSync(keyFile, 'utf8')) as { clients: Record<string, unknown> };
    expect(Object.keys(clients)).toHaveLength(1);
  });

  it('agrees to no time before it looked, unless its person gives their word', async () => {
    await countersign(['--register']);
    const rental = await market.book();
    await rental.connect();
    await rental.run(600);
    const doubt = await countersign([rental.id]);
    expect(doubt).toMatchObject({ code: 1, said: expect.stringContaining('--vouch') });
    expect((await billOf(rental.id)).countersigned).toBeNull();
    expect((await countersign([rental.id, '--vouch'])).said).toContain('up to statement 9');
    expect((await billOf(rental.id)).countersigned?.sequence).toBe(9);
    // Given for those seconds only: ten minutes more that did not pass by its clock are doubted again.
    await rental.run(600);
    expect((await countersign([rental.id])).code).toBe(1);
  });

  it('does not agree to what another machine signed', async () => {
    await countersign(['--register']);
    const rental = await market.book();
    await rental.connect();
    await countersign([rental.id]);
    const kept = JSON.parse(readFileSync(keyFile, 'utf8'));
    const [client] = Object.values(kept.clients) as { seen: Record<string, { machineKey: string }> }[];
    const seen = client?.seen[rental.id];
    if (seen === undefined) throw new Error('nothing was kept of the rental');
    seen.machineKey = seen.machineKey.replace(/^.{4}/, 'AAAA');
    writeFileSync(keyFile, JSON.stringify(kept));
    await rental.run(3);
    expect((await countersign([rental.id])).said).toContain('not signed by the machine');
  });

  it('follows a rental until its bill is final', async () => {
    await countersign(['--register']);
    const rental = await market.book();
    await rental.connect();
    const running = spawn(process.execPath, program([rental.id, '--follow', '--every', '1']), {
      env: envOf() as unknown as NodeJS.ProcessEnv,
    });
    let said = '';
    running.stdout.on('data', (piece) => {
      said += String(piece);
    });
    const over = new Promise((resolve) => running.once('exit', resolve));
    await rental.run(2);
    await eventually(() => expect(said).toContain('up to statement 0'));
    await rental.run(2);
    await eventually(() => expect(said).toContain('up to statement 1'));
    await endBooking(market.renter, { bookingId: rental.id }, market.clock.world);
    await rental.say('ended');
    expect(await over).toBe(0);
    expect(said).toContain('countersigned as a whole');
    expect((await billOf(rental.id)).countersigned?.sequence).toBe(1);
  });

  it('says in one sentence what cannot be', async () => {
    const rental = await market.book();
    await rental.connect();
    await rental.run(3);
    // The key is made after the permit was issued.
    expect(await countersign([rental.id])).toMatchObject({ code: 1, said: expect.stringContaining('permit') });
    expect((await countersign(['bkg_none'])).code).toBe(1);
    expect((await countersign([rental.id], { SUBLET_TOKEN: 'wrong' })).said).toContain('token is not valid');
    expect((await countersign([rental.id], { SUBLET_TOKEN: '' })).code).toBe(2);
    expect((await countersign([])).code).toBe(2);
    expect((await countersign([rental.id, '--every', '0'])).code).toBe(2);
    expect((await countersign([rental.id, '--url', 'http://127.0.0.1:1'])).said).toContain('cannot be reached');
    writeFileSync(keyFile, '{}');
    expect(await countersign([rental.id])).toMatchObject({ code: 1, said: expect.stringContaining('no client keys') });
  });
});
