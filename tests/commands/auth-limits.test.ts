import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { RULES } from '#lib/auth/attempt.ts';
import { countAttempts } from '#lib/auth/count-attempts.ts';
import { createAccount } from '#lib/auth/create-account.ts';
import { requestPasswordReset } from '#lib/auth/request-password-reset.ts';
import { signIn } from '#lib/auth/sign-in.ts';
import { inTransaction } from '#lib/io/db.ts';
import { verifyPassword } from '#lib/io/password.ts';
import { at, refusal, visitor } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { PASSWORD, person } from '#tests/support/people.ts';

const guess = (email: string, address: string, time: string, password = 'a wrong guess') =>
  signIn(visitor(address), { email, password, kind: 'browser' }, at(time));

describe('somebody who guesses passwords', () => {
  it('of one account is stopped after ten, from however many addresses, and told how long', async () => {
    const ada = await person();
    for (let count = 0; count < RULES.signInByAccount.points; count += 1)
      expect((await refusal(guess(ada.email, `192.0.2.${count}`, '12:00'))).reason).toBe('wrongCredentials');
    const stopped = await refusal(guess(ada.email, '192.0.2.99', '12:05', PASSWORD));
    expect(stopped).toMatchObject({ status: 429, detail: { retryAfterSeconds: 600 } });
    expect(stopped.sentence).toBe('Too many attempts. Wait 10 minutes and try again.');
    expect(await guess(ada.email, '192.0.2.99', '12:15', PASSWORD)).toMatchObject({ userId: ada.userId });
  });

  it('of many accounts is stopped by the address, whose neighbours in the same IPv6 network count too', async () => {
    for (let count = 0; count < RULES.signInByAddress.points; count += 1)
      await refusal(guess(`nobody${count}@example.org`, `2001:db8::${count.toString(16)}`, '12:00'));
    const bob = await person();
    expect((await refusal(guess(bob.email, '2001:db8::ffff', '12:01', PASSWORD))).status).toBe(429);
    expect(await guess(bob.email, '2001:db8:0:1::1', '12:01', PASSWORD)).toMatchObject({ userId: bob.userId });
  });

  it('gains nothing by asking at the same time', async () => {
    const carl = await person();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, count) => refusal(guess(carl.email, `198.51.100.${count}`, '12:00'))),
    );
    const looked = answers.filter((answer) => answer.reason === 'wrongCredentials');
    expect(looked).toHaveLength(RULES.signInByAccount.points);
  });

  it('cannot tell an account that exists by the time that the answer takes', async () => {
    const dora = await person();
    const took = { known: [] as number[], unknown: [] as number[] };
    const emails = { known: dora.email, unknown: 'nobody-at-all@example.org' };
    // Processor time, by turns, the least of them: what else the machine does is in none of it.
    for (let count = 0; count < 5; count += 1) {
      for (const who of ['known', 'unknown'] as const) {
        const before = process.cpuUsage();
        await refusal(guess(emails[who], `203.0.113.${count}`, `1${count}:00`));
        const { user, system } = process.cpuUsage(before);
        took[who].push(user + system);
      }
    }
    const [known, unknown] = [Math.min(...took.known), Math.min(...took.unknown)];
    expect(unknown).toBeGreaterThan(known / 2);
    expect(unknown).toBeLessThan(known * 2);
    expect(await verifyPassword('anything', null)).toBe(false);
    expect(await verifyPassword('anything', 'not a hash')).toBe(false);
  });
});

describe('somebody who knows the password', () => {
  it('may sign in as often as they like', async () => {
    const eve = await person();
    for (let count = 0; count < 12; count += 1) await guess(eve.email, '192.0.2.200', '13:00', PASSWORD);
    const rows = await sql("SELECT points FROM rate_limits WHERE key = 'sign-in/account:' || $1", [eve.email]);
    expect(rows).toEqual([{ points: 0 }]);
  });
});

describe('somebody who floods', () => {
  it('the market with accounts is stopped by the address', async () => {
    const account = (count: number) => ({
      email: `flood${count}@example.org`,
      name: 'Flood',
      password: 'analytical engine',
      terms: 'on' as const,
    });
    await sql(`INSERT INTO rate_limits VALUES ('sign-up/address:192.0.2.77', $1, '2026-11-23T12:59:00Z')`, [
      RULES.signUpByAddress.points,
    ]);
    const stopped = await refusal(createAccount(visitor('192.0.2.77'), account(1), at('12:00')));
    expect(stopped).toMatchObject({ status: 429, detail: { retryAfterSeconds: 3_540 } });
    await createAccount(visitor('192.0.2.77'), account(2), at('12:59'));
  });

  it('a mailbox with reset letters is stopped after four, whether or not it has an account', async () => {
    const fay = await person();
    for (const email of [fay.email, 'stranger@example.org']) {
      for (let count = 0; count < 4; count += 1) await requestPasswordReset(visitor(), { email }, at('12:00'));
      expect((await refusal(requestPasswordReset(visitor(), { email }, at('12:00')))).status).toBe(429);
    }
    expect(await sql('SELECT 1 FROM mails WHERE to_address = $1', [fay.email])).toHaveLength(4);
  });
});

describe('the counts', () => {
  it('are shared by all processes', async () => {
    const program = `
      const { inTransaction, disconnect } = await import('#lib/io/db.ts');
      const { countAttempts } = await import('#lib/auth/count-attempts.ts');
      let passed = 0;
      for (let count = 0; count < 10; count += 1) {
        try {
          await inTransaction('count', (tx) => countAttempts(tx, [{ rule: { name: 'x', points: 15, seconds: 60 }, subject: 'y' }], new Date('2026-11-23T12:00:00Z')));
          passed += 1;
        } catch (error) { if (error.reason !== 'tooManyAttempts') throw error; }
      }
      console.log(passed);
      await disconnect();`;
    const run = promisify(execFile);
    const env = { ...process.env, LOG_LEVEL: 'silent', NODE_OPTIONS: '--no-warnings' };
    const both = await Promise.all(
      [1, 2].map(() => run(process.execPath, ['--input-type=module', '-e', program], { env })),
    );
    expect(both.reduce((sum, { stdout }) => sum + Number(stdout), 0)).toBe(15);
  });

  it('take nothing when one of several doors is shut', async () => {
    const open = { rule: { name: 'open', points: 5, seconds: 60 }, subject: 'a' };
    const shut = { rule: { name: 'shut', points: 0, seconds: 60 }, subject: 'a' };
    const now = at('12:00').now();
    await refusal(inTransaction('test', (tx) => countAttempts(tx, [open, shut], now)));
    expect(await sql("SELECT 1 FROM rate_limits WHERE key IN ('open:a', 'shut:a')")).toEqual([]);
  });
});
