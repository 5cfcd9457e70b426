import { afterEach, describe, expect, it } from 'vitest';
import { setPreferences } from '#lib/auth/set-preferences.ts';
import { inTransaction } from '#lib/io/db.ts';
import { PROMOTIONS, renterWallet } from '#lib/ledger/account.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { warnBalance } from '#lib/payments/warn-balance.ts';
import { at } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { type Person, person } from '#tests/support/people.ts';

afterEach(expectBooksBalance);

let count = 0;

async function move(who: Person, dollars: bigint): Promise<void> {
  count += 1;
  const [from, to] = dollars > 0n ? [PROMOTIONS, renterWallet(who.userId)] : [renterWallet(who.userId), PROMOTIONS];
  const amountMicros = (dollars > 0n ? dollars : -dollars) * 1_000_000n;
  const draft = { from, to, amountMicros, kind: 'promotion' as const, key: `low-balance:${count}`, reason: 'test' };
  await inTransaction('test: move', (tx) => postTransfers(tx, [draft], at('12:00').now()));
}

describe('somebody who wants to hear when little is left', () => {
  it('is told once, by bell and mail, and again after it was above', async () => {
    const [ada, ben] = [await person(), await person()];
    for (const who of [ada, ben]) await move(who, 10n);
    await setPreferences(ada, { lowBalanceMicros: 5_000_000n }, at('12:00'));
    expect(await warnBalance(at('12:01'))).toBe(0);
    for (const who of [ada, ben]) await move(who, -7n);
    expect(await warnBalance(at('12:02'))).toBe(1);
    expect(await warnBalance(at('12:03'))).toBe(0);
    await deliverNotices(at('12:04'));
    const [mail] = await sql<{ text: string }>('SELECT text FROM mails WHERE subject = $1 AND to_address = $2', [
      'Your wallet is below $5.00',
      ada.email,
    ]);
    expect(mail?.text).toContain('$3.00 are free');
    await move(ada, 4n);
    expect(await warnBalance(at('12:05'))).toBe(0);
    await move(ada, -4n);
    expect(await warnBalance(at('12:06'))).toBe(1);
  });

  it('is told of another bound anew, and of none after taking it back', async () => {
    const ada = await person();
    await move(ada, 3n);
    await setPreferences(ada, { lowBalanceMicros: 5_000_000n }, at('12:00'));
    expect(await warnBalance(at('12:01'))).toBe(1);
    await setPreferences(ada, { lowBalanceMicros: 4_000_000n }, at('12:02'));
    expect(await warnBalance(at('12:03'))).toBe(1);
    await setPreferences(ada, { lowBalanceMicros: null }, at('12:04'));
    expect(await warnBalance(at('12:05'))).toBe(0);
    await expect(sql('UPDATE users SET low_balance_micros = 0 WHERE id = $1', [ada.userId])).rejects.toThrow(
      'users_low_balance',
    );
  });
});
