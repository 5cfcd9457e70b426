import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Market } from '#cli/market.ts';
import * as answers from '#cli/smoke/answers.ts';

const DAY_MS = 86_400_000;
const DOLLAR = 1_000_000;

const charged = z.object({ chargedMicros: z.string() });

/**
 * One of each thing that the demo's renter has none of, so that every page of the market is there to be weighed: a top-up, a
 * saved search, a standing request, a job, and a dispute with evidence about `ended`, a rental that is over.
 */
export async function makeThings(renter: Market, ended: string): Promise<void> {
  const make = (path: string, body: object) =>
    renter.ask(`/api/v1${path}`, answers.nothing, { method: 'POST', body, idempotencyKey: randomUUID() });
  await make('/top-ups', { amountMicros: String(10 * DOLLAR) });
  await make('/saved-searches', { name: `bench ${randomUUID().slice(0, 8)}`, query: 'sort=vram' });
  await make('/standing-requests', {
    diskBytes: String(2 ** 30),
    // Nobody offers for a hundredth of a cent: it stays open.
    maxPriceMicrosPerGpuHour: '100',
    durationSeconds: 3_600,
    finishBy: new Date(Date.now() + 2 * DAY_MS).toISOString(),
    mode: 'notify',
    image: 'ubuntu:24.04',
  });
  await make('/jobs', { image: 'ubuntu:24.04', command: ['sleep', '60'], runSeconds: 600, size: 2, anyway: true });
  await untilCharged(renter, ended);
  await make(`/bookings/${ended}/dispute`, {
    reason: 'The GPUs were slower than the listing says.',
    evidence: { title: 'What I measured', text: 'Half of what was promised, three times.' },
  });
}

async function untilCharged(renter: Market, bookingId: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; ; ) {
    const bill = await renter.ask(`/api/v1/bookings/${bookingId}/bill`, charged);
    if (bill.chargedMicros !== '0') return;
    if (Date.now() > deadline) throw new Error('The rental that ended was not billed within a minute.');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
