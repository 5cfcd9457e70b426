import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { searchListings } from '#lib/catalogue/queries/search.ts';
import { EVERYTHING } from '#lib/catalogue/search.ts';
import { db } from '#lib/io/db.ts';
import { verifyPassword } from '#lib/io/password.ts';
import { marketOffers } from '#prisma/seed/offers.ts';
import { databaseUrl, sql } from '#tests/support/database.ts';

const run = promisify(execFile);
let folder = '';

async function seed(change: Record<string, string> = {}, ...words: string[]) {
  const environment = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    SUBLET_DEMO: '1',
    SUBLET_DIR: folder,
    SUBLET_LEASE_KEY: join(folder, 'lease.pem'),
    ...change,
  };
  return run(process.execPath, ['--disable-warning=ExperimentalWarning', 'prisma/seed.ts', ...words], {
    env: environment,
  });
}
const file = (...path: string[]) => readFile(join(folder, 'demo', ...path), 'utf8');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sublet-demo-'));
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  await writeFile(join(folder, 'lease.pem'), pem);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the demo market', () => {
  it('never comes into a real one by accident', async () => {
    await expect(seed({ SUBLET_DEMO: '0' })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('SUBLET_DEMO'),
    });
    expect(await db.user.count()).toBe(0);
  });

  it('is made of the real offers of the file, each of them simulated and saying so', async () => {
    await seed();
    const offers = marketOffers();
    expect(offers).toHaveLength(67);
    expect(offers[5]).toMatchObject({
      model: 'H200',
      gpuCount: 8,
      priceMicrosPerGpuHour: 2_235_000n,
      country: 'FR',
      region: null,
    });
    const machines = await db.machine.findMany({ include: { gpus: true, listing: true, host: true } });
    expect(machines).toHaveLength(67);
    for (const machine of machines) {
      expect(machine).toMatchObject({ simulated: true, lastSyncAt: null, listing: { state: 'published' } });
      expect(machine.name).toContain('simulated');
      if (machine.host.email !== 'host@demo.sublet.test') expect(machine.host.name).toContain('simulated');
    }
    expect(machines.reduce((sum, machine) => sum + machine.gpus.length, 0)).toBe(
      offers.reduce((sum, offer) => sum + offer.gpuCount, 0),
    );
  });

  it('looks alive once its hosts answer, and shows every kind of offer', async () => {
    const now = new Date();
    expect((await searchListings(null, EVERYTHING, now)).total).toBe(0);
    await db.machine.updateMany({ data: { lastSyncAt: now } });
    const all = await searchListings(null, { ...EVERYTHING, trust: 'new' }, now);
    expect(all.total).toBe(67);
    const usual = await searchListings(null, EVERYTHING, now);
    expect(usual.total).toBeLessThan(67);
    expect(usual.total).toBeGreaterThan(60);
    const rows = [1, 2, 3].map((page) => searchListings(null, { ...EVERYTHING, trust: 'new', page }, now));
    const offers = (await Promise.all(rows)).flatMap((found) => found.rows);
    expect(new Set(offers.map((offer) => offer.trust))).toEqual(new Set(['new', 'selfTested', 'checkedByStaff']));
    const shares = offers.map((offer) => offer.reliabilityBasisPoints);
    expect(shares).toContain(null);
    expect(shares.filter((share) => share !== null && share < 9_500).length).toBeGreaterThan(2);
    expect(shares.filter((share) => share !== null && share > 9_900).length).toBeGreaterThan(20);
  });

  it('has three accounts with the password of the demo, and hosts that nobody can sign in as', async () => {
    const users = await db.user.findMany();
    for (const [email, role] of [
      ['renter@demo.sublet.test', 'member'],
      ['host@demo.sublet.test', 'member'],
      ['admin@demo.sublet.test', 'admin'],
    ] as const) {
      const user = users.find((one) => one.email === email);
      expect(user).toMatchObject({ role, demo: true });
      expect(await verifyPassword('sublet-demo-2026', user?.passwordHash ?? null)).toBe(true);
    }
    const pretended = users.filter((user) => user.email.endsWith('@hosts.demo.sublet.test'));
    expect(pretended.length).toBeGreaterThan(5);
    for (const user of pretended) expect(user.passwordHash).not.toMatch(/^\$argon2/);
  });

  it('can be laid out again without anything twice, and keeps the identities of its machines', async () => {
    const count = async () =>
      (
        await sql(
          'SELECT (SELECT count(*) FROM machines) m, (SELECT count(*) FROM users) u, (SELECT count(*) FROM listings) l, (SELECT sum(balance_micros) FROM accounts WHERE kind = $1) b',
          ['renterWallet'],
        )
      )[0];
    const before = [await count(), await file('hosts', 'identities.json'), await file('enrolment-code')] as const;
    await seed();
    expect(await count()).toEqual(before[0]);
    expect(before[0]).toMatchObject({ b: '500000000' });
    expect(await file('hosts', 'identities.json')).toBe(before[1]);
    expect(await file('enrolment-code')).not.toBe(before[2]);
    expect(await db.enrolmentCode.count()).toBe(1);
  });

  it('gives a machine new keys when its own were lost', async () => {
    await rm(join(folder, 'demo', 'hosts'), { recursive: true });
    await seed();
    const identities = Object.values(
      JSON.parse(await file('hosts', 'identities.json')) as Record<string, { machineId: string }>,
    );
    expect(identities).toHaveLength(67);
    expect(await db.machine.count()).toBe(67);
  });

  it('writes private keys and codes where only their owner reads them', async () => {
    for (const path of ['hosts/identities.json', 'hosts/hosts.json', 'enrolment-code'])
      expect((await stat(join(folder, 'demo', path))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'demo'))).mode & 0o777).toBe(0o700);
  });

  it('has nothing to publish while no local machine came', async () => {
    expect(JSON.parse((await seed({}, '--publish-local')).stdout)).toEqual([]);
  });
});
