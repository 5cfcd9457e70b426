import { randomUUID } from 'node:crypto';
import { expect } from '@playwright/test';
import { KEY, type Person, personMade } from './people.ts';

/** What tests read of an offer. */
export type Offer = {
  readonly listingId: string;
  readonly machineId: string;
  readonly machineName: string;
  readonly hostName: string;
  readonly gpuModel: string;
  readonly gpuCount: number;
  readonly freeGpus: number;
  readonly minGpus: number;
  readonly simulated: boolean;
  readonly own: boolean;
  /** Until when its host offers it; null: for good. */
  readonly endsAt: string | null;
};

export type Api = {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
};

/** The public API as somebody with a token, for arranging what a test then looks at in the browser. */
export async function apiFor(baseURL: string | undefined, person?: Person): Promise<Api> {
  const ask = async (method: string, path: string, body?: unknown, token?: string) => {
    const answer = await fetch(`${baseURL}/api/v1${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json = await answer.json();
    expect(answer.ok, `${method} ${path}: ${JSON.stringify(json).slice(0, 300)}`).toBe(true);
    return json;
  };
  const token = person && ((await ask('POST', '/sessions', person)) as { token: string }).token;
  return {
    get: (path) => ask('GET', path, undefined, token),
    post: (path, body) => ask('POST', path, body, token),
  };
}

/** Somebody with a confirmed address and 100 dollars, who is not signed in at any browser yet. */
export async function renterWithMoney(
  baseURL: string | undefined,
  name: string,
): Promise<{ readonly person: Person; readonly api: Api }> {
  const person = await personMade(name);
  const api = await apiFor(baseURL, person);
  await api.post('/top-ups', { amountMicros: '100000000' });
  return { person, api };
}

/** Models that jobs of tests ask for, and no rental takes. */
export const DEAR: readonly string[] = ['H100 SXM', 'H200'];

/** Which offers a test takes, so that tests at the same time do not take each other's. */
const SLOTS = [
  'walk',
  'image',
  'race',
  'twice',
  'noScript',
  'looks',
  'form',
  'log',
  'metrics',
  'bids',
  'talk',
] as const;

/** A simulated offer that is wholly free and that no test of another slot takes. `host`: one of the demo host's. */
export async function freeOffer(
  api: Api,
  slot: (typeof SLOTS)[number] | 'host',
  fits: (offer: Offer) => boolean = () => true,
): Promise<Offer> {
  const open = new Set((await allOffers(api, '')).map(({ listingId }) => listingId));
  // Counted among all, what is taken too: an offer keeps its slot whoever takes another.
  const found = (await allOffers(api, '&taken=true'))
    .filter((offer) => offer.machineName.startsWith('simulated-') && !DEAR.includes(offer.gpuModel))
    .filter((offer) => (offer.hostName === 'Demo Host') === (slot === 'host'))
    .sort((a, b) => (a.listingId < b.listingId ? -1 : 1))
    .filter((_, index) => slot === 'host' || index % SLOTS.length === SLOTS.indexOf(slot))
    .find((offer) => open.has(offer.listingId) && offer.freeGpus === offer.gpuCount && fits(offer));
  if (found === undefined) throw new Error(`the demo market has no free offer for the slot ${slot}`);
  return found;
}

/** Every page of a search. */
async function allOffers(api: Api, more: string): Promise<Offer[]> {
  const offers: Offer[] = [];
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const found = await api.get<{ rows: Offer[]; pages: number }>(`/listings?sort=price&page=${page}${more}`);
    offers.push(...found.rows);
    pages = found.pages;
  }
  return offers;
}

/** Books some GPUs of an offer by the API and waits until their shell answers, or until it is so far. */
export async function bookByApi(
  api: Api,
  offer: Offer,
  name: string,
  { image = 'ubuntu:24.04', reached = 'connectable' } = {},
): Promise<string> {
  const keys = await api.get<{ rows: unknown[] }>('/ssh-keys');
  if (keys.rows.length === 0) await api.post('/ssh-keys', { publicKey: KEY });
  const size = { gpuCount: offer.minGpus, diskBytes: String(8 * 2 ** 30), durationSeconds: 7_200 };
  const quote = await api.post<{ id: string }>('/quotes', { listingId: offer.listingId, ...size });
  const { id } = await api.post<{ id: string }>('/bookings', { quoteId: quote.id, image, name });
  await reaches(api, id, reached);
  return id;
}

/** Waits until a booking is seen in a state. */
export async function reaches(api: Api, bookingId: string, observed: string): Promise<void> {
  const seen = () => api.get<{ observed: string }>(`/bookings/${bookingId}`).then((booking) => booking.observed);
  await expect.poll(seen, { timeout: 30_000, intervals: [100, 250] }).toBe(observed);
}

/** Waits until a booking has run for some seconds: what ends within its first is charged nothing, and states nothing. */
export async function isCharged(api: Api, bookingId: string): Promise<void> {
  const estimated = () =>
    api
      .get<{ cost: { estimatedMicros: string } }>(`/bookings/${bookingId}`)
      .then(({ cost }) => BigInt(cost.estimatedMicros));
  await expect.poll(async () => (await estimated()) > 300n, { timeout: 60_000 }).toBe(true);
}
