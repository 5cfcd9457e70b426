import '#tests/support/database.ts';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { settleLeases } from '#lib/leases/settle-leases.ts';
import { checkBooks, checkBooksNow } from '#lib/ledger/check-books.ts';
import { findAccounts, trialBalance } from '#lib/ledger/queries/books.ts';
import { findTransfers, transferHistory } from '#lib/ledger/queries/transfers.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { type Person, person } from '#tests/support/people.ts';
import { addMoney, DOLLAR, type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

let market: RentalMarket;
let hand: RentalHand;
let admin: Person;

beforeAll(async () => {
  market = await rentalMarket();
  admin = await person({ role: 'admin' });
  hand = await market.book({ durationSeconds: 3_600 });
  await hand.connect();
  await hand.run(600);
});
afterEach(expectBooksBalance);

describe('the desk of the books', () => {
  it('shows nothing to anybody but admins', async () => {
    for (const actor of [market.renter, market.host, { ...admin, suspended: true }]) {
      const looks = [
        () => trialBalance(actor),
        () => findAccounts(actor, {}),
        () => findTransfers(actor, {}),
        () => checkBooksNow(actor),
      ];
      for (const look of looks) expect((await refusal(look())).status).toBe(403);
      expect((await refusal(transferHistory(actor, 'trf_x'))).status).toBe(403);
    }
  });

  it('balances to zero, kind by kind, and says what the last check found and when', async () => {
    const before = await trialBalance(admin);
    expect(before.sumMicros).toBe(0n);
    expect(await checkBooks(market.clock.world)).toBe(0);
    const { check, rows } = await trialBalance(admin);
    expect(check).toMatchObject({ checkedAt: market.clock.now(), wrong: 0, problems: [], sumMicros: 0n });
    const [counted] = await sql<{ count: string }>('SELECT count(*) FROM transfers');
    expect(check?.transfers).toBe(BigInt(counted?.count ?? 0));
    const { balanceMicros } = rows.find((row) => row.kind === 'providerClearing') ?? {};
    expect(balanceMicros).toBe(-1_000n * DOLLAR);
  });

  it('says every thing that is wrong, tells each admin once, and again when it is right', async () => {
    await checkBooks(market.clock.world);
    await deliverNotices(market.clock.world);
    await sql('UPDATE leases SET held_micros = held_micros + 5 WHERE id = $1', [hand.leaseId]);
    const titles = async () => (await noticesOfViewer(admin)).rows.map(({ title }) => title);
    try {
      expect(await checkBooks(market.clock.world)).toBe(2);
      expect(await checkBooksNow(admin, market.clock.world)).toEqual({ wrong: 2 });
      const { check } = await trialBalance(admin);
      expect(check?.problems.join(' ')).toContain(hand.leaseId);
      expect(check?.problems.join(' ')).toContain(market.renter.userId);
      await deliverNotices(market.clock.world);
      expect(await titles()).toEqual(['The books do not add up']);
      expect((await noticesOfViewer(market.renter)).rows.map(({ title }) => title)).not.toContain(
        'The books do not add up',
      );
    } finally {
      await sql('UPDATE leases SET held_micros = held_micros - 5 WHERE id = $1', [hand.leaseId]);
    }
    market.clock.pass(1);
    expect(await checkBooks(market.clock.world)).toBe(0);
    await deliverNotices(market.clock.world);
    expect(await titles()).toEqual(['The books add up again', 'The books do not add up']);
  });

  it('checks in one snapshot: payments in the same moment are no difference', async () => {
    const checks = Array.from({ length: 6 }, () => checkBooks(market.clock.world));
    const paying = Array.from({ length: 6 }, () => addMoney(market.renter, 5, market.clock));
    expect(await Promise.all(checks)).toEqual([0, 0, 0, 0, 0, 0]);
    await Promise.all(paying);
  });

  it('finds accounts by kind, by owner, and below zero, page by page', async () => {
    const mine = await findAccounts(admin, { text: market.renter.userId });
    expect(mine.rows.map(({ kind }) => kind).sort()).toEqual(['renterHolds', 'renterWallet']);
    expect((await findAccounts(admin, { text: 'HOST', kind: 'hostPayable' })).rows[0]?.owner?.name).toBe('Host');
    expect((await findAccounts(admin, { belowZero: true })).rows.map(({ kind }) => kind)).toEqual(['providerClearing']);
    expect((await findAccounts(admin, { text: "%' OR 1=1" })).rows).toEqual([]);
    const all = await findAccounts(admin, {});
    const first = await findAccounts(admin, { take: 2 });
    const second = await findAccounts(admin, { take: 200, before: first.next ?? '' });
    expect([...first.rows, ...second.rows]).toEqual(all.rows);
    expect(second.next).toBeNull();
  });

  it('finds transfers by account, kind, booking and cause, page by page, each once', async () => {
    const wallet = (await findAccounts(admin, { kind: 'renterWallet', text: market.renter.userId })).rows[0];
    const accountId = wallet?.id ?? '';
    const all = await findTransfers(admin, { accountId });
    expect(new Set(all.rows.map(({ id }) => id)).size).toBe(all.rows.length);
    expect(all.rows.every(({ from, to }) => [from.id, to.id].includes(accountId))).toBe(true);
    const first = await findTransfers(admin, { accountId, take: 1 });
    const rest = await findTransfers(admin, { accountId, before: first.next ?? '' });
    expect([...first.rows, ...rest.rows]).toEqual(all.rows);
    const captured = await findTransfers(admin, { kind: 'capture', bookingId: hand.id });
    expect(captured.rows).toHaveLength(1);
    const [paid] = (await findTransfers(admin, { kind: 'topUp' })).rows;
    expect((await findTransfers(admin, { causeId: paid?.causeId ?? '' })).rows).toEqual([paid]);
    expect((await findTransfers(admin, { bookingId: hand.id, accountId, kind: 'fee' })).rows).toEqual([]);
  });

  it('tells the whole history of a transfer in order, with sums that end at zero, on whatever page', async () => {
    market.clock.pass(60);
    await hand.say('ended');
    await sql(`UPDATE bookings SET desired = 'ended' WHERE id = $1`, [hand.id]);
    market.clock.pass(600);
    await settleLeases(market.clock.world);
    const [captured] = (await findTransfers(admin, { kind: 'capture', bookingId: hand.id })).rows;
    const whole = await transferHistory(admin, captured?.id ?? '');
    expect(whole.rows.map(({ kind }) => kind).toSorted()).toEqual(['capture', 'fee', 'hold', 'release']);
    expect(whole.accounts.reduce((sum, { sumMicros }) => sum + sumMicros, 0n)).toBe(0n);
    expect(whole.accounts.find(({ kind }) => kind === 'renterHolds')?.sumMicros).toBe(0n);
    const last = whole.rows.at(-1);
    expect(last?.kind).toBe('release');
    expect(last?.fromSumMicros).toBe(0n);
    const pages = await transferHistory(admin, captured?.id ?? '', { take: 2 });
    const second = await transferHistory(admin, captured?.id ?? '', { take: 2, after: pages.next ?? '' });
    expect([...pages.rows, ...second.rows]).toEqual(whole.rows);
    expect((await refusal(transferHistory(admin, 'trf_nothing'))).reason).toBe('notFound');
  });

  it('comes through the public API for admins', async () => {
    const ask = (path: string, actor: Person | null) =>
      v1.request(path, {}, { address: '127.0.0.1', cookieActor: actor });
    const [captured] = (await findTransfers(admin, { kind: 'capture' })).rows;
    for (const path of [
      '/admin/books',
      '/admin/accounts?kind=renterWallet&belowZero=true',
      '/admin/transfers?kind=hold',
      `/admin/transfers/${captured?.id}`,
    ]) {
      expect((await ask(path, admin)).status, path).toBe(200);
      expect((await ask(path, await person())).status, path).toBe(403);
      expect((await ask(path, null)).status, path).toBe(401);
    }
    expect((await ask('/admin/accounts?text=%00', admin)).status).toBe(422);
    expect(
      (await v1.request('/admin/books/checks', { method: 'POST' }, { address: '', cookieActor: admin })).status,
    ).toBe(401);
  });
});
