import { afterEach, describe, expect, it } from 'vitest';
import { addSshKey } from '#lib/auth/add-ssh-key.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { actorOfSession, actorOfToken } from '#lib/auth/queries.ts';
import { renameAccount } from '#lib/auth/rename-account.ts';
import { requestPasswordReset } from '#lib/auth/request-password-reset.ts';
import { signIn } from '#lib/auth/sign-in.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { askDeletion } from '#lib/trust/ask-deletion.ts';
import { deleteAccounts } from '#lib/trust/delete-accounts.ts';
import { leavingOf, openThings } from '#lib/trust/queries/leaving.ts';
import { undoDeletion } from '#lib/trust/undo-deletion.ts';
import { at, refusal, visitor } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { PASSWORD, type Person, person } from '#tests/support/people.ts';
import { addMoney, movableClock, rentalMarket } from '#tests/support/rental.ts';

afterEach(expectBooksBalance);

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHCHLKOpSbRLmNf9PXy1kTn6GKSnzMjQ0Tgz1tP0sWqD';
const later = (days: number) => ({ now: () => new Date(at('12:00').now().getTime() + days * 86_400_000) });
const leave = (who: Person, givesUpMicros = 0n) => askDeletion(who, { email: who.email, givesUpMicros }, at('12:00'));

describe('somebody who leaves', () => {
  it('types their address, is told by mail, begins nothing new, and is forgotten after seven days', async () => {
    const ada = await person({ name: 'Ada Lovelace' });
    await renameAccount(ada, { name: 'Ada King' }, at('11:00'));
    await addSshKey(ada, { publicKey: KEY, name: 'ada laptop' }, at('11:00'));
    const { token } = await createApiToken(ada, { label: 'ada script', days: 30 }, at('11:00'));
    await sql(
      `INSERT INTO saved_searches (id, owner_id, name, query, tells_new, every_seconds, by_mail, looked_at, created_at, updated_at)
       VALUES ('ssr_1', $1, 'ada search', '', true, 3600, false, now(), now(), now())`,
      [ada.userId],
    );
    await deliverNotices(at('11:01'));
    const wrong = refusal(askDeletion(ada, { email: 'somebody@else.example', givesUpMicros: 0n }, at('12:00')));
    expect(await wrong).toMatchObject({ reason: 'badInput', detail: { field: 'email' } });
    const { dueAt } = await askDeletion(ada, { email: ` ${ada.email.toUpperCase()} `, givesUpMicros: 0n }, at('12:00'));
    expect(dueAt).toEqual(later(7).now());

    expect(await actorOfToken(token, at('12:01').now())).toBeNull();
    const actor = await actorOfSession(ada.sessionId, at('12:01').now());
    expect(actor).toMatchObject({ leaving: true });
    expect(await refusal(addSshKey({ ...ada, leaving: true }, { publicKey: KEY }))).toMatchObject({
      reason: 'leaving',
    });
    // In the days of grace they may still come in, to take it back.
    expect(
      (await signIn(visitor(), { email: ada.email, password: PASSWORD, kind: 'browser' }, later(6))).codeNeeded,
    ).toBe(false);
    expect(await deleteAccounts(later(6.99))).toBe(0);
    await deliverNotices(at('12:02'));
    expect(
      await sql("SELECT 1 FROM mails WHERE subject = 'Your account will be deleted' AND to_address = $1", [ada.email]),
    ).toHaveLength(1);

    expect(await deleteAccounts(later(7))).toBe(1);
    // Nowhere in the whole database stands who they were.
    for (const trace of [
      ada.email,
      'Ada King',
      'Ada Lovelace',
      'ada laptop',
      'ada script',
      'ada search',
      KEY.split(' ')[1] ?? '',
    ])
      expect(await traces(trace), trace).toEqual([]);
    expect(await deleteAccounts(later(8))).toBe(0);
    expect(
      await refusal(signIn(visitor(), { email: ada.email, password: PASSWORD, kind: 'browser' }, later(8))),
    ).toMatchObject({
      reason: 'wrongCredentials',
    });
    expect(await actorOfSession(ada.sessionId, later(8).now())).toBeNull();
    await requestPasswordReset(visitor(), { email: ada.email }, later(8));
    await deliverNotices(later(8));
    const [row] = await sql('SELECT name, email, role FROM users WHERE id = $1', [ada.userId]);
    expect(row).toEqual({ name: 'Deleted account', email: `${ada.userId}@deleted.invalid`, role: 'member' });
    // What happened stands there still, without whom it names.
    const kinds = await sql('SELECT kind, data FROM events WHERE user_id = $1 ORDER BY id', [ada.userId]);
    expect(kinds.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['account.renamed', 'account.deletionAsked', 'account.deleted']),
    );
    expect(kinds.every(({ data }) => Object.keys(data).length === 0)).toBe(true);
  });

  it('may take it back at any time before, and is as before', async () => {
    const ada = await person();
    await leave(ada);
    await undoDeletion({ ...ada, leaving: true }, later(6));
    await undoDeletion(ada, later(6));
    expect(await deleteAccounts(later(30))).toBe(0);
    expect(await actorOfSession(ada.sessionId, later(6).now())).toMatchObject({ leaving: false });
    expect(
      await sql("SELECT 1 FROM events WHERE user_id = $1 AND kind = 'account.deletionUndone'", [ada.userId]),
    ).toHaveLength(1);
  });

  it('must have proven lately that it is they; asking twice is asking once', async () => {
    const ada = await person();
    const stale = { ...ada, provenAt: at('11:00').now() };
    expect(await refusal(leave(stale))).toMatchObject({ reason: 'proofNeeded' });
    const first = await leave(ada);
    expect(await askDeletion(ada, { email: ada.email, givesUpMicros: 0n }, at('13:00'))).toEqual(first);
    await undoDeletion(ada, at('13:01'));
  });
});

describe('what stands in the way of leaving', () => {
  it('is money in the wallet, until it is gone or given up to the micro-dollar', async () => {
    const clock = movableClock();
    const ada = await person();
    await addMoney(ada, 5, clock);
    expect(await refusal(leave(ada))).toMatchObject({ reason: 'notNow', sentence: expect.stringContaining('$5.00') });
    expect(await refusal(leave(ada, 4_000_000n))).toMatchObject({ reason: 'notNow' });
    expect(await refusal(leave(ada, 6_000_000n))).toMatchObject({ reason: 'conflict' });
    await leave(ada, 5_000_000n);
    expect(await deleteAccounts(later(7))).toBe(1);
    const [{ balance_micros } = { balance_micros: null }] = await sql(
      "SELECT balance_micros FROM accounts WHERE kind = 'renterWallet' AND owner_id = $1",
      [ada.userId],
    );
    // The books keep it under the account that names nobody.
    expect(balance_micros).toBe('5000000');
  });

  it('is a rental that runs, for its renter and for its host, and the machine', async () => {
    const market = await rentalMarket();
    const rental = await market.book();
    await rental.connect();
    expect(await openThings(market.renter.userId)).toMatchObject({ rentals: 1, hostedRentals: 0, machines: 0 });
    expect(await openThings(market.host.userId)).toMatchObject({ rentals: 0, hostedRentals: 1, machines: 1 });
    const says = async (who: typeof market.renter) => (await leavingOf(who)).holds.map((hold) => hold.says).join(' ');
    expect(await says(market.renter)).toContain('One rental is not ended');
    expect(await says(market.host)).toContain('One rental runs on your machines');
    expect(await says(market.host)).toContain('Retire it');
    await endBooking(market.renter, { bookingId: rental.id }, market.clock.world);
    expect(await says(market.renter)).not.toBe('');
  });

  it('is being an admin', async () => {
    const admin = await person({ role: 'admin' });
    expect(await refusal(leave(admin))).toMatchObject({ sentence: expect.stringContaining('admin') });
  });

  it('takes the wish back when it comes up within the days of grace, and says so', async () => {
    const clock = movableClock();
    const ada = await person();
    await leave(ada);
    await addMoney(ada, 5, clock);
    expect(await deleteAccounts(later(7))).toBe(1);
    expect(await leavingOf(ada)).toMatchObject({ dueAt: null });
    const [held] = await sql("SELECT reason FROM events WHERE user_id = $1 AND kind = 'account.deletionHeld'", [
      ada.userId,
    ]);
    expect(held?.reason).toContain('$5.00');
    await deliverNotices(later(7));
    expect(
      await sql("SELECT 1 FROM mails WHERE subject = 'Your account could not be deleted' AND to_address = $1", [
        ada.email,
      ]),
    ).toHaveLength(1);
  });
});

describe('the database', () => {
  it('lets nobody empty an event of somebody who is there, nor change one of somebody who is gone', async () => {
    const [ada, eve] = [await person(), await person()];
    for (const who of [ada, eve]) await renameAccount(who, { name: 'Another' }, at('11:00'));
    await leave(eve);
    await deleteAccounts(later(7));
    const stays = /never changed or deleted/;
    await expect(sql("UPDATE events SET data = '{}', reason = NULL WHERE user_id = $1", [ada.userId])).rejects.toThrow(
      stays,
    );
    for (const change of [
      "kind = 'account.created'",
      'created_at = now()',
      `data = '{"a": 1}'`,
      'user_id = NULL',
      "reason = 'x'",
    ])
      await expect(sql(`UPDATE events SET ${change} WHERE user_id = $1`, [eve.userId]), change).rejects.toThrow(stays);
    await expect(sql('DELETE FROM events WHERE user_id = $1', [eve.userId])).rejects.toThrow(stays);
    await expect(sql("UPDATE users SET name = 'Eve' WHERE id = $1", [eve.userId])).rejects.toThrow(
      'users_deleted_nameless',
    );
    await expect(sql('UPDATE users SET deletion_due_at = now() WHERE id = $1', [ada.userId])).rejects.toThrow(
      'users_deletion_whole',
    );
  });
});

/** Where a text stands in any row of any table. */
async function traces(text: string): Promise<string[]> {
  const tables = await sql<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
  );
  const found: string[] = [];
  for (const { name } of tables)
    if ((await sql(`SELECT 1 FROM "${name}" t WHERE row_to_json(t)::text LIKE $1 LIMIT 1`, [`%${text}%`])).length > 0)
      found.push(name);
  return found;
}
