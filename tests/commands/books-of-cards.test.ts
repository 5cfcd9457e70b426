import '#tests/support/database.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { db } from '#lib/io/db.ts';
import { booksProblems } from '#lib/ledger/queries.ts';
import { beginCardRefund } from '#lib/payments/begin-card-refund.ts';
import { sendCardRefund } from '#lib/payments/send-card-refund.errand.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { cardMarket, newKey } from '#tests/support/card-market.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { DOLLAR } from '#tests/support/rental.ts';

const { clock, double, hear, pay } = await cardMarket();
afterEach(expectBooksBalance);

/** What the books say while a row says something else than what was moved. */
async function toldWhile(lie: string, truth: string, id: string): Promise<string> {
  await sql(lie, [id]);
  try {
    return (await booksProblems(db)).join(' ');
  } finally {
    await sql(truth, [id]);
  }
}

describe('the check of the books', () => {
  it('names a refund to a card whose money is not where its row says', async () => {
    const renter = await person();
    await pay(renter);
    const [id = ''] = await beginCardRefund(
      renter,
      { amountMicros: 5n * DOLLAR, idempotencyKey: newKey() },
      clock.world,
    );
    const back = `UPDATE card_refunds SET state = 'asked' WHERE id = $1`;
    for (const state of ['sent', 'failed'])
      expect(await toldWhile(`UPDATE card_refunds SET state = '${state}' WHERE id = $1`, back, id)).toContain(id);
    await sendCardRefund(id, clock.world);
    await hear();
    const { state } = await db.cardRefund.findUniqueOrThrow({ where: { id } });
    const lie = `UPDATE card_refunds SET state = 'asked' WHERE id = $1`;
    expect(await toldWhile(lie, `UPDATE card_refunds SET state = '${state}' WHERE id = $1`, id)).toContain(id);
  });

  it('names a chargeback of which another part is apart, lost or paid than its row says', async () => {
    const renter = await person();
    const { chargeId } = await pay(renter);
    double.act.chargeBack(chargeId);
    await hear();
    const { id } = await db.chargeback.findFirstOrThrow({ where: { userId: renter.userId } });
    for (const [lie, truth] of [
      [`amount_micros = amount_micros + 1`, `amount_micros = amount_micros - 1`],
      [`uncovered_micros = uncovered_micros + 1`, `uncovered_micros = uncovered_micros - 1`],
      [`fee_micros = fee_micros + 1`, `fee_micros = fee_micros - 1`],
      [`state = 'lost', closed_at = now()`, `state = 'open', closed_at = NULL`],
    ])
      expect(
        await toldWhile(
          `UPDATE chargebacks SET ${lie} WHERE id = $1`,
          `UPDATE chargebacks SET ${truth} WHERE id = $1`,
          id,
        ),
      ).toContain(id);
  });
});
