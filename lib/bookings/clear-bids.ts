import { THE_MARKET } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import { breaksConstraint, db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { env } from '#lib/io/env.ts';
import { TRY_AGAIN_SECONDS, type Waits } from './bid.ts';
import { clearRound, type ModelPrice, type Round } from './bid-round.ts';
import { isHostEnding, isYielding } from './booking.ts';
import { type BidStart, commitStart, setPrice } from './commit-start.ts';
import { interruptBooking } from './interrupt-booking.ts';
import { lockBooking } from './lock-booking.ts';
import { bidMarket } from './queries/bid-market.ts';
import { startWork } from './queries/start-work.ts';

/** Where nobody bids, what getting in would cost is looked at this often only. */
const QUIET_SECONDS = 60;
let quietUntil = new Date(0);

/**
 * Sweep: clears the market of interruptible rentals: a snapshot, who gets what at which price, and then each decision looked
 * at again under lock and done. Bids that win start or go on, rentals that lost yield as far as somebody needs their GPUs or their bid was lowered below what they pay,
 * prices of those that run move, and what each model came to is kept. Answers how many bids or prices moved.
 */
export async function clearBids(world: World = theWorld): Promise<number> {
  const now = world.now();
  if ((await db.bid.count({ where: { state: 'open' } })) > 0) quietUntil = now;
  else if (now < quietUntil) return 0;
  else quietUntil = addSeconds(now, QUIET_SECONDS);
  const market = await bidMarket(now);
  const round = clearRound(market.offers, market.bids);
  let moved = await keepPrices(round.models, now);
  const losers = new Set(round.losers);
  for (const start of round.starts) if (await begin(start, losers, now)) moved += 1;
  moved += await eachRow('clearBids: prices', await pricesThatMoved(round), ({ id, microsPerGpuHour }) =>
    inTransaction('price of interruptible', (tx) => movePrice(tx, id, microsPerGpuHour, now)),
  );
  moved += await eachRow('clearBids: bids below the price', await belowTheirPrice(round.losers), ({ id }) =>
    inTransaction('yield by own bid', (tx) => yieldByOwnBid(tx, id, now)),
  );
  await keepWaits(new Map([...round.waits, ...market.unable]), now);
  return moved;
}

/** What of those that run pays another price than before: few, however many run. */
async function pricesThatMoved(round: Round): Promise<{ id: string; microsPerGpuHour: bigint }[]> {
  const ids = round.goesOn.map(({ bookingId }) => bookingId);
  const last = await db.$queryRaw<{ id: string; micros: bigint }[]>`
    SELECT DISTINCT ON (booking_id) booking_id AS id, micros_per_gpu_hour AS micros
    FROM bid_prices WHERE booking_id = ANY(${ids}::text[]) ORDER BY booking_id, since DESC`;
  const known = new Map(last.map(({ id, micros }) => [id, micros]));
  return round.goesOn
    .filter(({ bookingId, microsPerGpuHour }) => known.get(bookingId) !== microsPerGpuHour)
    .map(({ bookingId: id, microsPerGpuHour }) => ({ id, microsPerGpuHour }));
}

async function movePrice(tx: Tx, id: string, microsPerGpuHour: bigint, now: Date): Promise<boolean> {
  if (!(await setPrice(tx, id, microsPerGpuHour, now))) return false;
  const { renterId } = await tx.booking.findUniqueOrThrow({ where: { id }, select: { renterId: true } });
  await tellListeners(tx, { booking: id, user: renterId });
  return true;
}

/** Of those that lost, whoever was lowered below what its rental pays: nobody pays more than the own bid, whoever else wants the GPUs. */
function belowTheirPrice(bookingIds: readonly string[]): Promise<{ id: string }[]> {
  return db.$queryRaw<{ id: string }[]>`
    SELECT d.booking_id AS id FROM bids d CROSS JOIN LATERAL (
      SELECT micros_per_gpu_hour FROM bid_prices p WHERE p.booking_id = d.booking_id ORDER BY since DESC LIMIT 1
    ) pays
    WHERE d.booking_id = ANY(${[...bookingIds]}::text[]) AND d.state = 'open' AND d.micros_per_gpu_hour < pays.micros_per_gpu_hour
    ORDER BY d.booking_id`;
}

async function yieldByOwnBid(tx: Tx, id: string, now: Date): Promise<boolean> {
  const booking = await lockBooking(tx, { id });
  await tx.$queryRaw`SELECT 1 FROM bids WHERE booking_id = ${id} FOR NO KEY UPDATE`;
  const bid = await tx.bid.findFirst({ where: { bookingId: id, state: 'open' }, select: { microsPerGpuHour: true } });
  const pays = await tx.bidPrice.findFirst({ where: { bookingId: id }, orderBy: { since: 'desc' } });
  if (bid === null || pays === null || bid.microsPerGpuHour >= pays.microsPerGpuHour) return false;
  if (booking.desired !== 'running' || isYielding(booking) || isHostEnding(booking)) return false;
  const endsAt = addSeconds(now, env().interruptionNoticeSeconds);
  await interruptBooking(tx, THE_MARKET, booking, { endsAt, yieldsFor: 'ownBid' }, now);
  return true;
}

/** One transaction a bid: what one cannot pay does not stop the others. */
async function begin(start: BidStart, losers: ReadonlySet<string>, now: Date): Promise<boolean> {
  const work = await startWork(start.bidId, start.listingId, now);
  if (work === null) return refuse(start, 'variablesLost', null, now);
  try {
    return await inTransaction('start for bid', (tx) => commitStart(tx, start, work, losers, now));
  } catch (error) {
    // Somebody booked meanwhile, or another worker was here first: the next clearing sees it.
    if (breaksConstraint(error, 'allocations_no_overlap') || breaksConstraint(error, 'idempotency_key')) return false;
    if (!(error instanceof Refusal)) throw error;
    const why: Waits =
      error.reason === 'insufficientFunds' ? 'noMoney' : error.reason === 'keyNeeded' ? 'noKey' : 'refused';
    return refuse(start, why, error.sentence, now);
  }
}

async function refuse({ bidId: id }: BidStart, waits: Waits, waitsDetail: string | null, now: Date): Promise<false> {
  const notBefore = addSeconds(now, TRY_AGAIN_SECONDS);
  await db.bid.updateMany({ where: { id, state: 'open' }, data: { waits, waitsDetail, notBefore } });
  return false;
}

/** What a model came to is written when it is another than before. */
async function keepPrices(models: readonly ModelPrice[], now: Date): Promise<number> {
  return inTransaction('keep clearing prices', async (tx) => {
    const last = await tx.$queryRaw<Kept[]>`
      SELECT DISTINCT ON (model) model, at, micros_per_gpu_hour AS "microsPerGpuHour", entry_micros AS "entryMicros",
        offered_gpus AS "offeredGpus", rented_gpus AS "rentedGpus", waiting_gpus AS "waitingGpus"
      FROM clearing_prices ORDER BY model, at DESC`;
    const known = new Map(last.map((row) => [row.model, row]));
    const gone = last
      .filter(({ model, offeredGpus }) => offeredGpus > 0 && !models.some((each) => each.model === model))
      .map(({ model, entryMicros }) => nothingOffered(model, entryMicros.length));
    const news = [...models, ...gone].filter((each) => {
      const before = known.get(each.model);
      return before === undefined || (before.at < now && textOf(before) !== textOf(each));
    });
    if (news.length > 0)
      await tx.clearingPrice.createMany({
        data: news.map((each) => ({ ...each, entryMicros: [...each.entryMicros], at: now })),
        skipDuplicates: true,
      });
    return news.length;
  });
}

type Kept = ModelPrice & { readonly at: Date };

function nothingOffered(model: string, sizes: number): ModelPrice {
  const entryMicros = new Array<bigint>(sizes).fill(-1n);
  return { model, microsPerGpuHour: null, entryMicros, offeredGpus: 0, rentedGpus: 0, waitingGpus: 0 };
}

function textOf(price: ModelPrice): string {
  const { microsPerGpuHour, entryMicros, offeredGpus, rentedGpus, waitingGpus } = price;
  return [microsPerGpuHour, ...entryMicros, offeredGpus, rentedGpus, waitingGpus].join(' ');
}

/** Why each bid waits, for its page. What was refused keeps its own reason until it takes part again. */
async function keepWaits(waits: ReadonlyMap<string, Waits>, now: Date): Promise<void> {
  if (waits.size === 0) return;
  await inTransaction('why bids wait', async (tx) => {
    const moved = await tx.$queryRaw<{ renterId: string }[]>`
      UPDATE bids b SET waits = w.why, waits_detail = NULL
      FROM unnest(${[...waits.keys()]}::text[], ${[...waits.values()]}::text[]) AS w(id, why)
      WHERE b.id = w.id AND b.state = 'open' AND b.waits IS DISTINCT FROM w.why
        AND (b.not_before IS NULL OR b.not_before <= ${now}::timestamptz)
      RETURNING b.renter_id AS "renterId"`;
    for (const user of new Set(moved.map(({ renterId }) => renterId))) await tellListeners(tx, { user });
  });
}
