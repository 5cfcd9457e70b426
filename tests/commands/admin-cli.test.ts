import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { planPlacements } from '#lib/scheduler/plan.ts';
import { recordPlan } from '#lib/scheduler/record.ts';
import { databaseUrl, sql } from '#tests/support/database.ts';
import { machine, request, snapshot } from '#tests/support/market.ts';
import { person } from '#tests/support/people.ts';
import { runningDatabase } from '../../cli/_running-database.ts';

async function admin(args: string[], env: Record<string, string> = { DATABASE_URL: databaseUrl }) {
  const options = {
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'test' as const, NODE_OPTIONS: '--no-warnings', ...env },
  };
  const run = promisify(execFile)(process.execPath, ['cli/admin.ts', ...args], options);
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      said: error.stdout + error.stderr,
    }),
  );
}

describe('the operator, at the command line', () => {
  it('makes, lists and dismisses admins', async () => {
    const ada = await person({ name: 'Ada' });
    expect(await admin(['list'])).toMatchObject({ code: 0, said: expect.stringContaining('There is no admin yet') });
    expect(await admin(['make', ada.email.toUpperCase()])).toEqual({
      code: 0,
      said: `${ada.email} is now an admin.\n`,
    });
    expect(await admin(['make', ada.email])).toEqual({ code: 0, said: `${ada.email} is already an admin.\n` });
    expect(await admin(['list'])).toEqual({ code: 0, said: `${ada.email}\tAda\n` });
    expect(await admin(['dismiss', ada.email])).toMatchObject({ code: 1, said: expect.stringContaining('last admin') });
    expect(await sql("SELECT kind, actor_id FROM events WHERE kind LIKE 'account.admin%'")).toEqual([
      { kind: 'account.adminMade', actor_id: null },
    ]);
  });

  it('gets one sentence for what cannot be', async () => {
    expect(await admin(['make', 'nobody@example.org'])).toMatchObject({
      code: 1,
      said: expect.stringContaining('signs up first'),
    });
    expect(await admin(['make', 'not an address'])).toMatchObject({
      code: 2,
      said: expect.stringContaining('not an e-mail'),
    });
    expect(await admin([])).toMatchObject({ code: 2, said: expect.stringContaining('Usage') });
    expect(await admin(['list'], { SUBLET_DIR: '/nowhere' })).toMatchObject({
      code: 2,
      said: expect.stringContaining('No database'),
    });
    const gone = { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' };
    expect(await admin(['list'], gone)).toMatchObject({ code: 1, said: expect.stringContaining('It did not work') });
  });

  it('plans again what was kept, without a database, and says which plan is another', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'sublet-plans-'));
    const file = join(dir, 'plans.log');
    const seen = snapshot({
      machines: [machine('a')],
      requests: [request('one')],
      servedAtMs: new Map([['renter', 1]]),
    });
    const line = recordPlan(seen, 'amplyCpu', planPlacements(seen, 'amplyCpu'));
    const other = recordPlan(seen, 'amplyCpu', { assignments: [], waiting: [] });
    writeFileSync(file, `${line}\n${line}\n`);
    expect(await admin(['replay-plans', file], {})).toEqual({
      code: 0,
      said: '2 plans come out again, bit for bit.\n',
    });
    writeFileSync(file, `${line}\n${other}\n${line.slice(0, 50)}\n`);
    expect(await admin(['replay-plans', file], {})).toEqual({
      code: 1,
      said: '2 of 3 plans do not come out again: 2, 3.\n',
    });
    expect(await admin(['replay-plans', join(dir, 'none')], {})).toMatchObject({ code: 1 });
    rmSync(dir, { recursive: true });
  });

  it('needs no address of the database while "npm start" runs', () => {
    const dir = mkdtempSync(join(tmpdir(), 'sublet-admin-'));
    mkdirSync(join(dir, 'postgres', 'data'), { recursive: true });
    writeFileSync(join(dir, 'postgres', 'password'), 'secret\n');
    expect(runningDatabase(dir)).toBeUndefined();
    writeFileSync(join(dir, 'postgres', 'data', 'postmaster.pid'), '12\n/data\n1700000000\n54321\n\n127.0.0.1\n');
    expect(runningDatabase(dir)).toBe('postgresql://sublet:secret@127.0.0.1:54321/sublet');
    rmSync(dir, { recursive: true });
  });
});
