import { THE_MARKET } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { DAY, theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { type DifferenceKind, OWN_MOVEMENTS } from './reconciliation.ts';

type Difference = { subject: string; books: bigint; theirs: bigint; here: boolean; there: boolean };

/**
 * Holds the provider's movements against our clearing account, cause by cause, as far as nothing moved after `cutOffAt`:
 * new differences are listed and told, those that are gone are closed, explained ones stay explained while they are the
 * same. It moves no money: books are corrected by transfers, which somebody makes. Answers how many differ.
 */
export async function compareBooks(provider: string, cutOffAt: Date, world: World = theWorld): Promise<number> {
  return inTransaction('compare books', (tx) => compare(tx, provider, cutOffAt, world.now()));
}

async function compare(tx: Tx, provider: string, cutOffAt: Date, now: Date): Promise<number> {
  await nameCauses(tx, provider, now);
  const found = await differences(tx, provider, cutOffAt);
  const open = await tx.bookDifference.findMany({ where: { provider, goneAt: null } });
  const same = (one: Difference) =>
    open.find(
      (row) => row.subject === one.subject && row.booksMicros === one.books && row.providerMicros === one.theirs,
    );
  const kept = new Set(found.flatMap((one) => same(one)?.id ?? []));
  const fresh = found.filter((one) => same(one) === undefined);
  await tx.bookDifference.updateMany({ where: { id: { in: [...kept] } }, data: { seenAt: now } });
  const gone = open.filter((row) => !kept.has(row.id)).map((row) => row.id);
  await tx.bookDifference.updateMany({ where: { id: { in: gone } }, data: { goneAt: now } });
  await tx.bookDifference.createMany({
    data: fresh.map((one) => ({
      id: newId('bookDifference', now),
      provider,
      kind: kindOf(one),
      subject: one.subject,
      booksMicros: one.books,
      providerMicros: one.theirs,
      foundAt: now,
      seenAt: now,
    })),
  });
  const [counted] = await tx.$queryRaw<{ movements: number; causes: number }[]>`
    SELECT count(*)::int AS movements, count(DISTINCT cause_id)::int AS causes FROM provider_movements WHERE provider = ${provider}`;
  const { movements, causes } = counted ?? { movements: 0, causes: 0 };
  const run = { provider, cutOffAt, createdAt: now, movements, causes, differences: found.length };
  await tx.reconciliation.create({ data: { id: newId('reconciliation', now), ...run } });
  if (fresh.length > 0)
    await recordEvent(tx, THE_MARKET, { kind: 'reconciliation.differs', data: { differences: fresh.length } }, now);
  return found.length;
}

function kindOf(one: Difference): DifferenceKind {
  if (!one.here) return 'missingHere';
  return one.there ? 'otherAmount' : 'missingThere';
}

/** For so long a movement that seems to be a payment's may turn out to be of something that came of it. */
const RENAMED_DAYS = 90;

/**
 * Finds which row of ours each movement belongs to: what it is itself before the payment that it came of. A refund or a
 * chargeback names its payment, too, and we may hear of it later than the provider lists it: so what was taken for a payment
 * is looked at again. Who adds a kind of row that moves the clearing account adds its line here.
 */
async function nameCauses(tx: Tx, provider: string, now: Date): Promise<void> {
  const since = new Date(now.getTime() - RENAMED_DAYS * DAY);
  await tx.$executeRaw`
    UPDATE provider_movements m SET cause_id = found.cause FROM (
      SELECT DISTINCT ON (n.id) n.id, known.cause FROM provider_movements n
      CROSS JOIN LATERAL unnest(n.refs) WITH ORDINALITY AS named(ref, place)
      JOIN (
        SELECT transfer_id AS ref, id AS cause, 1 AS rank FROM payouts WHERE transfer_id IS NOT NULL
        UNION ALL SELECT id, id, 1 FROM payouts
        UNION ALL SELECT refund_id, id, 1 FROM card_refunds WHERE refund_id IS NOT NULL
        UNION ALL SELECT id, id, 1 FROM card_refunds
        UNION ALL SELECT dispute_id, id, 1 FROM chargebacks
        UNION ALL SELECT charge_id, id, 2 FROM top_ups WHERE charge_id IS NOT NULL
        UNION ALL SELECT payment_intent_id, id, 2 FROM top_ups WHERE payment_intent_id IS NOT NULL
        UNION ALL SELECT id, id, 2 FROM top_ups
      ) known ON known.ref = named.ref
      WHERE n.provider = ${provider} AND (n.cause_id IS NULL OR (n.at > ${since} AND n.cause_id LIKE 'top\\_%'))
      ORDER BY n.id, known.rank, named.place
    ) found WHERE found.id = m.id AND m.cause_id IS DISTINCT FROM found.cause`;
}

/** What a bank has taken lies in *disputed* until it decides: the provider has not had it since the first day. */
async function differences(tx: Tx, provider: string, cutOffAt: Date): Promise<Difference[]> {
  return tx.$queryRaw<Difference[]>`
    WITH legs AS (
      SELECT t.cause_id, t.id, -t.amount_micros AS micros, t.created_at FROM accounts c JOIN transfers t ON t.credit_account_id = c.id AND t.kind <> 'fee'
      WHERE c.kind = 'providerClearing' OR (c.kind = 'disputed' AND t.cause_id LIKE 'chb\\_%')
      UNION ALL
      SELECT t.cause_id, t.id, t.amount_micros, t.created_at FROM accounts c JOIN transfers t ON t.debit_account_id = c.id
      WHERE c.kind = 'providerClearing' OR (c.kind = 'disputed' AND t.cause_id LIKE 'chb\\_%')
    ), books AS (
      -- What staff booked for a difference belongs to what differed.
      SELECT coalesce(d.subject, cause_id, legs.id) AS subject, sum(micros)::bigint AS micros, max(created_at) AS last_at
      FROM legs LEFT JOIN book_differences d ON d.id = legs.cause_id
      WHERE cause_id IS NULL OR cause_id NOT IN (
        SELECT id FROM top_ups WHERE provider = 'sandbox' UNION ALL SELECT id FROM payouts WHERE provider = 'sandbox'
      ) GROUP BY 1
    ), theirs AS (
      SELECT coalesce(cause_id, id) AS subject, sum(net_micros)::bigint AS micros, max(at) AS last_at FROM provider_movements
      WHERE provider = ${provider} AND (cause_id IS NOT NULL OR kind <> ALL(${[...OWN_MOVEMENTS]})) GROUP BY 1
    )
    SELECT coalesce(b.subject, p.subject) AS subject, coalesce(b.micros, 0)::bigint AS books, coalesce(p.micros, 0)::bigint AS theirs,
      b.subject IS NOT NULL AS here, p.subject IS NOT NULL AS there
    FROM books b FULL JOIN theirs p ON p.subject = b.subject
    WHERE coalesce(b.micros, 0) <> coalesce(p.micros, 0)
      AND coalesce(b.last_at, p.last_at) <= ${cutOffAt} AND coalesce(p.last_at, b.last_at) <= ${cutOffAt}
    ORDER BY 1`;
}
