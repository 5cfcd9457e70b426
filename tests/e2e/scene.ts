import { expect } from '@playwright/test';
import { apiFor, bookByApi, freeOffer, isCharged, reaches } from './api.ts';
import { sql } from './database.ts';
import { type Person, personMade } from './people.ts';

/** 300 characters that want to be a program, an emoji of four parts, and one word without an end. */
export const HOSTILE = `<script>alert(1)</script>"'&amp;👩🏽‍🚀${'W'.repeat(300)}`.slice(0, 302);
export const HOSTILE_BOOKING = `<img src=x onerror=alert(1)>🎉${'M'.repeat(50)}`;
export const HOSTILE_MACHINE = `<b onmouseover=alert(1)>🖥️${'W'.repeat(55)}`;

export type Scene = { readonly renter: Person } & Readonly<
  Record<
    | 'reserved'
    | 'window'
    | 'running'
    | 'stopped'
    | 'failed'
    | 'ended'
    | 'listing'
    | 'machine'
    | 'person'
    | 'topUp'
    | 'transfer'
    | 'dispute'
    | 'evidence'
    | 'standing'
    | 'search'
    | 'job'
    | 'array',
    string
  >
>;

/** A renter with a hostile name, what they rent and rented on a machine with a hostile name, and what came of it. */
export async function scene(baseURL: string | undefined, slot: 'looks' | 'host'): Promise<Scene> {
  const renter = await personMade(HOSTILE);
  const api = await apiFor(baseURL, renter);
  const { topUpId: topUp } = await api.post<{ topUpId: string }>('/top-ups', { amountMicros: '200000000' });
  // One that is offered for good: a window is reserved on it weeks ahead.
  const offer = await freeOffer(api, slot, ({ endsAt }) => endsAt === null);
  await sql('UPDATE machines SET name = $2 WHERE id = $1', [offer.machineId, HOSTILE_MACHINE]);
  const ended = await bookByApi(api, offer, 'short');
  await isCharged(api, ended);
  await api.post(`/bookings/${ended}/end`, {});
  await reaches(api, ended, 'ended');
  await expect.poll(() => api.get<{ final: boolean }>(`/bookings/${ended}/bill`).then((bill) => bill.final)).toBe(true);
  const { id: dispute } = await api.post<{ id: string }>(`/bookings/${ended}/dispute`, {
    amountMicros: null,
    reason: `${HOSTILE_BOOKING} was not what it said.`,
  });
  const [piece] = await sql<{ id: string }>('SELECT id FROM dispute_evidence WHERE dispute_id = $1 LIMIT 1', [dispute]);
  const evidence = piece?.id ?? '';
  const [transfer] = await sql<{ id: string }>('SELECT id FROM transfers WHERE booking_id = $1 LIMIT 1', [ended]);
  const standing = await standsByApi(api, HOSTILE_BOOKING);
  const { id: search } = await api.post<{ id: string }>('/saved-searches', {
    name: HOSTILE_BOOKING,
    query: 'model=RTX+4090&price=0.30&job=llama-3.1-8b_qlora_int4_2048_4_10_8_17.1&sort=cost',
    tellsNew: true,
    belowMicrosPerGpuHour: '300000',
  });
  const stopped = await bookByApi(api, offer, `stopped ${HOSTILE_BOOKING.slice(0, 40)}`);
  await api.post(`/bookings/${stopped}/stop`, {});
  await reaches(api, stopped, 'stopped');
  const failed = await bookByApi(api, offer, `failed ${HOSTILE_BOOKING.slice(0, 40)}`, {
    image: 'x/never:1',
    reached: 'pulling',
  });
  await failsToPull(failed);
  await reaches(api, failed, 'ended');
  const running = await bookByApi(api, offer, HOSTILE_BOOKING);
  const { reserved, window } = await reservesByApi(api, offer);
  const [person] = await sql<{ id: string }>('SELECT id FROM users WHERE email = $1', [renter.email]);
  const { listingId: listing, machineId: machine } = offer;
  // One that ran to its end, and an array that waits for what nobody offers.
  const short = {
    models: ['H100 SXM', 'H200'],
    image: 'ubuntu:24.04',
    command: ['sh', '-c', `echo ${HOSTILE_BOOKING}; exit 3`],
    name: HOSTILE_BOOKING,
  };
  const { id: job } = await api.post<{ id: string }>('/jobs', { ...short, retries: 1, artifactsPath: '/results' });
  const wanted = { ...short, size: 120, gpuCount: 60, machines: 2, models: [HOSTILE.slice(0, 190)], anyway: true };
  const { id: array } = await api.post<{ id: string }>('/jobs', wanted);
  const report = () =>
    api.get<{ waiting: { report: unknown } | null }>(`/jobs/${array}`).then((seen) => seen.waiting?.report);
  await expect.poll(report, { timeout: 60_000 }).toMatchObject({ fitting: 0, needed: 2 });
  const ids = {
    person: person?.id ?? '',
    transfer: transfer?.id ?? '',
    topUp,
    dispute,
    evidence,
    standing,
    search,
    job,
    array,
  };
  return { renter, running, stopped, failed, ended, reserved, window, listing, machine, ...ids };
}

/** A window some weeks ahead, at an hour that another test hardly takes. */
async function reservesByApi(api: Awaited<ReturnType<typeof apiFor>>, offer: Awaited<ReturnType<typeof freeOffer>>) {
  const hour = 3_600_000;
  const ahead = 24 * 20 + Math.floor(Math.random() * 24 * 50);
  const startsAt = new Date((Math.floor(Date.now() / hour) + ahead) * hour).toISOString();
  const size = { gpuCount: offer.minGpus, diskBytes: String(8 * 2 ** 30), durationSeconds: 3_600 };
  const quote = await api.post<{ id: string }>('/quotes', { listingId: offer.listingId, ...size, startsAt });
  const named = { image: 'ubuntu:24.04', name: `reserved ${HOSTILE_BOOKING.slice(0, 40)}` };
  const { id } = await api.post<{ id: string }>('/bookings', { quoteId: quote.id, ...named });
  return { reserved: id, window: new Date(Date.parse(startsAt) + 4 * hour).toISOString().slice(0, 16) };
}

/** A request that hosts are asked for, and that nothing serves at its price. */
const standsByApi = (api: Awaited<ReturnType<typeof apiFor>>, name: string) =>
  api
    .post<{ id: string }>('/standing-requests', {
      mode: 'ask',
      name,
      image: 'ubuntu:24.04',
      diskBytes: String(2 ** 30),
      trust: 'new',
      maxPriceMicrosPerGpuHour: '1000',
      durationSeconds: 3_600,
      finishBy: new Date(Date.now() + 86_400_000).toISOString(),
    })
    .then(({ id }) => id);

/** No simulated host fails to pull: its report is written as a real one's would be. */
const failsToPull = (id: string) =>
  sql(
    `UPDATE bookings SET observed = 'failed', desired = 'ended', billable = 'nothing', ended_at = now(), disk_until = now(),
       reason = 'imageNotFound', reason_detail = $2 WHERE id = $1 AND started_at IS NULL RETURNING id`,
    [id, `manifest for ${HOSTILE.slice(0, 200)} not found`],
  ).then((rows) => expect(rows).toHaveLength(1));
