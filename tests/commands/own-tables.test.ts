import { afterEach, describe, expect, it } from 'vitest';
import { editMachine } from '#lib/catalogue/edit-machine.ts';
import { AFTER_LEAVING, NOBODYS } from '#lib/trust/after-leaving.ts';
import { askDeletion } from '#lib/trust/ask-deletion.ts';
import { deleteAccounts } from '#lib/trust/delete-accounts.ts';
import { NOT_EXPORTED, OWN_DATA } from '#lib/trust/own-data.ts';
import { at } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { type Person, person } from '#tests/support/people.ts';
import { rentalMarket } from '#tests/support/rental.ts';
import { machineOf } from '#tests/support/stalls.ts';

afterEach(expectBooksBalance);

const later = (days: number) => ({ now: () => new Date(at('12:00').now().getTime() + days * 86_400_000) });
const BASE = '_prisma_migrations';
const tables = async () =>
  (
    await sql<{ table_name: string }>(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
    )
  )
    .map(({ table_name }) => table_name)
    .filter((name) => name !== BASE);

/** Rows of a table that are somebody's, as their export finds them. */
async function rowsOf(who: Person, table: string): Promise<number> {
  const parts = OWN_DATA.filter((part) => part.table === table);
  let count = 0;
  for (const { mine } of parts) {
    const values = mine.includes('$1') ? [who.userId] : [];
    count += (await sql<{ n: number }>(`SELECT count(*)::int AS n FROM "${table}" t WHERE ${mine}`, values))[0]?.n ?? 0;
  }
  return count;
}

describe('every table of the database', () => {
  it('is decided about: whose it is, whether an export has it, and what becomes of it when they leave', async () => {
    const all = (await tables()).sort();
    const exported = new Set(OWN_DATA.map(({ table }) => table));
    const undecided = all.filter(
      (name) => !Object.hasOwn(NOBODYS, name) && !exported.has(name) && !Object.hasOwn(NOT_EXPORTED, name),
    );
    expect(undecided, 'say in lib/trust/own-data.ts whose it is, or in after-leaving.ts that it is nobody’s').toEqual(
      [],
    );
    const ofPeople = all.filter((name) => !Object.hasOwn(NOBODYS, name));
    expect(ofPeople, 'say in lib/trust/after-leaving.ts what becomes of it').toEqual(Object.keys(AFTER_LEAVING).sort());
    for (const name of [...exported, ...Object.keys(NOT_EXPORTED)])
      expect(Object.hasOwn(NOBODYS, name), `${name} is somebody’s and nobody’s`).toBe(false);
    const gone = [...Object.keys(AFTER_LEAVING), ...Object.keys(NOBODYS)].filter((name) => !all.includes(name));
    expect(gone, 'there is no such table').toEqual([]);
    for (const [name, { why }] of Object.entries(AFTER_LEAVING)) expect(why, name).not.toBe('');
  });

  it('that is nobody’s points to no person', async () => {
    const keys = await sql<{ name: string }>(
      "SELECT DISTINCT conrelid::regclass::text AS name FROM pg_constraint WHERE contype = 'f' AND confrelid = 'users'::regclass",
    );
    expect(keys.map(({ name }) => name).filter((name) => Object.hasOwn(NOBODYS, name))).toEqual([]);
  });
});

describe('a host and renter who leaves', () => {
  it('leaves no row in a table that is to be removed, and no trace of what they wrote in one that is emptied', async () => {
    const ada = await person({ name: 'Ada' });
    const { machineId } = await machineOf(ada, { gpuCount: 1, lastSyncAt: at('11:00').now() });
    await editMachine(ada, { machineId, name: 'zebra cellar', region: 'zebra street', country: 'DE' }, at('11:00'));
    const market = await rentalMarket();
    const rental = await market.book();
    const [gpu] = await sql<{ id: string }>('SELECT id FROM gpus WHERE machine_id = $1', [machineId]);
    await sql(
      `INSERT INTO terminals (id, booking_id, user_id, session_id, public_key, ticket_hash, ticket_until, opened_at, ended_at, end_reason, key_until, key_gone_at)
       VALUES ('trm_of_ada', $1, $2, $3, 'ssh-ed25519 ' || rpad('zebra', 68, 'A'), repeat('a', 64), now(), now(), now(), 'closed', now(), now())`,
      [rental.id, ada.userId, ada.sessionId],
    );
    await sql(
      `INSERT INTO agent_log_lines (machine_id, boot, sequence, at, level, message) VALUES ($1, 'b', 1, now(), 'info', 'mounted /home/zebra')`,
      [machineId],
    );
    await sql(`INSERT INTO request_digests (host_id, told_at, last_request_id) VALUES ($1, now(), 'req_1')`, [
      ada.userId,
    ]);
    await sql(
      `INSERT INTO calendar_feeds (id, user_id, token_hash, created_at) VALUES ('cfd_of_ada', $1, repeat('b', 64), now())`,
      [ada.userId],
    );
    await sql(`INSERT INTO gpu_samples (gpu_id, at) VALUES ($1, '2026-11-23T12:00:00Z')`, [gpu?.id]);
    await sql(
      `INSERT INTO calendar_blocks (id, machine_id, kind, starts_at, ends_at, note, created_at)
       VALUES ('cbk_of_ada', $1, 'block', now(), now() + interval '1 hour', 'zebra at the dentist', now())`,
      [machineId],
    );
    await sql(
      `UPDATE machines SET specification = specification || '{"hostname": "zebra-pc"}', retired_at = now(),
         self_test = '{"checks": [{"detail": "/home/zebra is full"}]}' WHERE id = $1`,
      [machineId],
    );
    for (const table of [
      'terminals',
      'agent_log_lines',
      'request_digests',
      'gpu_samples',
      'calendar_feeds',
      'sessions',
    ])
      expect(await rowsOf(ada, table), table).toBeGreaterThan(0);

    await askDeletion(ada, { email: ada.email, givesUpMicros: 0n }, at('12:00'));
    expect(await deleteAccounts(later(7))).toBe(1);
    for (const [table, { fate }] of Object.entries(AFTER_LEAVING))
      if (fate === 'removed') expect(await rowsOf(ada, table), table).toBe(0);
    for (const name of await tables())
      expect(await sql(`SELECT 1 FROM "${name}" t WHERE row_to_json(t)::text ILIKE '%zebra%' LIMIT 1`), name).toEqual(
        [],
      );
  });
});
