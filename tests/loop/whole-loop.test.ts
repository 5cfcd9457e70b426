import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Market } from '#cli/market.ts';
import * as answers from '#cli/smoke/answers.ts';
import { forgetIdentity, type Identity, makeIdentity, runBySsh } from '#cli/smoke/ssh.ts';
import { walkTheLoop } from '#cli/smoke/walk.ts';
import { docker } from '#tests/support/docker.ts';
import { eventually } from '#tests/support/eventually.ts';
import { has } from '#tests/support/needs.ts';
import { type RunningMarket, startMarket } from '#tests/support/running-market.ts';

const IMAGE = 'sublet/busybox:latest';
const RENTER = { email: 'renter@demo.sublet.test', password: 'sublet-demo-2026' };
const runVerify = async (file: string) =>
  (await promisify(execFile)(process.execPath, ['bin/sublet.mjs', 'verify', file])).stdout;
const DISK_BYTES = String(2 ** 30);

const billWithLines = answers.bill.extend({
  lines: z.array(z.looseObject({ startsAt: z.string(), endsAt: z.string(), sequence: z.number() })),
});

const withMachine = answers.booking.extend({ machine: z.looseObject({ id: z.string() }) });

describe.runIf(has('docker') && has('ssh'))('the whole loop, as npm start runs it on real Docker', () => {
  let running: RunningMarket;
  let market: Market;
  let identity: Identity;
  let listingId: string;

  beforeAll(async () => {
    running = await startMarket();
    market = new Market(running.url);
    identity = await makeIdentity();
    const { localMachine } = await market.ask('/api/ready', answers.ready);
    if (!localMachine?.bookable || localMachine.listingId === null)
      throw new Error(`not bookable: ${localMachine?.reason}`);
    listingId = localMachine.listingId;
    market.authorize(
      (await market.ask('/api/v1/sessions', answers.signedIn, { method: 'POST', body: { ...RENTER, label: 'loop' } }))
        .token,
    );
    await market.ask('/api/v1/ssh-keys', answers.keyAdded, {
      method: 'POST',
      body: { publicKey: identity.publicKey, name: 'loop' },
    });
  }, 300_000);

  afterAll(async () => {
    await running?.stop();
    if (identity !== undefined) await forgetIdentity(identity);
  }, 60_000);

  async function book(): Promise<string> {
    const quote = await market.ask('/api/v1/quotes', answers.quote, {
      method: 'POST',
      body: { listingId, gpuCount: 1, diskBytes: DISK_BYTES, durationSeconds: 3600 },
    });
    const booking = await market.ask('/api/v1/bookings', answers.booking, {
      method: 'POST',
      body: { quoteId: quote.id, image: IMAGE, name: 'loop' },
      idempotencyKey: randomUUID(),
    });
    return booking.id;
  }

  const reach = (id: string) =>
    eventually(
      async () => {
        const seen = await market.ask(`/api/v1/bookings/${id}`, answers.booking);
        if (seen.observed !== 'connectable' || seen.connect === null)
          throw new Error(`still ${seen.observed} ${seen.reason} ${seen.reasonDetail}`);
        return seen.connect;
      },
      { withinSeconds: 60 },
    );

  const settle = (id: string) =>
    eventually(
      async () => {
        const bill = await market.ask(`/api/v1/bookings/${id}/bill`, billWithLines);
        if (!bill.final) throw new Error('the bill is not final');
        return bill;
      },
      { withinSeconds: 60 },
    );

  it('lets a renter book, get a shell and pay by the second, and owes the host the rest', async () => {
    const began = performance.now();
    const result = await walkTheLoop({ url: running.url, ...RENTER, image: IMAGE, useSeconds: 5, timeoutSeconds: 60 });
    // Begun seconds are nobody's, and what a busy market heard late it does not bill: less than used, never more than passed.
    expect(result.billedSeconds).toBeGreaterThanOrEqual(3);
    expect(result.billedSeconds).toBeLessThanOrEqual(Math.ceil((performance.now() - began) / 1_000));
    expect(BigInt(result.chargedMicros)).toBe(BigInt(result.hostCreditedMicros) + BigInt(result.feeMicros));
    expect(BigInt(result.chargedMicros)).toBeGreaterThan(0n);
    expect(result.invoiceVerified).toBe(true);
    expect(result.countersigned).toBeGreaterThanOrEqual(0);
    expect(await runVerify(result.invoice)).toContain('(final) adds up');
  }, 120_000);

  it('keeps the rental running, reachable and metered while the control plane is silent', async () => {
    const id = await book();
    const address = await reach(id);
    running.freeze('web', 'worker');
    try {
      expect(await runBySsh(identity, address, 'echo still here; sleep 6; echo and later')).toBe(
        'still here\nand later\n',
      );
    } finally {
      running.thaw('web', 'worker');
    }
    await market.ask(`/api/v1/bookings/${id}/end`, answers.nothing, { method: 'POST', body: {} });
    const bill = await settle(id);
    expect(bill.billedSeconds).toBeGreaterThanOrEqual(6);
    const lines = [...bill.lines].sort((a, b) => a.sequence - b.sequence);
    for (const [index, line] of lines.entries()) {
      if (index > 0) expect(line.startsAt >= (lines[index - 1]?.endsAt ?? '')).toBe(true);
    }
  }, 120_000);

  it('keeps the rental when its agent dies and comes back', async () => {
    const id = await book();
    const address = await reach(id);
    await runBySsh(identity, address, 'echo kept > /kept');
    running.kill('agent');
    const read = await eventually(() => runBySsh(identity, address, 'cat /kept'), { withinSeconds: 60 });
    expect(read).toBe('kept\n');
    await market.ask(`/api/v1/bookings/${id}/end`, answers.nothing, { method: 'POST', body: {} });
    expect((await settle(id)).billedSeconds).toBeGreaterThanOrEqual(0);
  }, 120_000);

  it('keeps the disk over stop and start', async () => {
    const id = await book();
    await runBySsh(identity, await reach(id), 'echo kept > /kept');
    await market.ask(`/api/v1/bookings/${id}/stop`, answers.nothing, { method: 'POST', body: {} });
    await eventually(
      async () => {
        const seen = await market.ask(`/api/v1/bookings/${id}`, answers.booking);
        if (seen.observed !== 'stopped') throw new Error(`still ${seen.observed}`);
        return true;
      },
      { withinSeconds: 60 },
    );
    await market.ask(`/api/v1/bookings/${id}/start`, answers.nothing, { method: 'POST', body: {} });
    expect(await runBySsh(identity, await reach(id), 'cat /kept')).toBe('kept\n');
    await market.ask(`/api/v1/bookings/${id}/end`, answers.nothing, { method: 'POST', body: {} });
    await settle(id);
  }, 180_000);

  it('lets a rental rest from Ctrl-C to the next start: no process is left, no second billed, no file lost', async () => {
    const id = await book();
    const address = await reach(id);
    await runBySsh(identity, address, 'echo kept > /kept; sleep 2');
    const { machine } = await market.ask(`/api/v1/bookings/${id}`, withMachine);
    const began = performance.now();
    const said = await running.end();
    expect((performance.now() - began) / 1_000).toBeLessThan(15);
    expect(said).toContain('1 rental was stopped with its files kept; the next start runs it again.');
    expect(running.processes()).toEqual([]);
    expect(await docker.listContainers({ filters: { label: [`sublet.market=${machine.id}`] } })).toEqual([]);
    running = await running.again();
    const read = await eventually(async () => runBySsh(identity, await reach(id), 'cat /kept; sleep 2'), {
      withinSeconds: 60,
    });
    expect(read).toBe('kept\n');
    await market.ask(`/api/v1/bookings/${id}/end`, answers.nothing, { method: 'POST', body: {} });
    const { lines } = await settle(id);
    const gaps = lines
      .toSorted((a, b) => a.sequence - b.sequence)
      .map((line, index, all) => Date.parse(all[index + 1]?.startsAt ?? line.endsAt) - Date.parse(line.endsAt));
    expect(Math.max(...gaps) / 1_000).toBeGreaterThan(2);
  }, 300_000);

  it('says of an image that does not exist that it was not found, and bills nothing', async () => {
    const quote = await market.ask('/api/v1/quotes', answers.quote, {
      method: 'POST',
      body: { listingId, gpuCount: 1, diskBytes: DISK_BYTES, durationSeconds: 3600 },
    });
    const { id } = await market.ask('/api/v1/bookings', answers.booking, {
      method: 'POST',
      body: { quoteId: quote.id, image: 'sublet/no-such-image:latest' },
      idempotencyKey: randomUUID(),
    });
    const failed = await eventually(
      async () => {
        const seen = await market.ask(`/api/v1/bookings/${id}`, answers.booking);
        if (seen.reason === null) throw new Error(`still ${seen.observed}`);
        return seen;
      },
      { withinSeconds: 60 },
    );
    expect(failed.reason).toMatch(/imageNotFound|pullFailed/);
    expect((await settle(id)).chargedMicros).toBe('0');
  }, 120_000);

  it('leaves no process when it is told to end', async () => {
    await running.stop();
    expect(running.processes()).toEqual([]);
  }, 60_000);
});
