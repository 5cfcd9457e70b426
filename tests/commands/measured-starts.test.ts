import '#tests/support/database.ts';
import { expect, it } from 'vitest';
import { db } from '#lib/io/db.ts';
import { rentalMarket } from '#tests/support/rental.ts';

it('measures how long the machine takes from a pulled image to a shell, the latest start weighing three tenths', async () => {
  const market = await rentalMarket();
  const hand = await market.book();
  const measured = async () => (await db.machine.findUniqueOrThrow({ where: { id: market.machineId } })).startMs;
  expect(await measured()).toBeNull();
  await hand.say('pulling');
  market.clock.pass(60);
  await hand.say('starting');
  market.clock.pass(4);
  await hand.say('connectable');
  expect(await measured()).toBe(4_000);
  const next = await market.book();
  await next.say('starting');
  market.clock.pass(14);
  await next.say('connectable');
  expect(await measured()).toBe(7_000);
  const negative = db.machine.update({ where: { id: market.machineId }, data: { startMs: -1 } });
  await expect(negative).rejects.toThrow(/machines_start_ms_is_a_time/);
});
