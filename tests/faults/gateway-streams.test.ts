import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { closed, dialPort, readAll, tunnelWorld } from '../support/tunnel.ts';

let end: (() => Promise<void>) | undefined;
afterEach(async () => {
  await end?.();
  end = undefined;
});

async function world(options: Parameters<typeof tunnelWorld>[0] = {}) {
  const made = await tunnelWorld(options);
  end = made.end;
  return made;
}

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Reads everything, then answers with how much it was and its digest: the shape of `ssh host sha256sum < file`. */
function digestServer(socket: Socket): void {
  const hash = createHash('sha256');
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  socket.once('end', () => socket.end(`${bytes} ${hash.digest('hex')}`));
}

describe('a stream through the gateway', () => {
  it('carries 50 MB up and down, byte for byte', async () => {
    const { carry } = await world();
    const { port } = await carry();
    const sent = randomBytes(50_000_000);
    const renter = await dialPort(port);
    renter.end(sent);
    const received = await readAll(renter);
    expect(digest(received)).toBe(digest(sent));
  });

  it('lets one side finish speaking while the other still answers', async () => {
    const { carry } = await world({ handler: digestServer });
    const { port } = await carry();
    const sent = randomBytes(3_000_000);
    const renter = await dialPort(port);
    renter.end(sent);
    expect((await readAll(renter)).toString()).toBe(`${sent.length} ${digest(sent)}`);
  });

  it('passes on a server that finishes first while the renter still speaks', async () => {
    let heard = 0;
    const { carry } = await world({
      handler: (socket) => {
        socket.end('banner');
        socket.on('data', (chunk: Buffer) => {
          heard += chunk.length;
        });
      },
    });
    const { port, leaseId } = await carry();
    const renter = await dialPort(port);
    expect((await readAll(renter)).toString()).toBe('banner');
    renter.end(randomBytes(100_000));
    await closed(renter);
    expect(leaseId).toMatch(/^lse_/);
    await expect.poll(() => heard).toBe(100_000);
  });

  it('carries what two sides say to each other unchanged, however it is cut into pieces', async () => {
    const { carry } = await world();
    const { port } = await carry();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 5_000 }), { maxLength: 12 }),
        async (pieces) => {
          const renter = await dialPort(port);
          renter.setNoDelay(true);
          for (const piece of pieces) renter.write(piece);
          renter.end();
          expect((await readAll(renter)).equals(Buffer.concat(pieces))).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('carries 100 streams at once', async () => {
    const { carry, gateway } = await world();
    const { port } = await carry();
    const renters = await Promise.all(Array.from({ length: 100 }, () => dialPort(port)));
    for (const [index, renter] of renters.entries()) renter.write(`hello ${index}`);
    await Promise.all(renters.map((renter) => once(renter, 'readable')));
    expect(gateway().counts()).toMatchObject({ leases: 1, streams: 100, waiting: 0 });
    const bodies = await Promise.all(
      renters.map((renter, index) => {
        const sent = randomBytes(100_000);
        renter.end(sent);
        return readAll(renter).then(
          (got) => digest(got) === digest(Buffer.concat([Buffer.from(`hello ${index}`), sent])),
        );
      }),
    );
    expect(bodies.every(Boolean)).toBe(true);
    await expect.poll(() => gateway().counts().streams).toBe(0);
  });

  it('holds a writer back when the reader is slow, and keeps memory bounded', async () => {
    let written = 0;
    const block = randomBytes(1_000_000);
    const { carry } = await world({
      handler: (socket) => {
        const more = () => {
          while (written < 200_000_000 && socket.write(block)) written += block.length;
        };
        socket.on('drain', more);
        more();
      },
    });
    const { port } = await carry();
    const before = process.memoryUsage().arrayBuffers;
    const renter = await dialPort(port);
    renter.pause();
    let last = -1;
    // Nothing is read: what the server could write settles at what the sockets on the way hold.
    await expect
      .poll(
        () => {
          const settled = written === last && written > 0;
          last = written;
          return settled;
        },
        { interval: 300, timeout: 15_000 },
      )
      .toBe(true);
    expect(written).toBeLessThan(40_000_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40_000_000);
    renter.destroy();
  });

  it('cuts the renter when the server dies, and the server when the renter dies', async () => {
    const { carry, shell } = await world({ handler: (socket) => socket.write('ready') });
    const { port } = await carry();
    const first = await dialPort(port);
    await once(first, 'data');
    for (const socket of shell.sockets) socket.resetAndDestroy();
    await closed(first);
    const second = await dialPort(port);
    await once(second, 'data');
    const [server] = shell.sockets;
    second.resetAndDestroy();
    await closed(server as Socket);
  });

  it('hangs up at once when the container has no ssh server', async () => {
    const { carry } = await world({ connect: () => Promise.reject(new Error('refused')) });
    const { port } = await carry();
    const startedAt = performance.now();
    await closed(await dialPort(port));
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('cuts a stream that nobody uses, and one that is used lives on', async () => {
    const { carry } = await world({ gateway: { limits: { idleSeconds: 2 } } });
    const { port } = await carry();
    const idle = await dialPort(port);
    const busy = await dialPort(port);
    const talk = setInterval(() => busy.write('x'), 50);
    await closed(idle);
    expect(busy.destroyed).toBe(false);
    clearInterval(talk);
    await closed(busy);
  });
});
