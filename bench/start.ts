import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { parseArgs, promisify } from 'node:util';
import * as z from 'zod';
import { Market } from '#cli/market.ts';
import * as answers from '#cli/smoke/answers.ts';
import { forgetIdentity, type Identity, makeIdentity, runBySsh } from '#cli/smoke/ssh.ts';
import { ensureBusyboxImage } from '../bin/lib/busybox-image.mjs';
import { startMarket } from './market.ts';
import { atMost, median, round, say, sayGoals } from './report.ts';

const execute = promisify(execFile);
const IMAGE = 'sublet/busybox:latest';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    email: { type: 'string', default: 'renter@demo.sublet.test' },
    password: { type: 'string', default: 'sublet-demo-2026' },
  },
});

const events = z.object({
  rows: z.array(z.object({ kind: z.string(), data: z.looseObject({}), createdAt: z.iso.datetime() })),
});
const made = answers.booking.extend({ createdAt: z.iso.datetime() });

type Round = { readonly toShell: number; readonly toAgent: number };

/** Books, waits for the shell, uses it once, ends. Seconds from the request to the shell's answer, and to the agent's word that it heard. */
async function bookOnce(market: Market, listingId: string, identity: Identity): Promise<Round> {
  const quote = await market.ask('/api/v1/quotes', answers.quote, {
    method: 'POST',
    body: { listingId, gpuCount: 1, diskBytes: String(2 ** 30), durationSeconds: 3600 },
  });
  const began = performance.now();
  const booking = await market.ask('/api/v1/bookings', made, {
    method: 'POST',
    body: { quoteId: quote.id, image: IMAGE, name: 'bench' },
    idempotencyKey: randomUUID(),
  });
  const connect = await untilConnectable(market, booking.id);
  await runBySsh(identity, connect, 'true');
  const toShell = (performance.now() - began) / 1000;
  const { rows } = await market.ask(`/api/v1/bookings/${booking.id}/events`, events);
  const heard = rows.find((row) => row.kind === 'booking.phase');
  await market.ask(`/api/v1/bookings/${booking.id}/end`, answers.nothing, { method: 'POST', body: {} });
  await untilFinal(market, booking.id);
  if (heard === undefined) throw new Error('The agent never said that it heard of the booking.');
  return { toShell, toAgent: (Date.parse(heard.createdAt) - Date.parse(booking.createdAt)) / 1000 };
}

async function untilConnectable(market: Market, id: string): Promise<NonNullable<z.infer<typeof made>['connect']>> {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline; ) {
    const seen = await market.ask(`/api/v1/bookings/${id}`, made);
    if (seen.observed === 'connectable' && seen.connect !== null) return seen.connect;
    if (['failed', 'ended'].includes(seen.observed))
      throw new Error(`The booking failed: ${seen.reason} ${seen.reasonDetail}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('The booking was not connectable within a minute.');
}

/** The next round must find the GPU free and the machine idle. */
async function untilFinal(market: Market, id: string): Promise<void> {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline; ) {
    const bill = await market.ask(`/api/v1/bookings/${id}/bill`, answers.bill);
    if (bill.final) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The booking did not end within a minute.');
}

/** Seconds of a bare `docker run` of the same image. */
async function dockerRun(): Promise<number> {
  const began = performance.now();
  await execute('docker', ['run', '--rm', IMAGE, '/bin/true']);
  return (performance.now() - began) / 1000;
}

await ensureBusyboxImage();
const running = await startMarket(values.url);
const identity = await makeIdentity();
try {
  const market = new Market(running.url);
  const { localMachine } = await market.ask('/api/ready', answers.ready);
  if (localMachine === null || localMachine.listingId === null || !localMachine.bookable) {
    throw new Error(localMachine?.reason ?? 'This market runs no machine of its own.');
  }
  const { token } = await market.ask('/api/v1/sessions', answers.signedIn, {
    method: 'POST',
    body: { email: values.email, password: values.password, label: 'bench' },
  });
  market.authorize(token);
  const key = await market.ask('/api/v1/ssh-keys', answers.keyAdded, {
    method: 'POST',
    body: { publicKey: identity.publicKey, name: 'bench' },
  });
  const rounds: (Round & { readonly docker: number })[] = [];
  await bookOnce(market, localMachine.listingId, identity);
  for (let index = 0; index < Number(values.rounds); index += 1) {
    const docker = await dockerRun();
    const round_ = { ...(await bookOnce(market, localMachine.listingId, identity)), docker };
    rounds.push(round_);
    say({
      round: index + 1,
      secondsToShell: round(round_.toShell),
      secondsToAgent: round(round_.toAgent),
      dockerRunSeconds: round(docker),
    });
  }
  await market.ask(`/api/v1/ssh-keys/${key.id}`, answers.nothing, { method: 'DELETE' });
  const shell = median(rounds.map((each) => each.toShell));
  sayGoals('start', [
    atMost('booking to shell, image present', shell, 2.5, 's'),
    atMost('booking to shell ÷ bare docker run', median(rounds.map((each) => each.toShell / each.docker)), 4, '×'),
    atMost('booking reaches an idle agent', median(rounds.map((each) => each.toAgent)) * 1000, 100, 'ms'),
  ]);
} finally {
  await forgetIdentity(identity);
  await running.stop();
}
