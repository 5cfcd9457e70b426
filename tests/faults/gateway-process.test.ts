import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { openTunnels } from '#agent/io/tunnel.ts';
import { signPayload } from '#protocol/keys.ts';
import { DOMAINS } from '#protocol/words.ts';
import {
  dialPort,
  echo,
  freePort,
  keyPair,
  readAll,
  shellServer,
  signedPermit,
  tunnelWorld,
} from '../support/tunnel.ts';

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
});

function start(environment: Record<string, string>) {
  const child = spawn(process.execPath, ['gateway/main.ts'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

async function listening(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('"listening"')) return;
  throw new Error('it ended before it listened');
}

async function sentenceOf(child: ChildProcess): Promise<{ code: number; text: string }> {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, text };
}

describe('the gateway as a program', () => {
  it('relays with nobody but the agent, survives kill -9 by coming back, and leaves on SIGTERM', async () => {
    const market = keyPair();
    const machine = keyPair();
    const [tunnelPort, healthPort, port] = await Promise.all([freePort(), freePort(), freePort()]);
    const environment = {
      GATEWAY_NAME: 'gw-1',
      GATEWAY_TUNNEL_PORT: String(tunnelPort),
      GATEWAY_HEALTH_PORT: String(healthPort),
      SUBLET_LEASE_PUBLIC_KEY: market.publicKey,
    };
    const first = start(environment);
    await listening(first);
    const shell = await shellServer(echo);
    let changed: () => void = () => undefined;
    const agent = openTunnels({
      machineKey: machine.publicKey,
      sign: (text) => signPayload(DOMAINS.tunnel, text, machine.privateKey).signature,
      connect: shell.connect,
      onChange: () => changed(),
    });
    const until = (open: boolean) =>
      new Promise<void>((resolve) => {
        changed = () => {
          if (agent.isOpen('lse_a') === open) resolve();
        };
        changed();
      });
    const address = { name: 'gw-1', tunnelUrl: `tcp://127.0.0.1:${tunnelPort}`, publicHost: '127.0.0.1', port };
    agent.carry(signedPermit(market, { leaseId: 'lse_a', machineKey: machine.publicKey, gateways: [address] }));
    await until(true);
    const health = await fetch(`http://127.0.0.1:${healthPort}/health`);
    expect(await health.json()).toMatchObject({ ok: true, gateway: 'gw-1', leases: 1 });
    expect((await fetch(`http://127.0.0.1:${healthPort}/anything`)).status).toBe(404);

    const away = until(false);
    first.kill('SIGKILL');
    await away;
    const second = start(environment);
    await listening(second);
    await until(true);
    const renter = await dialPort(port);
    renter.end('through the second one');
    expect((await readAll(renter)).toString()).toBe('through the second one');
    second.kill('SIGTERM');
    expect((await once(second, 'exit'))[0]).toBe(0);
    agent.close();
    shell.close();
  });

  it('says in one sentence what it lacks', async () => {
    const good = {
      GATEWAY_NAME: 'gw-1',
      GATEWAY_TUNNEL_PORT: '0',
      GATEWAY_HEALTH_PORT: '0',
      SUBLET_LEASE_PUBLIC_KEY: keyPair().publicKey,
    };
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as { port: number };
    const cases: [Record<string, string>, RegExp][] = [
      [{ GATEWAY_NAME: '' }, /needs GATEWAY_NAME/],
      [{ GATEWAY_TUNNEL_PORT: '70000' }, /GATEWAY_TUNNEL_PORT is not a port/],
      [{ GATEWAY_PORT_FROM: '30000', GATEWAY_PORT_TO: '20000' }, /GATEWAY_PORT_FROM is above/],
      [{ SUBLET_LEASE_PUBLIC_KEY: 'short' }, /SUBLET_LEASE_PUBLIC_KEY is not/],
      [{ GATEWAY_TLS_CERT: '/nowhere' }, /Set both GATEWAY_TLS_CERT and GATEWAY_TLS_KEY/],
      [{ GATEWAY_TLS_CERT: '/nowhere', GATEWAY_TLS_KEY: '/nowhere' }, /cannot be read/],
      [{ GATEWAY_TUNNEL_PORT: String(port) }, /could not open its ports.*EADDRINUSE/],
    ];
    for (const [change, sentence] of cases) {
      const { code, text } = await sentenceOf(start({ ...good, ...change }));
      expect(text).toMatch(sentence);
      expect(text.trim().split('\n')).toHaveLength(1);
      expect(code).toBe(1);
    }
    blocker.close();
  });
});

describe('a tunnel over TLS', () => {
  it('carries the same, with half-close', async () => {
    const pem = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url));
    const made = await tunnelWorld({ gateway: { tls: { cert: pem('cert'), key: pem('key') } } });
    const { port } = await made.carry();
    const renter = await dialPort(port);
    const sent = Buffer.alloc(3_000_000, 'tls');
    renter.end(sent);
    expect((await readAll(renter)).equals(sent)).toBe(true);
    await made.end();
  });
});
