import { describe, expect, it } from 'vitest';
import { addSshKey } from '#lib/auth/add-ssh-key.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { requestPasswordReset } from '#lib/auth/request-password-reset.ts';
import { addSeconds } from '#lib/base/time.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noteExport } from '#lib/trust/note-export.ts';
import { NOT_EXPORTED, OWN_DATA } from '#lib/trust/own-data.ts';
import { ownData } from '#lib/trust/queries/own-data.ts';
import { at, refusal, visitor } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { rentalMarket } from '#tests/support/rental.ts';
import { withTwoStep } from '#tests/support/two-step.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHCHLKOpSbRLmNf9PXy1kTn6GKSnzMjQ0Tgz1tP0sWqD';

type Export = { userId: string; parts: Record<string, Record<string, unknown>[]> };

async function exportOf(who: { userId: string }): Promise<Export & { text: string }> {
  let text = '';
  const actor = { ...who, sessionId: '', role: 'member', suspended: false } as const;
  for await (const piece of ownData(actor, at('12:00').now())) text += piece;
  return { ...(JSON.parse(text) as Export), text };
}

/** Columns by which a row belongs to somebody, as they are called anywhere in this database. */
const PERSON =
  /^(user|renter|host|owner|actor|author|subject|reporter|about|admin)_id$|_by(_id)?$|^to_address$|^email$/;

describe('the list of what is kept about people', () => {
  it('names every table that points to a person, or says why it does not', async () => {
    const columns = await sql<{ table_name: string; column_name: string }>(
      "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'",
    );
    const keys = await sql<{ table_name: string }>(
      "SELECT DISTINCT conrelid::regclass::text AS table_name FROM pg_constraint WHERE contype = 'f' AND confrelid = 'users'::regclass",
    );
    const personal = new Set([
      ...columns.filter(({ column_name }) => PERSON.test(column_name)).map(({ table_name }) => table_name),
      ...keys.map(({ table_name }) => table_name),
    ]);
    expect(personal.size).toBeGreaterThan(30);
    const named = new Set([...OWN_DATA.map(({ table }) => table), ...Object.keys(NOT_EXPORTED)]);
    expect([...personal].filter((table) => !named.has(table)).sort(), 'say in lib/trust/own-data.ts').toEqual([]);
  });

  it('names every table that hangs on a rental, a machine, a bill, a job or a dispute', async () => {
    const hanging = await sql<{ child: string }>(`
      SELECT DISTINCT conrelid::regclass::text AS child FROM pg_constraint
      WHERE contype = 'f' AND confrelid::regclass::text IN ('bookings', 'machines', 'leases', 'jobs', 'job_arrays', 'disputes', 'listings', 'standing_requests')`);
    // Work of the market itself about them: no fact about a person that does not stand elsewhere.
    const ours = new Set([
      'agent_challenges',
      'gateway_ports',
      'log_waiting',
      'log_entries',
      'log_witnesses',
      'terminal_locks',
    ]);
    const named = new Set([...OWN_DATA.map(({ table }) => table), ...Object.keys(NOT_EXPORTED), ...ours]);
    expect(
      hanging
        .map(({ child }) => child)
        .filter((child) => !named.has(child))
        .sort(),
    ).toEqual([]);
  });

  it('lets no column out that is called like a secret, unless it is public by its nature', async () => {
    const columns = await sql<{ table_name: string; column_name: string }>(
      "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'",
    );
    const open = new Set([
      'key_invalid',
      'ssh_keys.public_key',
      'terminals.public_key',
      'terminals.key_until',
      'terminals.key_gone_at',
      'client_keys.key',
      'bookings.client_keys',
      'bookings.host_key',
      'machines.signing_key',
      'machines.sealing_key',
      'countersignatures.key',
      'statements.hash',
      'leases.statement_hash',
      'dispute_evidence.hash',
    ]);
    const leaks = OWN_DATA.flatMap((part) =>
      columns
        .filter(({ table_name }) => table_name === part.table)
        .map(({ column_name }) => column_name)
        .filter((name) => part.only?.includes(name) ?? part.without?.[name] === undefined)
        .filter((name) =>
          /hash|secret|password|sealed|encrypted|token|(^|_)keys?($|_)|checkout_url|payment_method/.test(name),
        )
        .filter((name) => name !== 'idempotency_key' && !open.has(`${part.table}.${name}`))
        .map((name) => `${part.name}: ${name}`),
    );
    expect(leaks).toEqual([]);
  });

  it('is right about the columns that it names', async () => {
    const columns = await sql<{ name: string }>(
      "SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'public'",
    );
    const known = new Set(columns.map(({ name }) => name));
    const tables = new Set([...known].map((name) => name.split('.')[0]));
    const wrong = OWN_DATA.filter(({ table }) => tables.has(table)).flatMap((part) =>
      [...(part.only ?? []), ...Object.keys(part.without ?? {}), ...Object.keys(part.shown ?? {})]
        .map((column) => `${part.table}.${column}`)
        .filter((name) => !known.has(name)),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the export of somebody who rented and of whom it was rented', () => {
  it('has every row that is theirs, nothing of the other’s, and no secret', async () => {
    const market = await rentalMarket();
    const rental = await market.book();
    await rental.connect();
    await rental.run(120);
    const { renter, host } = market;
    const [stranger, now] = [await person({ name: 'Stranger' }), market.clock.now()];
    const world = { now: () => addSeconds(now, 1) };
    const proven = { ...renter, provenAt: new Date('2036-01-01') };
    const { codes } = await withTwoStep(proven, world);
    const { token } = await createApiToken(proven, { label: 'mine', days: 1 }, world);
    await addSshKey(renter, { publicKey: KEY, name: 'a laptop' }, world);
    const [{ email } = { email: '' }] = await sql<{ email: string }>('SELECT email FROM users WHERE id = $1', [
      renter.userId,
    ]);
    await requestPasswordReset(visitor(), { email }, world);
    await deliverNotices(world);
    const [link] = await sql<{ text: string }>(
      "SELECT text FROM mails WHERE text LIKE '%token=%' AND to_address = $1",
      [email],
    );

    const mine = await exportOf(renter);
    expect(mine.userId).toBe(renter.userId);
    for (const part of [
      'account',
      'sessions',
      'sshKeys',
      'rentals',
      'bills',
      'statements',
      'transfers',
      'notices',
      'mails',
      'recoveryCodes',
      'eventsAboutYou',
      'allocations',
    ])
      expect(mine.parts[part]?.length, part).toBeGreaterThan(0);
    for (const part of OWN_DATA) {
      if (mine.parts[part.name] === undefined) continue;
      const [count] = await sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${part.table} t WHERE ${part.mine}`, [
        renter.userId,
      ]);
      expect(mine.parts[part.name]?.length, part.name).toBe(count?.n);
    }
    const [hidden] = await sql<{ password_hash: string }>('SELECT password_hash FROM users WHERE id = $1', [
      renter.userId,
    ]);
    const secrets = [token, hidden?.password_hash ?? '', ...codes, ...codes.map((code) => code.replaceAll('-', ''))];
    const mailed = /token=([0-9a-z]+)/.exec(link?.text ?? '')?.[1] ?? '';
    expect(mailed.length).toBeGreaterThan(20);
    for (const secret of [...secrets, mailed]) expect(mine.text).not.toContain(secret);
    const hashes = await sql<{ h: string }>(
      'SELECT token_hash AS h FROM sessions WHERE token_hash IS NOT NULL UNION SELECT code_hash FROM recovery_codes UNION SELECT secret FROM two_steps',
    );
    expect(hashes.length).toBeGreaterThan(10);
    for (const { h } of hashes) expect(mine.text).not.toContain(h);

    const [theirs] = await sql<{ email: string; name: string }>('SELECT email, name FROM users WHERE id = $1', [
      host.userId,
    ]);
    expect(mine.text).not.toContain(theirs?.email);
    const hosts = await exportOf(host);
    expect(hosts.parts.rentalsOnYourMachines).toHaveLength(1);
    for (const kept of [email, 'a laptop', KEY.split(' ')[1] ?? '']) expect(hosts.text).not.toContain(kept);
    const none = await exportOf(stranger);
    for (const other of [renter.userId, host.userId]) expect(none.text).not.toContain(other);
    expect(none.parts.rentals).toEqual([]);
  });

  it('goes on over many pages without losing or repeating a row', async () => {
    const ada = await person();
    await sql(
      `INSERT INTO notices (id, user_id, kind, title, body, created_at)
       SELECT 'ntc_' || lpad(n::text, 26, '0'), $1, 'account.restored', 'n', 'n', now() FROM generate_series(1, 1501) n`,
      [ada.userId],
    );
    const { notices = [] } = (await exportOf(ada)).parts;
    expect(new Set(notices.map((notice) => notice.id)).size).toBe(1_501);
    expect(notices).toHaveLength(1_501);
  });

  it('is taken by somebody who proved that it is they, some times an hour, and they hear of it', async () => {
    const ada = await person();
    const stale = { ...ada, provenAt: at('11:00').now() };
    expect(await refusal(noteExport(stale, at('12:00')))).toMatchObject({ reason: 'proofNeeded' });
    for (let count = 0; count < 6; count += 1) await noteExport(ada, at('12:00'));
    expect(await refusal(noteExport(ada, at('12:01')))).toMatchObject({ reason: 'tooManyAttempts' });
    await deliverNotices(at('12:02'));
    const mails = await sql("SELECT 1 FROM mails WHERE to_address = $1 AND subject LIKE 'A copy of your data%'", [
      ada.email,
    ]);
    expect(mails).toHaveLength(6);
  });
});
