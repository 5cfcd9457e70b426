import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { signPayload } from '#protocol/keys.ts';
import { type GatewayLine, tunnelText } from '#protocol/tunnel.ts';
import { DOMAINS } from '#protocol/words.ts';
import { closed, dialPort, freePort, hungUp, keyPair, readAll, tunnelWorld } from '../support/tunnel.ts';

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

/** A hand-made agent: says lines and hears lines, so that it can misbehave. */
async function rawAgent(port: number) {
  const socket = await dialPort(port);
  socket.on('error', () => undefined);
  const heard: GatewayLine[] = [];
  const waiters: ((line: GatewayLine) => void)[] = [];
  let held = '';
  socket.on('data', (chunk: Buffer) => {
    held += chunk.toString();
    const lines = held.split('\n');
    held = lines.pop() ?? '';
    for (const line of lines.map((text) => JSON.parse(text) as GatewayLine)) {
      const waiter = waiters.shift();
      if (waiter === undefined) heard.push(line);
      else waiter(line);
    }
  });
  return {
    socket,
    say: (line: unknown) => socket.write(`${JSON.stringify(line)}\n`),
    hear: () =>
      new Promise<GatewayLine>((resolve) => {
        const line = heard.shift();
        if (line === undefined) waiters.push(resolve);
        else resolve(line);
      }),
  };
}

async function provenAgent(made: Awaited<ReturnType<typeof world>>) {
  const agent = await rawAgent(made.tunnelPort);
  agent.say({ kind: 'control', v: 1, machineKey: made.machine.publicKey });
  const challenge = await agent.hear();
  if (challenge.kind !== 'challenge') throw new Error('no challenge');
  agent.say({ kind: 'prove', proof: made.sign(tunnelText('gw-test', challenge.nonce, made.machine.publicKey)) });
  expect((await agent.hear()).kind).toBe('ready');
  return agent;
}

async function openLease(made: Awaited<ReturnType<typeof world>>) {
  const port = await freePort();
  const agent = await provenAgent(made);
  agent.say({ kind: 'open', permit: made.permit(port) });
  expect((await agent.hear()).kind).toBe('opened');
  return { agent, port };
}

/** Sends bytes and resolves when the gateway hangs up. */
async function isCut(port: number, bytes: string | Buffer): Promise<void> {
  const socket = await dialPort(port);
  socket.on('error', () => undefined);
  socket.write(bytes);
  await closed(socket);
}

describe('who holds a permit but not the key', () => {
  it('cannot open the port', async () => {
    const made = await world();
    const thief = keyPair();
    const agent = await rawAgent(made.tunnelPort);
    agent.say({ kind: 'control', v: 1, machineKey: made.machine.publicKey });
    const challenge = await agent.hear();
    if (challenge.kind !== 'challenge') throw new Error('no challenge');
    const text = tunnelText('gw-test', challenge.nonce, made.machine.publicKey);
    agent.say({ kind: 'prove', proof: signPayload(DOMAINS.tunnel, text, thief.privateKey).signature });
    await closed(agent.socket);
    expect(made.gateway().counts().leases).toBe(0);
  });

  it('cannot skip the proof', async () => {
    const made = await world();
    const agent = await rawAgent(made.tunnelPort);
    agent.say({ kind: 'control', v: 1, machineKey: made.machine.publicKey });
    await agent.hear();
    agent.say({ kind: 'open', permit: made.permit(await freePort()) });
    await closed(agent.socket);
    expect(made.gateway().counts().leases).toBe(0);
  });

  it('cannot replay a proof: each connection has its own challenge', async () => {
    const made = await world();
    const first = await rawAgent(made.tunnelPort);
    first.say({ kind: 'control', v: 1, machineKey: made.machine.publicKey });
    const one = await first.hear();
    const second = await rawAgent(made.tunnelPort);
    second.say({ kind: 'control', v: 1, machineKey: made.machine.publicKey });
    await second.hear();
    if (one.kind !== 'challenge') throw new Error('no challenge');
    second.say({ kind: 'prove', proof: made.sign(tunnelText('gw-test', one.nonce, made.machine.publicKey)) });
    await closed(second.socket);
  });

  it('cannot pass a challenge on from another gateway: the name that was meant is signed', async () => {
    const made = await world();
    const agent = await rawAgent(made.tunnelPort);
    agent.say({ kind: 'control', v: 1, machineKey: made.machine.publicKey });
    const challenge = await agent.hear();
    if (challenge.kind !== 'challenge') throw new Error('no challenge');
    agent.say({ kind: 'prove', proof: made.sign(tunnelText('gw-evil', challenge.nonce, made.machine.publicKey)) });
    await closed(agent.socket);
  });
});

describe('a dial-back', () => {
  it('is good once', async () => {
    const made = await world();
    const { agent, port } = await openLease(made);
    const renter = await dialPort(port);
    const asked = await agent.hear();
    if (asked.kind !== 'stream') throw new Error('no stream asked for');
    const stream = await dialPort(made.tunnelPort);
    stream.write(`${JSON.stringify({ kind: 'stream', v: 1, id: asked.id })}\nfirst bytes in the same packet`);
    expect((await once(renter, 'data'))[0].toString()).toBe('first bytes in the same packet');
    await isCut(made.tunnelPort, `${JSON.stringify({ kind: 'stream', v: 1, id: asked.id })}\nstolen`);
    renter.write('to the first');
    expect((await once(stream, 'data'))[0].toString()).toBe('to the first');
    stream.destroy();
  });

  it('that never comes lets the renter go after the time limit, and comes too late afterwards', async () => {
    const made = await world({ gateway: { dialBackMs: 200 } });
    const { agent, port } = await openLease(made);
    const renter = await dialPort(port);
    const asked = await agent.hear();
    await closed(renter);
    if (asked.kind !== 'stream') throw new Error('no stream asked for');
    await isCut(made.tunnelPort, `${JSON.stringify({ kind: 'stream', v: 1, id: asked.id })}\n`);
  });

  it('under an invented id gets nothing', async () => {
    const made = await world();
    await isCut(made.tunnelPort, `${JSON.stringify({ kind: 'stream', v: 1, id: randomBytes(16).toString('hex') })}\n`);
  });

  it('of one machine cannot be hung up by another', async () => {
    const made = await world();
    const { agent, port } = await openLease(made);
    const renter = await dialPort(port);
    const asked = await agent.hear();
    if (asked.kind !== 'stream') throw new Error('no stream asked for');
    const other = await provenAgent(made);
    other.say({ kind: 'unreachable', id: asked.id });
    other.say({ kind: 'ping' });
    expect((await other.hear()).kind).toBe('pong');
    const stream = await dialPort(made.tunnelPort);
    stream.write(`${JSON.stringify({ kind: 'stream', v: 1, id: asked.id })}\nalive`);
    expect((await once(renter, 'data'))[0].toString()).toBe('alive');
    stream.destroy();
  });
});

describe('rubbish', () => {
  it('on the tunnel port is hung up on, and agents are served meanwhile', async () => {
    const made = await world({ gateway: { limits: { unprovenSeconds: 0.5, faultBurst: 1_000 } } });
    const silent = await dialPort(made.tunnelPort);
    await Promise.all(
      [
        'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
        'SSH-2.0-OpenSSH_9.2\r\n',
        '{"kind":"control","v":2,"machineKey":"x"}\n',
        '{"kind":"stream"}\n',
        '[]\n',
        'null\n',
        '\n',
        '{"kind":"control","v":1,"machineKey":"AA"}\n{"kind":"prove","proof":"AA"}\n',
        Buffer.concat([randomBytes(300_000), Buffer.from('\n')]),
        Buffer.alloc(200_000, 65),
      ].map((bytes) => isCut(made.tunnelPort, bytes)),
    );
    await closed(silent);
    await openLease(made);
  });

  it('after a good handshake ends the connection', async () => {
    const made = await world();
    const { agent, port } = await openLease(made);
    agent.socket.write('{"kind":"nonsense"}\n');
    await closed(agent.socket);
    await expect
      .poll(() =>
        dialPort(port).then(
          () => 'open',
          () => 'shut',
        ),
      )
      .toBe('shut');
  });

  it('in quantity is not listened to: the source is refused for a while', async () => {
    const made = await world({ gateway: { limits: { faultBurst: 5, faultsPerSecond: 0.001 } } });
    for (let count = 0; count < 5; count += 1) await isCut(made.tunnelPort, 'rubbish\n');
    await hungUp(made.tunnelPort);
  });

  it('on a renter port reaches only the container: the gateway reads none of it', async () => {
    const made = await world();
    const { port } = await made.carry();
    const renter = await dialPort(port);
    const rubbish = Buffer.concat([Buffer.from('{"kind":"stream"}\n'), randomBytes(10_000)]);
    renter.end(rubbish);
    expect((await readAll(renter)).equals(rubbish)).toBe(true);
  });
});

describe('limits', () => {
  it('hold for connections of one source to one lease', async () => {
    const made = await world({ gateway: { limits: { renterBurst: 3, rentersPerSecond: 0.001 } } });
    const { port } = await made.carry();
    const good = await Promise.all([1, 2, 3].map(() => dialPort(port)));
    for (const socket of good) socket.write('x');
    await Promise.all(good.map((socket) => once(socket, 'data')));
    await hungUp(port);
    expect(made.gateway().counts().streams).toBe(3);
  });

  it('hold for streams of one lease, and a place is free again when one ends', async () => {
    const made = await world({ gateway: { limits: { streamsPerLease: 2 } } });
    const { port } = await made.carry();
    const [first, second] = await Promise.all([dialPort(port), dialPort(port)]);
    await expect.poll(() => made.gateway().counts().streams).toBe(2);
    await hungUp(port);
    (first as Socket).destroy();
    await expect.poll(() => made.gateway().counts().streams).toBe(1);
    const third = await dialPort(port);
    third.end('in');
    expect((await readAll(third)).toString()).toBe('in');
    (second as Socket).destroy();
  });

  it('close a control connection that carries nothing', async () => {
    const made = await world({ gateway: { limits: { emptyControlSeconds: 0.3 } } });
    const agent = await provenAgent(made);
    await closed(agent.socket);
  });

  it('hold for strangers that say nothing', async () => {
    const made = await world({ gateway: { limits: { unprovenPerSource: 2 } } });
    const quiet = await Promise.all([dialPort(made.tunnelPort), dialPort(made.tunnelPort)]);
    await hungUp(made.tunnelPort);
    for (const socket of quiet) socket.destroy();
    await expect.poll(() => openLease(made).then(() => true)).toBe(true);
  });
});
