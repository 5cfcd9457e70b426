import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { newId } from '#lib/base/id.ts';
import { theWorld } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { creditDraft } from '#lib/ledger/transfer.ts';
import { databaseUrl } from '#tests/support/database.ts';
import { type Person, person } from '#tests/support/people.ts';

const bindings = { address: '203.0.113.9', cookieActor: null };
let somebody: Person;
let token: string;

beforeAll(async () => {
  expect(databaseUrl).toContain('test_');
  somebody = await person({ now: theWorld.now() });
  token = (await createApiToken(somebody, { label: 'test', days: 1 })).token;
});

const ask = async (path: string) => v1.request(path, { headers: { authorization: `Bearer ${token}` } }, bindings);

async function get(path: string): Promise<Record<string, unknown>> {
  const answer = await ask(path);
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return JSON.parse(text);
}

/** Money of the market, so many times one dollar: the last of it a millisecond later, in the next month. */
async function given(count: number): Promise<void> {
  const draft = () =>
    creditDraft({
      userId: somebody.userId,
      amountMicros: 1_000_000n,
      source: 'market',
      reason: '=SUM(A1)',
      key: randomBytes(12).toString('hex'),
    });
  const give = (some: number, now: Date) =>
    inTransaction('test: give', (tx) => postTransfers(tx, Array.from({ length: some }, draft), now));
  for (let left = count - 1; left > 0; left -= 250)
    await give(Math.min(250, left), new Date('2026-09-30T23:59:59.999Z'));
  await give(1, new Date('2026-10-01T00:00:00.000Z'));
}

describe('money at the public API', () => {
  it('says of somebody new that there is nothing, in the same shape as of everybody', async () => {
    expect(await get('/wallet')).toEqual({
      freeMicros: '0',
      heldMicros: '0',
      payableMicros: '0',
      microsPerHour: '0',
      runwaySeconds: null,
      lastsUntil: null,
      rentals: [],
    });
    expect(await get('/transfers')).toEqual({ rows: [], next: null });
    expect(await get('/transfers/days?month=2026-11')).toEqual({ rows: [], more: false });
    expect(await get('/invoices')).toEqual({ rows: [], next: null });
    expect((await get('/wallet/months?months=3')).rows).toHaveLength(3);
    expect(await get('/earnings')).toMatchObject({
      total: { grossMicros: '0', netMicros: '0', rentals: 0, occupancyBasisPoints: null },
      machines: [],
      money: { payableMicros: '0', openBookings: 0 },
    });
  });

  it.each([
    '/transfers?side=both',
    '/transfers?kind=gift',
    '/transfers?kind=toString',
    '/transfers?month=2026-13',
    '/transfers?month=%00',
    '/transfers?after=x',
    '/transfers?after=%00',
    `/transfers?after=${newId('booking')}`,
    '/transfers.csv?month=yesterday',
    '/transfers.csv?side=host%00',
    '/transfers/days',
    '/transfers/days?month=',
    '/transfers/days?month=2026-11&side=x',
    '/wallet/months?months=0',
    '/wallet/months?months=1e9',
    '/wallet/months?months=x',
    '/invoices?state=paid',
    '/invoices?side=%F0%9F%99%82',
    '/invoices?after=%00',
    '/earnings?span=year',
    '/earnings?from=2026-01',
    '/earnings?to=2026-01',
    '/earnings?from=2026-02&to=2026-01',
    '/earnings?from=2026-01&to=2999-01',
    '/earnings?from=%00&to=2026-01',
    `/earnings?from=${'9'.repeat(5_000)}&to=2026-01`,
    '/earnings.csv?span=custom',
    '/payouts?after=%00',
    '/payouts/%00',
    '/card-refunds?after=%00',
    '/card-refunds/%00',
    '/chargebacks?after=%00',
    '/top-ups?after=%00',
    '/top-ups/%00',
    '/disputes?before=%00',
    '/disputes/%00',
    '/bookings/%00',
    '/admin/transfers/%00',
  ])('refuses %s with the field that is wrong', async (path) => {
    const answer = await ask(path);
    const problem: { reason: string; fields?: Record<string, unknown> } = await answer.json();
    expect(answer.status).toBe(422);
    expect(problem.reason).toBe('badInput');
    expect(Object.keys(problem.fields ?? {})).not.toEqual([]);
  });

  it('gives every movement as a table, however many, a month to its last millisecond, and disarms formulas', async () => {
    await given(2_300);
    const whole = await ask('/transfers.csv');
    expect(whole.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(whole.headers.get('cache-control')).toBe('no-store');
    const lines = (await whole.text()).trimEnd().split('\r\n');
    expect(lines[0]).toBe('at,id,kind,what,account,amount_usd,booking_id,booking,reason');
    expect(lines).toHaveLength(2_301);
    expect(new Set(lines).size).toBe(2_301);
    expect(lines[1]).toMatch(/^2026-10-01T00:00:00\.000Z,trf_\w{26},promotion,[^,]+,renterWallet,1\.00,,,'=SUM\(A1\)$/);
    expect((await get('/transfers?month=2026-10')).rows).toHaveLength(1);
    expect(await get('/transfers/days?month=2026-09')).toMatchObject({
      rows: [{ day: '2026-09-30', kind: 'promotion', amountMicros: '2299000000', transfers: 2_299, bookingId: null }],
      more: false,
    });
    expect(await get('/wallet')).toMatchObject({ freeMicros: '2300000000' });
    expect((await (await ask('/transfers.csv?side=host')).text()).split('\r\n')).toHaveLength(2);
  });
});
