import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '#lib/io/db.ts';
import { ACCOUNT_KINDS, type AccountKind, accountKey } from '#lib/ledger/account.ts';
import { openAccounts } from '#lib/ledger/open-accounts.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

/** Past every rule of the product, straight at the database: it is the last witness. */
let market: RentalMarket;
let hand: RentalHand;
beforeAll(async () => {
  market = await rentalMarket();
  hand = await market.book();
  await hand.connect();
  await hand.run(120);
});
afterEach(expectBooksBalance);

async function refused(constraint: RegExp, text: string, ...values: unknown[]) {
  await expect(sql(text, values)).rejects.toThrow(constraint);
}

describe('a GPU', () => {
  const allocate = `INSERT INTO allocations (id, booking_id, gpu_id, starts_at, ends_at) VALUES ($1, $2, $3, $4, $5)`;

  it('cannot be taken twice, not for a millisecond', async () => {
    const [taken] = await sql<{ gpu_id: string; ends_at: Date }>(
      'SELECT gpu_id, ends_at FROM allocations WHERE booking_id = $1',
      [hand.id],
    );
    const last = new Date((taken?.ends_at.getTime() ?? 0) - 1);
    const far = new Date('2030-01-01T00:00:00Z');
    await refused(/allocations_no_overlap/, allocate, 'alc_1', hand.id, taken?.gpu_id, last, far);
    await sql(allocate, ['alc_2', hand.id, taken?.gpu_id, taken?.ends_at, far]);
    await sql('DELETE FROM allocations WHERE id = $1', ['alc_2']);
  });

  it('cannot be moved onto another’s time', async () => {
    const other = await market.book();
    await refused(
      /allocations_no_overlap/,
      'UPDATE allocations SET gpu_id = $1 WHERE booking_id = $2',
      market.gpuIds[0],
      other.id,
    );
  });

  it('cannot be taken backwards in time', async () => {
    await refused(
      /allocations_forward/,
      allocate,
      'alc_3',
      hand.id,
      market.gpuIds[1],
      '2029-01-02T00:00:00Z',
      '2029-01-01T00:00:00Z',
    );
  });

  it('is in one machine at a time', async () => {
    const other = await rentalMarket();
    await refused(
      /gpus_uuid_present/,
      'UPDATE gpus SET uuid = (SELECT uuid FROM gpus WHERE id = $1) WHERE id = $2',
      market.gpuIds[0],
      other.gpuIds[0],
    );
  });
});

describe('money', () => {
  const transfer = `INSERT INTO transfers (id, debit_account_id, credit_account_id, amount_micros, kind, idempotency_key, created_at)
    VALUES ($1, $2, $3, $4, 'attack', $5, now())`;
  const account = async (kind: string) =>
    (await sql<{ id: string }>('SELECT id FROM accounts WHERE kind = $1', [kind]))[0]?.id;

  it.each([0, -1])('does not move in amounts of %s', async (amount) => {
    const [wallet, clearing] = [await account('renterWallet'), await account('providerClearing')];
    await refused(/transfers_positive/, transfer, 'trf_1', clearing, wallet, amount, 'attack-1');
  });

  it('does not belong to a hold without its booking', async () => {
    const [wallet, clearing] = [await account('renterWallet'), await account('providerClearing')];
    await refused(
      /transfers_hold_of_a_booking/,
      `INSERT INTO transfers (id, debit_account_id, credit_account_id, amount_micros, kind, hold_id, idempotency_key, created_at)
       VALUES ('trf_8', $1, $2, 5, 'capture', 'trf_hold', 'attack-8', now())`,
      clearing,
      wallet,
    );
  });

  it('does not move from an account to itself', async () => {
    const wallet = await account('renterWallet');
    await refused(/transfers_two_accounts/, transfer, 'trf_2', wallet, wallet, 5, 'attack-2');
  });

  const floored = Object.entries(ACCOUNT_KINDS).filter(([, { floorMicros }]) => floorMicros !== null);
  it.each(floored.map(([kind]) => kind as AccountKind))('does not take %s below its floor', async (kind) => {
    const owner = ACCOUNT_KINDS[kind].owned ? market.renter.userId : null;
    await inTransaction('test: open', (tx) => openAccounts(tx, [{ kind, ownerId: owner }], market.clock.now()));
    const [id, clearing] = [await account(kind), await account('providerClearing')];
    await refused(/accounts_floor/, transfer, 'trf_3', id, clearing, '9000000000000', 'attack-3');
    // To the last micro-dollar: what is there may leave, and not one more.
    const [there] = await sql<{ over: string }>(
      'SELECT (balance_micros + 1)::text AS over FROM accounts WHERE id = $1',
      [id],
    );
    await refused(/accounts_floor/, transfer, 'trf_3', id, clearing, there?.over, 'attack-3');
  });

  it.each(Object.keys(ACCOUNT_KINDS) as AccountKind[])('gives %s the floor that the product says', async (kind) => {
    const { owned, floorMicros } = ACCOUNT_KINDS[kind];
    const ref = { kind, ownerId: owned ? market.host.userId : null };
    const opened = await inTransaction('test: open', (tx) => openAccounts(tx, [ref], market.clock.now()));
    const [row] = await sql<{ floor_micros: string | null }>('SELECT floor_micros FROM accounts WHERE id = $1', [
      opened.get(accountKey(ref)),
    ]);
    expect(row?.floor_micros ?? null).toBe(floorMicros === null ? null : floorMicros.toString());
  });

  it('stays where it is when one of many transfers in a statement is wrong', async () => {
    const before = await sql('SELECT id, balance_micros FROM accounts ORDER BY id');
    const [wallet, clearing] = [await account('renterWallet'), await account('providerClearing')];
    await refused(
      /between accounts that exist/,
      `INSERT INTO transfers (id, debit_account_id, credit_account_id, amount_micros, kind, idempotency_key, created_at)
       VALUES ('trf_6', $1, $2, 5, 'attack', 'attack-6', now()), ('trf_7', 'acc_none', $2, 5, 'attack', 'attack-7', now())`,
      clearing,
      wallet,
    );
    expect(await sql('SELECT id, balance_micros FROM accounts ORDER BY id')).toEqual(before);
  });

  it('does not come from an upsert, and a refused key moves nothing', async () => {
    const [used] = await sql<{ id: string }>('SELECT id FROM transfers LIMIT 1');
    const again = `INSERT INTO transfers SELECT * FROM transfers WHERE id = $1 ON CONFLICT (id) DO`;
    await refused(/never changed or deleted/, `${again} UPDATE SET amount_micros = 1`, used?.id);
    await sql(`${again} NOTHING`, [used?.id]);
  });

  it('does not move twice under one key', async () => {
    const [used] = await sql<{ idempotency_key: string }>('SELECT idempotency_key FROM transfers LIMIT 1');
    const [wallet, clearing] = [await account('renterWallet'), await account('providerClearing')];
    await refused(/transfers_idempotency_key_key/, transfer, 'trf_4', clearing, wallet, 5, used?.idempotency_key);
  });

  it('does not move from or to an account that is not there', async () => {
    const wallet = await account('renterWallet');
    const gone = /between accounts that exist/;
    await refused(gone, transfer, 'trf_5', 'acc_none', wallet, 5, 'attack-5');
    await refused(gone, transfer, 'trf_5', wallet, 'acc_none', 5, 'attack-5');
    await refused(gone, transfer, 'trf_5', 'acc_none', 'acc_nor_this', 5, 'attack-5');
    await refused(/never changed or deleted/, `UPDATE accounts SET id = 'acc_other' WHERE id = $1`, wallet);
  });

  it('is moved by transfers only: a balance is neither written nor born with money', async () => {
    await refused(
      /by a transfer only/,
      `UPDATE accounts SET balance_micros = balance_micros + 1 WHERE kind = 'renterWallet'`,
    );
    await refused(
      /begins at zero/,
      `INSERT INTO accounts (id, kind, owner_id, balance_micros, created_at) VALUES ('acc_1', 'renterWallet', 'usr_x', 5, now())`,
    );
  });

  it('keeps one account of a kind for each owner, and one of the market', async () => {
    await refused(
      /accounts_kind_owner_id_key/,
      `INSERT INTO accounts (id, kind, owner_id, created_at) SELECT 'acc_2', kind, owner_id, now() FROM accounts WHERE kind = 'renterWallet' LIMIT 1`,
    );
    await refused(
      /accounts_of_the_market/,
      `INSERT INTO accounts (id, kind, owner_id, created_at) VALUES ('acc_3', 'providerClearing', NULL, now())`,
    );
  });

  it('is divided into the host’s part and the fee, to the last micro-dollar, and never held below zero', async () => {
    await refused(
      /leases_never_over/,
      'UPDATE leases SET charged_micros = charged_micros + 1 WHERE id = $1',
      hand.leaseId,
    );
    await refused(/leases_never_over/, 'UPDATE leases SET held_micros = -1 WHERE id = $1', hand.leaseId);
    await refused(
      /leases_never_over/,
      'UPDATE leases SET refunded_micros = charged_micros + 1 WHERE id = $1',
      hand.leaseId,
    );
  });

  it('is billed for no more than was stated', async () => {
    await refused(
      /statements_billed_within/,
      `INSERT INTO statements SELECT lease_id, 99, payload, signature, 'other', starts_at, ends_at, state, gpu_seconds, disk_byte_seconds,
        gpu_seconds + 1, billed_disk_byte_seconds, charged_micros, unbilled_reason, received_at FROM statements WHERE lease_id = $1 AND sequence = 0`,
      hand.leaseId,
    );
  });
});

describe('what happened', () => {
  it.each(['transfers', 'events', 'statements'])('stays in %s as it was written', async (table) => {
    await refused(/never changed or deleted/, `DELETE FROM ${table}`);
    await refused(/never changed or deleted/, `TRUNCATE ${table} CASCADE`);
    const column = { transfers: 'kind', events: 'kind', statements: 'payload' }[table];
    await refused(/never changed or deleted/, `UPDATE ${table} SET ${column} = ${column} || 'x'`);
  });

  it('stays in accounts too: none is deleted', async () => {
    await refused(/never changed or deleted/, 'DELETE FROM accounts');
    await refused(/never changed or deleted/, 'TRUNCATE accounts');
    await refused(/never changed or deleted/, 'TRUNCATE accounts CASCADE');
  });

  it.each(['users', 'machines', 'listings', 'gpus', 'bookings'])(
    'keeps in %s what others stand on, under its id',
    async (table) => {
      await refused(/never changed or deleted/, `DELETE FROM ${table}`);
      await refused(/never changed or deleted/, `TRUNCATE ${table} CASCADE`);
      await refused(/never changed or deleted/, `UPDATE ${table} SET id = id || 'x'`);
    },
  );

  const copyOf = (table: string, change: string) =>
    `INSERT INTO ${table} SELECT (jsonb_populate_record(t, jsonb_build_object(${change}))).* FROM ${table} t`;
  const newBooking = `'id', 'bkg_attack', 'quote_id', null, 'idempotency_key', 'attack'`;
  const newWindow = `'id', 'alc_attack', 'starts_at', '2031-01-01', 'ends_at', '2031-01-02'`;

  it.each([
    ['bookings', 'renter_id', copyOf('bookings', `${newBooking}, 'renter_id', 'nobody'`)],
    ['bookings', 'host_id', copyOf('bookings', `${newBooking}, 'host_id', 'nobody'`)],
    ['bookings', 'machine_id', copyOf('bookings', `${newBooking}, 'machine_id', 'nobody'`)],
    ['bookings', 'listing_id', copyOf('bookings', `${newBooking}, 'listing_id', 'nobody'`)],
    ['allocations', 'booking_id', copyOf('allocations', `${newWindow}, 'booking_id', 'nobody'`)],
    ['allocations', 'gpu_id', copyOf('allocations', `${newWindow}, 'gpu_id', 'nobody'`)],
    ['leases', 'booking_id', copyOf('leases', `'id', 'lse_attack', 'booking_id', 'nobody'`)],
    [
      'leases',
      'machine_id',
      `WITH b AS (${copyOf('bookings', newBooking)} WHERE t.id = $1)
       ${copyOf('leases', `'id', 'lse_attack', 'booking_id', 'bkg_attack', 'machine_id', 'nobody'`)}`,
    ],
  ])('has in %s no %s that is not there, in no new row and in no old one', async (table, column, insert) => {
    const stands = new RegExp(`a row of ${table} stands on a row that is not there`);
    const its = table === 'bookings' ? 'id' : 'booking_id';
    await refused(stands, `${insert} WHERE t.${its} = $1`, hand.id);
    await refused(stands, `UPDATE ${table} SET ${column} = 'nobody' WHERE ${its} = $1`, hand.id);
  });

  it('has one statement for each place in a chain, and each statement in one place', async () => {
    const copy = (sequence: string, hash: string) =>
      `INSERT INTO statements SELECT lease_id, ${sequence}, payload, signature, ${hash}, starts_at, ends_at, state, gpu_seconds,
        disk_byte_seconds, billed_gpu_seconds, billed_disk_byte_seconds, charged_micros, unbilled_reason, received_at
        FROM statements WHERE lease_id = '${hand.leaseId}' AND sequence = 0`;
    await refused(/statements_pkey/, copy('0', `'other'`));
    await refused(/statements_hash_key/, copy('99', 'hash'));
  });
});

describe('words and keys', () => {
  it.each([
    ['users', 'role', 'users_role'],
    ['listings', 'state', 'listings_state'],
    ['bookings', 'desired', 'bookings_desired'],
    ['bookings', 'observed', 'bookings_observed'],
    ['bookings', 'billable', 'bookings_billable'],
  ])('%s.%s is one of its words', async (table, column, constraint) => {
    await refused(new RegExp(constraint), `UPDATE ${table} SET ${column} = 'rubbish'`);
  });

  it.each([
    ['price_micros_per_gpu_hour', '0'],
    ['price_micros_per_gpu_hour', '-1'],
    ['disk_price_micros_per_gib_month', '-1'],
    ['min_gpus', '0'],
  ])('a listing has no %s of %s', async (column, value) => {
    await refused(/listings_prices/, `UPDATE listings SET ${column} = ${value}`);
  });

  it('a key books once, a quote is booked once, a booking has one lease and one port, a port one booking', async () => {
    const other = await rentalMarket();
    const second = await other.book();
    await refused(
      /bookings_renter_id_idempotency_key_key/,
      `UPDATE bookings SET renter_id = (SELECT renter_id FROM bookings WHERE id = $1), idempotency_key = (SELECT idempotency_key FROM bookings WHERE id = $1) WHERE id = $2`,
      hand.id,
      second.id,
    );
    await refused(
      /bookings_quote_id_key/,
      'UPDATE bookings SET quote_id = (SELECT quote_id FROM bookings WHERE id = $1) WHERE id = $2',
      hand.id,
      second.id,
    );
    await refused(/leases_booking_id_key/, 'UPDATE leases SET booking_id = $1 WHERE id = $2', hand.id, second.leaseId);
    await refused(
      /gateway_ports_pkey/,
      'UPDATE gateway_ports SET port = (SELECT port FROM gateway_ports WHERE booking_id = $1) WHERE booking_id = $2',
      hand.id,
      second.id,
    );
    await refused(
      /gateway_ports_booking_id_key/,
      `INSERT INTO gateway_ports (gateway_name, port, booking_id) VALUES ('gw-test', 1, $1)`,
      hand.id,
    );
  });

  it('a check of the books counts what it found', async () => {
    const check = `INSERT INTO books_checks (checked_at, transfers, sum_micros, wrong, problems, took_milliseconds) VALUES (now(), $1, 0, $2, $3, 1)`;
    await refused(/books_checks_counted/, check, -1, 0, []);
    await refused(/books_checks_counted/, check, 1, 0, ['something']);
    await refused(/books_checks_counted/, check, 1, 1, []);
    await refused(/books_checks_counted/, check, 1, 0, null);
  });

  it('a payment of one key is made once', async () => {
    await refused(
      /top_ups_user_id_idempotency_key_key/,
      `INSERT INTO top_ups SELECT 'top_x', user_id, amount_micros, provider, state, idempotency_key, created_at, settled_at FROM top_ups LIMIT 1`,
    );
  });
});
