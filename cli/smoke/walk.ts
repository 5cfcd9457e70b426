import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { Client } from '../client.ts';
import { Market, MarketError } from '../market.ts';
import * as answers from './answers.ts';
import { verifiedInvoice } from './invoice.ts';
import { forgetIdentity, makeIdentity, runBySsh } from './ssh.ts';

export type SmokeOptions = {
  readonly url: string;
  readonly email: string;
  readonly password: string;
  readonly image: string;
  /** How long the shell is used before the booking ends, so that there is something to bill. */
  readonly useSeconds: number;
  readonly timeoutSeconds: number;
};

export type SmokeResult = {
  readonly ok: true;
  readonly secondsToShell: number;
  readonly billedSeconds: number;
  readonly chargedMicros: string;
  readonly hostCreditedMicros: string;
  readonly feeMicros: string;
  /** Where the bill lies that was downloaded, and that it was recomputed and found right. */
  readonly invoice: string;
  readonly invoiceVerified: true;
  /** Up to which statement this client agreed; null for none. */
  readonly countersigned: number | null;
};

type Booking = z.infer<typeof answers.booking>;

/**
 * Walks the whole loop as an API client: sign in, add a key, quote, book, wait for the shell, use it over stock ssh, end, read
 * the bill, countersign what the machine stated, download the bill as a file and verify it. Throws {@link MarketError} with a sentence when a step is refused or takes too long.
 */
export async function walkTheLoop(options: SmokeOptions): Promise<SmokeResult> {
  const market = new Market(options.url);
  const { localMachine } = await market.ask('/api/ready', answers.ready);
  if (localMachine === null || localMachine.listingId === null || !localMachine.bookable) {
    throw new MarketError(
      'notBookable',
      localMachine?.reason ??
        'This market runs no machine of its own, so there is nothing to try. Start it with "npm start".',
    );
  }
  const { token } = await market.ask('/api/v1/sessions', answers.signedIn, {
    method: 'POST',
    body: { email: options.email, password: options.password, label: 'smoke' },
  });
  market.authorize(token);
  const identity = await makeIdentity();
  const key = await market.ask('/api/v1/ssh-keys', answers.keyAdded, {
    method: 'POST',
    body: { publicKey: identity.publicKey, name: 'smoke' },
  });
  const client = await Client.register(market, 'smoke');
  let bookingId: string | undefined;
  try {
    const quote = await market.ask('/api/v1/quotes', answers.quote, {
      method: 'POST',
      body: { listingId: localMachine.listingId, gpuCount: 1, diskBytes: String(2 ** 30), durationSeconds: 3600 },
    });
    const asked = performance.now();
    const booked = await market.ask('/api/v1/bookings', answers.booking, {
      method: 'POST',
      body: { quoteId: quote.id, image: options.image, name: 'smoke' },
      idempotencyKey: randomUUID(),
    });
    bookingId = booked.id;
    await client.look(booked.id);
    const connectable = await waitFor(
      market,
      booked.id,
      options.timeoutSeconds,
      (seen) => seen.observed === 'connectable' && seen.connect !== null,
    );
    if (connectable.connect === null)
      throw new MarketError('noAddress', 'The booking is connectable but names no address.');
    const word = randomUUID();
    const said = await runBySsh(identity, connectable.connect, `echo ${word}`);
    if (!said.includes(word)) throw new MarketError('shellSilent', 'The shell answered, but not what it was asked.');
    const secondsToShell = Math.round(performance.now() - asked) / 1000;
    await runBySsh(identity, connectable.connect, `sleep ${options.useSeconds}`);
    await market.ask(`/api/v1/bookings/${booked.id}/end`, answers.nothing, { method: 'POST', body: {} });
    const bill = await finalBill(market, booked.id, options.timeoutSeconds);
    bookingId = undefined;
    await client.look(booked.id);
    const invoice = await verifiedInvoice(market, booked.id, options.timeoutSeconds);
    return {
      ok: true,
      secondsToShell,
      billedSeconds: bill.billedSeconds,
      chargedMicros: bill.chargedMicros,
      hostCreditedMicros: bill.hostCreditedMicros,
      feeMicros: bill.feeMicros,
      invoice: invoice.file,
      invoiceVerified: true,
      countersigned: invoice.bill.countersigned?.sequence ?? null,
    };
  } finally {
    if (bookingId !== undefined)
      await market
        .ask(`/api/v1/bookings/${bookingId}/end`, answers.nothing, { method: 'POST', body: {} })
        .catch(() => undefined);
    await market.ask(`/api/v1/ssh-keys/${key.id}`, answers.nothing, { method: 'DELETE' }).catch(() => undefined);
    await client.revoke().catch(() => undefined);
    await forgetIdentity(identity);
  }
}

async function waitFor(
  market: Market,
  id: string,
  seconds: number,
  enough: (seen: Booking) => boolean,
): Promise<Booking> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const seen = await market.ask(`/api/v1/bookings/${id}`, answers.booking);
    if (enough(seen)) return seen;
    if (seen.observed === 'failed' || seen.observed === 'ended') {
      throw new MarketError(
        seen.reason ?? 'failed',
        seen.reasonDetail ??
          `The booking came to an end (${seen.reason ?? 'no reason given'}) before it could be used.`,
      );
    }
    if (performance.now() > deadline)
      throw new MarketError('timeout', `After ${seconds} s the booking is still "${seen.observed}".`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function finalBill(market: Market, id: string, seconds: number): Promise<z.infer<typeof answers.bill>> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const bill = await market.ask(`/api/v1/bookings/${id}/bill`, answers.bill);
    if (bill.final) return bill;
    if (performance.now() > deadline) throw new MarketError('timeout', `After ${seconds} s the bill is not final.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
