import { randomUUID } from 'node:crypto';
import type { BrowserContext } from '@playwright/test';
import * as z from 'zod';
import { Market } from '#cli/market.ts';
import * as answers from '#cli/smoke/answers.ts';

const offers = z.object({
  rows: z.array(
    z.object({
      listingId: z.string(),
      machineName: z.string(),
      gpuCount: z.int(),
      freeGpus: z.int(),
      minGpus: z.int(),
    }),
  ),
});
const keys = z.object({ rows: z.array(z.unknown()) });
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHCHLKOpSbRLmNf9PXy1kTn6GKSnzMjQ0Tgz1tP0sWqD bench';
const PASSWORD = 'sublet-demo-2026';
const RENTER = 'renter@demo.sublet.test';

export type Scene = {
  readonly listingId: string;
  readonly bookingId: string;
  /** The demo's renter, signed in at the API. */
  readonly renter: Market;
  /** Rents the same again and ends it after so many seconds; resolves to the booking's id. */
  rentAndEnd(seconds: number): Promise<string>;
  end(): Promise<void>;
};

/** A listing to look at, and a rental of the demo's renter that runs on a simulated machine. */
export async function makeScene(url: string): Promise<Scene> {
  const market = new Market(url);
  const { rows } = await market.ask('/api/v1/listings?sort=price', offers);
  const offer = rows.find(
    ({ machineName, freeGpus, gpuCount, minGpus }) =>
      machineName.startsWith('simulated-') && freeGpus === gpuCount && freeGpus >= 2 * minGpus,
  );
  if (offer === undefined) throw new Error('The demo market has no simulated offer that is free.');
  const body = { email: RENTER, password: PASSWORD, label: 'bench' };
  const { token } = await market.ask('/api/v1/sessions', answers.signedIn, { method: 'POST', body });
  market.authorize(token);
  if ((await market.ask('/api/v1/ssh-keys', keys)).rows.length === 0)
    await market.ask('/api/v1/ssh-keys', answers.keyAdded, { method: 'POST', body: { publicKey: KEY, name: 'bench' } });
  const size = { gpuCount: offer.minGpus, diskBytes: String(2 ** 30), durationSeconds: 3_600 };
  const rent = async () => {
    const body = { listingId: offer.listingId, ...size };
    const quote = await market.ask('/api/v1/quotes', answers.quote, { method: 'POST', body });
    return book(market, quote.id);
  };
  const id = await rent();
  const end = (bookingId: string) =>
    market.ask(`/api/v1/bookings/${bookingId}/end`, answers.nothing, { method: 'POST', body: {} });
  return {
    listingId: offer.listingId,
    bookingId: id,
    renter: market,
    rentAndEnd: async (seconds) => {
      const other = await rent();
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
      await end(other);
      return other;
    },
    end: async () => {
      await end(id);
    },
  };
}

/** Books what was quoted and waits until one can connect to it. */
async function book(market: Market, quoteId: string): Promise<string> {
  const { id } = await market.ask('/api/v1/bookings', answers.booking, {
    method: 'POST',
    body: { quoteId, image: 'ubuntu:24.04', name: 'bench' },
    idempotencyKey: randomUUID(),
  });
  for (const deadline = Date.now() + 60_000; ; ) {
    const { observed } = await market.ask(`/api/v1/bookings/${id}`, answers.booking);
    if (observed === 'connectable') return id;
    if (Date.now() > deadline) throw new Error(`The rental is still ${observed} after a minute.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Signs one of the demo's people in, as a person does. */
export async function signIn(context: BrowserContext, url: string, who: 'renter' | 'host' | 'admin'): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${url}/sign-in?next=/terms`);
  await page.getByLabel('E-mail').fill(`${who}@demo.sublet.test`);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).first().click();
  await page.waitForURL(`${url}/terms`);
  await page.close();
}
