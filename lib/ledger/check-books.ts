import { requireAdmin } from '#lib/auth/permission.ts';
import { type Actor, type AnyActor, THE_MARKET } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { booksProblems } from './queries.ts';

/** One at a time, over all workers and admins: "book" in ASCII. */
const ONE_AT_A_TIME = 1_651_470_187;
const MOST_SENTENCES = 100;
/** What is kept of earlier checks: about a month of them, one an hour. */
const CHECKS_KEPT = 750n;
/** It reads every transfer there is: minutes, where there are very many. */
const MOST_MILLISECONDS = 10 * 60_000;

/**
 * Sweep: checks all the books in one snapshot and stores what it found. Admins are told when they stop adding up, and when
 * they do again. Answers how many things are wrong.
 */
export async function checkBooks(world: World = theWorld): Promise<number> {
  return (await check(THE_MARKET, world)) ?? 0;
}

/** The same, now, because an admin asks. Refuses with `forbidden`, or `notNow` while another check runs. */
export async function checkBooksNow(actor: Actor, world: World = theWorld): Promise<{ readonly wrong: number }> {
  requireAdmin(actor);
  const wrong = await check(actor, world);
  if (wrong === null) throw new Refusal('notNow', {}, 'The books are being checked already. Look again in a moment.');
  return { wrong };
}

async function check(actor: AnyActor, world: World): Promise<number | null> {
  // One snapshot: what is paid meanwhile must not look like a difference.
  return inTransaction('check books', (tx) => checkIn(tx, actor, world.now()), {
    isolation: 'RepeatableRead',
    timeoutMs: MOST_MILLISECONDS,
  });
}

async function checkIn(tx: Tx, actor: AnyActor, now: Date): Promise<number | null> {
  const [turn] = await tx.$queryRaw<{ mine: boolean }[]>`SELECT pg_try_advisory_xact_lock(${ONE_AT_A_TIME}) AS mine`;
  if (turn?.mine !== true) return null;
  const began = performance.now();
  const before = await tx.booksCheck.findFirst({ orderBy: { id: 'desc' }, select: { wrong: true } });
  const problems = await booksProblems(tx);
  const [counted] = await tx.$queryRaw<{ transfers: bigint; sum: bigint }[]>`
    SELECT (SELECT count(*) FROM transfers) AS transfers, coalesce(sum(balance_micros), 0)::bigint AS sum FROM accounts`;
  const { id } = await tx.booksCheck.create({
    data: {
      checkedAt: now,
      transfers: counted?.transfers ?? 0n,
      sumMicros: counted?.sum ?? 0n,
      wrong: problems.length,
      problems: problems.slice(0, MOST_SENTENCES),
      tookMilliseconds: Math.round(performance.now() - began),
    },
    select: { id: true },
  });
  await tx.booksCheck.deleteMany({ where: { id: { lte: id - CHECKS_KEPT } } });
  const was = before?.wrong ?? 0;
  if ((was === 0) !== (problems.length === 0)) {
    const kind = problems.length === 0 ? 'books.right' : 'books.wrong';
    await recordEvent(tx, actor, { kind, data: { problems: problems.length, first: problems[0] ?? null } }, now);
  }
  return problems.length;
}
