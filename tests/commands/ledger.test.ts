import '#tests/support/database.ts';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { db, inTransaction } from '#lib/io/db.ts';
import { hostPayable, PROVIDER_CLEARING, renterHolds, renterWallet } from '#lib/ledger/account.ts';
import { holdMoney, releaseHold } from '#lib/ledger/hold-money.ts';
import { openAccounts } from '#lib/ledger/open-accounts.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { transfersOf } from '#lib/ledger/queries/movements.ts';
import { booksProblems, earningsOf, walletOf } from '#lib/ledger/queries.ts';
import { captureDrafts, creditDraft, type TransferDraft } from '#lib/ledger/transfer.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { person } from '#tests/support/people.ts';
import { NOW } from '#tests/support/stalls.ts';

afterEach(async () => {
  // Holds of these tests belong to no lease, so only what the ledger itself promises is checked here.
  const [sum] = await db.$queryRaw<{ sum: bigint }[]>`SELECT sum(balance_micros)::bigint AS sum FROM accounts`;
  expect(sum?.sum).toBe(0n);
});

// And what is still held belongs to no lease, so it goes back before the books are asked after.
afterAll(async () => {
  const held = await db.account.findMany({ where: { kind: 'renterHolds', balanceMicros: { gt: 0n } } });
  const back = held.map(({ ownerId, balanceMicros }): TransferDraft => {
    const owner = String(ownerId);
    const amountMicros = balanceMicros;
    return { from: renterHolds(owner), to: renterWallet(owner), amountMicros, kind: 'release', key: key() };
  });
  await post(...back);
});

const post = (...drafts: TransferDraft[]) => inTransaction('test: post', (tx) => postTransfers(tx, drafts, NOW));

const key = () => randomBytes(8).toString('hex');

async function renterWith(micros: bigint) {
  const renter = await person();
  await post(creditDraft({ userId: renter.userId, amountMicros: micros, source: 'provider', key: key() }));
  return renter;
}
const hold = (userId: string, amountMicros: bigint, by = key()) =>
  inTransaction('test: hold', (tx) =>
    holdMoney(tx, { renterId: userId, bookingId: 'bkg_none', amountMicros, key: by }, NOW),
  );

describe('a transfer', () => {
  it('moves money from one account to another, and all accounts together stay at zero', async () => {
    const renter = await renterWith(10_000_000n);
    const host = await person();
    const holdId = await hold(renter.userId, 4_000_000n);
    const use = { renterId: renter.userId, hostId: host.userId, bookingId: 'bkg_none', holdId };
    await post(...captureDrafts({ ...use, creditMicros: 900_000n, feeMicros: 100_000n, key: key() }));
    await inTransaction('test: release', (tx) =>
      releaseHold(
        tx,
        { renterId: renter.userId, bookingId: 'bkg_none', holdId, amountMicros: 3_000_000n, key: key() },
        NOW,
      ),
    );
    expect(await walletOf(renter)).toEqual({ freeMicros: 9_000_000n, heldMicros: 0n });
    expect(await earningsOf(host)).toEqual({ payableMicros: 900_000n });
  });

  it('is made once for one key, however often and at once it is asked for', async () => {
    const renter = await renterWith(1_000_000n);
    const draft = creditDraft({ userId: renter.userId, amountMicros: 5n, source: 'provider', key: key() });
    const all = await Promise.all(Array.from({ length: 8 }, () => post(draft)));
    expect(new Set(all.map(([posted]) => posted?.id)).size).toBe(1);
    expect(all.filter(([posted]) => posted?.fresh)).toHaveLength(1);
    expect((await walletOf(renter)).freeMicros).toBe(1_000_005n);
  });

  it('is made once though one call names it twice', async () => {
    const renter = await renterWith(1n);
    const draft = creditDraft({ userId: renter.userId, amountMicros: 5n, source: 'market', key: key() });
    const posted = await post(draft, draft);
    expect(posted.map(({ fresh }) => fresh)).toEqual([true, false]);
    expect((await walletOf(renter)).freeMicros).toBe(6n);
  });

  it('refuses a key that was used for another amount or another person, and moves nothing', async () => {
    const [one, two] = [await renterWith(1n), await renterWith(1n)];
    const draft = creditDraft({ userId: one.userId, amountMicros: 5n, source: 'provider', key: key() });
    await post(draft);
    expect((await refusal(post({ ...draft, amountMicros: 6n }))).reason).toBe('conflict');
    expect((await refusal(post({ ...draft, to: renterWallet(two.userId) }))).reason).toBe('conflict');
    const fresh = creditDraft({ userId: two.userId, amountMicros: 7n, source: 'provider', key: key() });
    expect((await refusal(post(fresh, { ...draft, amountMicros: 6n }))).reason).toBe('conflict');
    expect((await walletOf(two)).freeMicros).toBe(1n);
  });

  it('never takes a wallet below zero, whoever asks at once', async () => {
    const renter = await renterWith(10n);
    const asked = await Promise.allSettled(Array.from({ length: 16 }, () => hold(renter.userId, 3n)));
    expect(asked.filter((one) => one.status === 'fulfilled')).toHaveLength(3);
    for (const one of asked) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ reason: 'insufficientFunds' });
    }
    expect(await walletOf(renter)).toEqual({ freeMicros: 1n, heldMicros: 9n });
  });

  it('says what is needed and what there is when the wallet is too small', async () => {
    const renter = await renterWith(10n);
    expect((await refusal(hold(renter.userId, 11n))).detail).toEqual({ neededMicros: '11', freeMicros: '10' });
  });

  it('never gives more of a hold back than is held', async () => {
    const renter = await renterWith(10n);
    const holdId = await hold(renter.userId, 4n);
    const back = { renterId: renter.userId, bookingId: 'bkg_none', holdId, amountMicros: 5n, key: key() };
    expect((await refusal(inTransaction('test: release', (tx) => releaseHold(tx, back, NOW)))).reason).toBe(
      'insufficientFunds',
    );
  });

  it('moves money once when several do the same at the same moment, and all hear the same', async () => {
    const renter = await renterWith(100n);
    const drafts = Array.from({ length: 5 }, () =>
      creditDraft({ userId: renter.userId, amountMicros: 7n, source: 'market', key: key() }),
    );
    const posted = await Promise.all(Array.from({ length: 6 }, () => post(...drafts)));
    expect((await walletOf(renter)).freeMicros).toBe(135n);
    for (const { key: one } of drafts) {
      const told = posted.map((all) => all.find((each) => each.key === one));
      expect(new Set(told.map((each) => each?.id)).size).toBe(1);
      expect(told.filter((each) => each?.fresh)).toHaveLength(1);
    }
  });

  it('moves money once when one call asks for it twice, and refuses when the two differ', async () => {
    const renter = await renterWith(1n);
    const draft = creditDraft({ userId: renter.userId, amountMicros: 5n, source: 'market', key: key() });
    const told = await post(draft, draft);
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
    const other = { ...draft, key: key() };
    expect((await refusal(post(other, { ...other, amountMicros: 6n }))).reason).toBe('conflict');
    expect((await walletOf(renter)).freeMicros).toBe(6n);
  });

  it('lets many move money between the same accounts at once without waiting for each other in a circle', async () => {
    const renters = await Promise.all([1, 2, 3].map(() => renterWith(1_000n)));
    const hosts = await Promise.all([1, 2, 3].map(() => person()));
    await Promise.all(renters.map((renter) => hold(renter.userId, 900n)));
    const moves = Array.from({ length: 60 }, (_, index) => {
      const [a, b] = [renters[index % 3], renters[(index + 1) % 3]];
      const [c, d] = [hosts[(index * 2) % 3], hosts[(index + 2) % 3]];
      const drafts = [
        { renter: a, host: c },
        { renter: b, host: d },
      ].flatMap(({ renter, host }) =>
        captureDrafts({
          renterId: renter?.userId ?? '',
          hostId: host?.userId ?? '',
          bookingId: 'bkg_none',
          holdId: 'trf_none',
          creditMicros: 2n,
          feeMicros: 1n,
          key: key(),
        }),
      );
      return post(...drafts);
    });
    await Promise.all(moves);
    const held = await Promise.all(renters.map(async (renter) => (await walletOf(renter)).heldMicros));
    expect(held.reduce((sum, one) => sum + one, 0n)).toBe(3n * 900n - 120n * 3n);
  });
});

describe('accounts', () => {
  it('are opened once, however many open them at once', async () => {
    const renter = await person();
    const wanted = [renterWallet(renter.userId), renterHolds(renter.userId), hostPayable(renter.userId)];
    const opened = await Promise.all(
      Array.from({ length: 6 }, () => inTransaction('test: open', (tx) => openAccounts(tx, wanted, NOW))),
    );
    expect(new Set(opened.map((ids) => JSON.stringify([...ids].sort()))).size).toBe(1);
    expect(await db.account.count({ where: { ownerId: renter.userId } })).toBe(3);
  });

  it('have an owner exactly when they are somebody’s', async () => {
    const open = (kind: 'renterWallet' | 'platformFees', ownerId: string | null) =>
      inTransaction('test: open', (tx) => openAccounts(tx, [{ kind, ownerId }], NOW));
    await expect(open('renterWallet', null)).rejects.toThrow(TypeError);
    await expect(open('platformFees', 'usr_x')).rejects.toThrow(TypeError);
  });
});

describe('what people see of the books', () => {
  it('is their own movements only, newest first, page by page', async () => {
    const renter = await renterWith(1_000n);
    const host = await person();
    const holdId = await hold(renter.userId, 100n);
    const use = { renterId: renter.userId, hostId: host.userId, bookingId: 'bkg_none', holdId };
    await post(...captureDrafts({ ...use, creditMicros: 9n, feeMicros: 1n, key: key() }));
    const whole = await transfersOf(renter, { side: 'renter' });
    expect(whole.rows.map(({ kind, account, amountMicros }) => [kind, account, amountMicros])).toEqual(
      expect.arrayContaining([
        ['topUp', 'renterWallet', 1_000n],
        ['hold', 'renterWallet', -100n],
        ['capture', 'renterHolds', -9n],
        ['fee', 'renterHolds', -1n],
      ]),
    );
    const first = await transfersOf(renter, { side: 'renter', take: 3 });
    const second = await transfersOf(renter, { side: 'renter', take: 3, after: first.next ?? '' });
    expect([...first.rows, ...second.rows]).toEqual(whole.rows);
    expect(second.next).toBeNull();
    const earned = await transfersOf(host, { side: 'host' });
    expect(earned.rows.map(({ kind, amountMicros }) => [kind, amountMicros])).toEqual([['capture', 9n]]);
    expect((await transfersOf(await person(), { side: 'renter' })).rows).toEqual([]);
  });

  it('tells what does not add up', async () => {
    const renter = await renterWith(50n);
    await hold(renter.userId, 20n);
    expect((await booksProblems(db)).some((problem) => problem.includes(renter.userId))).toBe(true);
    await expect(expectBooksBalance()).rejects.toThrow();
    const stray: TransferDraft = {
      from: PROVIDER_CLEARING,
      to: renterWallet(renter.userId),
      amountMicros: 1n,
      kind: 'fee',
      key: key(),
    };
    const looked = inTransaction('test: a fee that went astray', async (tx) => {
      await postTransfers(tx, [stray], NOW);
      throw new Error((await booksProblems(tx)).join(' '));
    });
    await expect(looked).rejects.toThrow(/is a fee and went to renterWallet/);
  });
});
