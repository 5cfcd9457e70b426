import '#tests/support/database.ts';
import { describe, expect, it } from 'vitest';
import { confirmationLetter } from '#lib/auth/letter.ts';
import { queueMail } from '#lib/auth/queue-mail.ts';
import { theWorld } from '#lib/base/time.ts';
import { beatWorker } from '#lib/events/beat-worker.ts';
import { noteSweep } from '#lib/events/note-sweep.ts';
import { inTransaction } from '#lib/io/db.ts';
import { checkBooks } from '#lib/ledger/check-books.ts';
import { healthOf } from '#lib/trust/health.ts';
import { healthFacts } from '#lib/trust/queries/health.ts';
import { refusal } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { rentalMarket } from '#tests/support/rental.ts';

const run = { name: 'send-mail', everySeconds: 2, tookMilliseconds: 3, rows: 0 };

describe('the health of the market', () => {
  it('is read from the database as it is: worker, sweeps, agents, mail, books', async () => {
    const admin = await person({ role: 'admin' });
    const market = await rentalMarket();
    const now = market.clock.now();
    const empty = await healthFacts(admin, now);
    expect(empty).toMatchObject({ workerAt: null, queue: { due: 0, lagSeconds: 0 }, sweeps: [], books: null });
    expect(empty.database.bytes).toBeGreaterThan(1_000_000n);
    expect(empty.database.pool.most).toBeGreaterThan(0);

    await beatWorker(market.clock.world);
    await checkBooks(market.clock.world);
    await market.beat();
    const letter = confirmationLetter({ email: 'a@example.org', name: 'Ada' }, 'http://127.0.0.1', 'x');
    await inTransaction('test: mail', (tx) => queueMail(tx, letter, now));
    for (const error of ['first', 'second', null, 'third'] as const) await noteSweep({ ...run, beganAt: now, error });
    const facts = await healthFacts(admin, now);
    expect(facts).toMatchObject({
      workerAt: now,
      agents: { published: 1, connected: 1 },
      mail: { waiting: 1, since: now, givenUp: 0 },
      books: { wrong: 0 },
      sweeps: [{ name: 'send-mail', failures: 1, lastError: 'third' }],
    });
    const later = new Date(now.getTime() + 120_000);
    const tones = new Map(healthOf(await healthFacts(admin, later), later).map(({ name, tone }) => [name, tone]));
    expect([tones.get('Worker'), tones.get('Agents'), tones.get('Books')]).toEqual(['red', 'red', 'green']);
  });

  it('counts what waits in the worker’s own queue', async () => {
    const admin = await person({ role: 'admin' });
    const now = theWorld.now();
    const dueFor = (name: string, seconds: number) =>
      sql('SELECT graphile_worker.add_job($1, run_at := $2)', [name, new Date(now.getTime() - seconds * 1_000)]);
    await dueFor('send-mail', 40);
    await dueFor('clear-bids', 10);
    await dueFor('check-books', -60);
    expect((await healthFacts(admin, now)).queue).toEqual({ due: 2, lagSeconds: 40 });
  });

  it('is for admins alone', async () => {
    expect((await refusal(healthFacts(await person(), theWorld.now()))).reason).toBe('forbidden');
  });
});
