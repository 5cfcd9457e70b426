'use server';

import { type Answer, action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import type { FormState } from '#components/ui/form-state.ts';
import { addSshKey } from '#lib/auth/add-ssh-key.ts';
import { sshKeysOf } from '#lib/auth/queries.ts';
import type { Actor } from '#lib/base/actor.ts';
import { formatDollars, parseDollars } from '#lib/base/money.ts';
import { pack } from '#lib/base/pack.ts';
import { Refusal, type RefusalReason } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { bookListing } from '#lib/bookings/book-listing.ts';
import { type BookingForm, bookingForm, readBooking, recapOf } from '#lib/bookings/booking-typed.ts';
import { type Priced, priceFor, sizesWord } from '#lib/bookings/priced.ts';
import { bookedUnder } from '#lib/bookings/queries/booked-under.ts';
import { requestQuote } from '#lib/bookings/request-quote.ts';
import { readSizes, SIZE_FIELDS, type Sizes } from '#lib/bookings/sizes.ts';
import { nearestOffers } from '#lib/catalogue/queries/search.ts';
import { spendingLimitOf } from '#lib/ledger/queries/spending-limit.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { topUpWallet } from '#lib/payments/top-up-wallet.ts';
import type { BookState, Told } from './book-state.ts';

/** Filled while an answer is being found. */
type Telling = { -readonly [Key in keyof Told]: Told[Key] };

/** These mean that the machine cannot be had: others are shown. */
const LOST: ReadonlySet<RefusalReason> = new Set([
  'gpuTaken',
  'hostClosed',
  'listingGone',
  'machineNotReady',
  'renterBlocked',
  'ownMachine',
]);

const LACKS_MONEY: ReadonlySet<RefusalReason> = new Set(['insufficientFunds', 'spendingLimit']);

/** Books, shows what would be booked, adds money, or asks for the price, as the pressed button says; everything typed is kept. */
export async function book(before: FormState, form: FormData): Promise<BookState> {
  const told: Telling = {};
  const state = await action(bookingForm, (actor, input) => answer(actor, input, told))(before, form);
  // Environment too: whoever lost a race without scripts would type it all again.
  const typed = Object.keys(bookingForm.shape).map((name) => [name, form.get(name)]);
  const values = Object.fromEntries(typed.filter(([, value]) => typeof value === 'string'));
  return { ...state, values, told: pack(told) };
}

/** The price of what the form says now. */
export async function price(form: FormData): Promise<BookState> {
  form.set('intent', 'price');
  return book({}, form);
}

async function answer(actor: Actor, input: BookingForm, told: Telling): Promise<Answer> {
  if (input.intent === 'topUp') {
    const said = await addMoney(actor, input);
    const sizes = readSizes(input);
    if ('sizes' in sizes) told.priced = await quoteFor(actor, input.listingId, sizes.sizes);
    return said;
  }
  const read = readSizes(input);
  if (input.intent === 'price') {
    if ('problems' in read) throw new Refusal('badInput', read.problems);
    told.priced = await quoteFor(actor, input.listingId, read.sizes);
    return { refresh: false };
  }
  if (input.intent === 'recap') {
    await recap(actor, input, told);
    return { refresh: false };
  }
  try {
    return { redirectTo: `/bookings/${await bookAsTyped(actor, input, told)}` };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const earlier = error.reason === 'conflict' ? await bookedUnder(actor, input.idempotencyKey) : null;
    if (earlier !== null) return { redirectTo: `/bookings/${earlier}` };
    const gpuCount = 'sizes' in read ? read.sizes.gpuCount : 1;
    if (LOST.has(error.reason)) told.near = await nearestOffers(actor, input.listingId, gpuCount, theWorld.now());
    if (LACKS_MONEY.has(error.reason) && 'sizes' in read)
      told.priced = await quoteFor(actor, input.listingId, read.sizes);
    if (error.reason === 'keyNeeded') throw new Refusal('keyNeeded', { field: 'publicKey' });
    throw error;
  }
}

/**
 * All that can be wrong is said before the last step; what is right is shown once more, at a price that is kept, and with the
 * money for it. Where there is too little of it, the price says so.
 */
async function recap(actor: Actor, input: BookingForm, told: Telling): Promise<void> {
  const wish = readBooking(input);
  const newKey = input.publicKey.trim() !== '';
  if (!newKey && (await sshKeysOf(actor)).length === 0) throw new Refusal('keyNeeded', { field: 'publicKey' });
  told.priced = await quoteFor(actor, input.listingId, wish.sizes, { keepMoney: true }).catch((error: unknown) => {
    if (!(error instanceof Refusal) || !LACKS_MONEY.has(error.reason)) throw error;
    return quoteFor(actor, input.listingId, wish.sizes);
  });
  if (told.priced.heldMicros !== null) told.recap = recapOf(wish, newKey);
}

async function bookAsTyped(actor: Actor, input: BookingForm, told: Telling): Promise<string> {
  const { sizes, ...wish } = readBooking(input);
  if (input.publicKey.trim() !== '') await addKey(actor, input.publicKey);
  const quoteId = await quoteSeen(actor, input, sizes, told);
  const asked = { ...wish, quoteId, capMicros: sizes.capMicros, idempotencyKey: input.idempotencyKey };
  const booked = bookListing(actor, asked).catch(async (error: unknown) => {
    const over = error instanceof Refusal && (error.reason === 'quoteExpired' || error.reason === 'quoteUsed');
    if (!over) throw error;
    // The price that was kept is no longer: the same one is as good, another one must be looked at first.
    return bookListing(actor, { ...asked, quoteId: await newQuote(actor, input, sizes, told) });
  });
  const names = { ...SIZE_FIELDS, ...(input.image === 'other' ? { image: 'other' } : {}) };
  return (await atFields(names, booked)).bookingId;
}

async function addKey(actor: Actor, publicKey: string): Promise<void> {
  try {
    await addSshKey(actor, { publicKey });
  } catch (error) {
    // Added by an attempt before this one.
    if (!(error instanceof Refusal) || error.reason !== 'keyTaken') throw error;
  }
}

/** The quote that the page kept, if it is for these sizes; else a new one at the same prices. */
async function quoteSeen(actor: Actor, input: BookingForm, sizes: Sizes, told: Telling): Promise<string> {
  if (input.quoteId !== '' && input.quotedSizes === sizesWord(sizes)) return input.quoteId;
  return newQuote(actor, input, sizes, told);
}

async function newQuote(actor: Actor, input: BookingForm, sizes: Sizes, told: Telling): Promise<string> {
  const priced = await quoteFor(actor, input.listingId, sizes);
  if (priced.kept === null) throw new Error('a quote was asked for and not kept');
  if (priced.seen === input.seen) return priced.kept.id;
  told.priced = priced;
  throw new Refusal('priceChanged');
}

async function quoteFor(
  actor: Actor,
  listingId: string,
  sizes: Sizes,
  { keepMoney = false }: { keepMoney?: boolean } = {},
): Promise<Priced> {
  const { capMicros, ...size } = sizes;
  // A cap that is too small is said beside the price: it stands in the way of nothing but booking.
  const asked = requestQuote(actor, { listingId, ...size, ...(keepMoney && { capMicros, keepMoney }) }).catch(
    (error: unknown) => {
      // What stands in the way of a window is said where the window is typed.
      if (!(error instanceof Refusal)) throw error;
      const named = Object.keys(error.detail).length > 0;
      const ofWindow =
        error.reason === 'hostClosed' ||
        error.reason === 'gpuTaken' ||
        (error.reason === 'badInput' && !named && size.startsAt !== null);
      throw ofWindow ? new Refusal('badInput', { startsAt: error.sentence }) : error;
    },
  );
  const quote = await atFields(SIZE_FIELDS, asked);
  const { id, expiresAt, keptMicros } = quote;
  const [{ freeMicros }, spending] = await Promise.all([walletOf(actor), spendingLimitOf(actor, theWorld.now())]);
  return priceFor(quote, { capMicros, freeMicros, spending }, { id, expiresAt, keptMicros });
}

async function addMoney(actor: Actor, input: BookingForm): Promise<string> {
  const amountMicros = parseDollars(input.amount.replace(/^\s*\$/, ''));
  if (amountMicros === undefined)
    throw new Refusal('badInput', { field: 'amount' }, 'Write an amount in dollars, like 25 or 25.50.');
  const paid = topUpWallet(actor, { amountMicros, idempotencyKey: input.topUpKey });
  await atFields({ amountMicros: 'amount' }, paid);
  return `${formatDollars(amountMicros)} were added to your wallet.`;
}
