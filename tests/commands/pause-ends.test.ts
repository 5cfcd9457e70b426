import '#tests/support/database.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '#lib/base/time.ts';
import { setBlock } from '#lib/bookings/set-block.ts';
import { suspendListing } from '#lib/catalogue/decide-listing.ts';
import { endPauses } from '#lib/catalogue/end-pauses.ts';
import { pauseListing } from '#lib/catalogue/pause-listing.ts';
import { resumeListing } from '#lib/catalogue/resume-listing.ts';
import { withdrawListing } from '#lib/catalogue/withdraw-listing.ts';
import { db } from '#lib/io/db.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { setNoticeChoices } from '#lib/notices/set-notice-choices.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';
import { NOW } from '#tests/support/stalls.ts';

let market: RentalMarket;
let mailsBefore: number;
beforeEach(async () => {
  market = await rentalMarket();
  await deliverNotices(market.clock.world);
  mailsBefore = (await mails()).length;
});

const inHours = (hours: number) => new Date(NOW.getTime() + hours * HOUR);
const pause = (hours: number) =>
  pauseListing(market.host, { machineId: market.machineId, until: inHours(hours) }, market.clock.world);
const moveTo = (hours: number) =>
  market.clock.pass(hours * 3_600 - (market.clock.now().getTime() - NOW.getTime()) / 1_000);
async function mails() {
  const { email } = await db.user.findUniqueOrThrow({ where: { id: market.host.userId }, select: { email: true } });
  return sql<{ subject: string; text: string }>('SELECT subject, text FROM mails WHERE to_address = $1', [email]);
}
/** What the host is told when the sweep looks, and by how many mails. */
async function told() {
  await endPauses(market.clock.world);
  await deliverNotices(market.clock.world);
  const { rows } = await noticesOfViewer(market.host);
  const said = rows.filter(({ title }) => /pause|offered/.test(title)).map(({ title, body }) => `${title}. ${body}`);
  return { said, mailed: (await mails()).length - mailsBefore };
}

describe('the end of a pause', () => {
  it('is told to the host once, by mail too, and offered time is counted from then', async () => {
    await pause(2);
    moveTo(1.9);
    expect(await told()).toEqual({ said: [], mailed: 0 });
    moveTo(2);
    await market.beat();
    const [first, second] = [await told(), await told()];
    expect(first.said).toEqual([expect.stringContaining('is offered again. Its pause is over')]);
    expect(first.mailed).toBe(1);
    expect(second).toEqual(first);
    expect(await db.offer.count({ where: { machineId: market.machineId, endsAt: null } })).toBe(1);
  });

  it('says why a machine is not offered although its pause is over: by itself, by staff, or by its calendar', async () => {
    await pause(2);
    moveTo(2);
    const [silent] = (await told()).said;
    expect(silent).toContain('is over, but it is not offered. This machine is offline');
    await market.beat();

    await pause(4);
    const reason = 'The photo shows another card.';
    const listingId = market.listingId;
    await suspendListing(await person({ role: 'admin' }), { listingId, reason }, market.clock.world);
    moveTo(4);
    expect((await told()).said[0]).toContain('Staff have suspended this listing.');
    await sql('UPDATE listings SET suspended_at = NULL, suspended_reason = NULL WHERE id = $1', [listingId]);

    await pause(6);
    const block = { startsAt: inHours(5), endsAt: inHours(9), note: '' };
    await setBlock(market.host, { machineId: market.machineId, kind: 'block', ...block }, market.clock.world);
    moveTo(6);
    await market.beat();
    expect((await told()).said[0]).toContain(
      'its calendar is closed. By its calendar it is closed now, and rented again from',
    );
    expect(await db.offer.count({ where: { machineId: market.machineId, endsAt: null } })).toBe(0);
  });

  it('is nothing to tell whoever ended it by hand, paused again, or withdrew the machine meanwhile', async () => {
    await pause(2);
    moveTo(1);
    await resumeListing(market.host, { machineId: market.machineId }, market.clock.world);
    moveTo(2);
    expect((await told()).said).toEqual([]);
    await pause(3);
    moveTo(3);
    await pause(5);
    expect((await told()).said).toEqual([]);
    await withdrawListing(market.host, { machineId: market.machineId }, market.clock.world);
    moveTo(5);
    expect((await told()).said).toEqual([]);
    expect(await db.calendarBlock.count({ where: { machineId: market.machineId, endToldAt: null } })).toBe(0);
  });

  it('comes by no mail to whoever chose so', async () => {
    await setNoticeChoices(market.host, { listing: { inApp: true, mail: false } }, market.clock.world);
    await pause(2);
    moveTo(2);
    const { said, mailed } = await told();
    expect([said.length, mailed]).toEqual([1, 0]);
  });
});
