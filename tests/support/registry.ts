import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { buildImage, docker, removeImage } from './docker.ts';
import { eventually } from './eventually.ts';
import { freePort } from './tunnel.ts';

/** Debian's docker-registry on a loopback port, which Docker accepts without TLS. `locked` asks everybody for a password. */
export async function startRegistry({ locked = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sublet-registry-'));
  const port = await freePort();
  const password = join(folder, 'htpasswd');
  writeFileSync(password, 'somebody:$2y$05$0000000000000000000000000000000000000000000000000000O\n');
  const settings = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${port}` },
    ...(locked ? { auth: { htpasswd: { realm: 'test', path: password } } } : {}),
  };
  // YAML reads JSON.
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(settings));
  const child: ChildProcess = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  await eventually(async () => (await fetch(`http://127.0.0.1:${port}/v2/`)).status > 0);
  return {
    port,
    /** Makes an image with one layer of random bytes for each size, pushes it, and leaves nothing of it in Docker. */
    async push(name: string, layerBytes: number[]): Promise<void> {
      const full = `127.0.0.1:${port}/${name}`;
      const files = Object.fromEntries(layerBytes.map((bytes, index) => [`layer${index}`, randomBytes(bytes)]));
      const lines = ['FROM scratch', ...Object.keys(files).map((file) => `COPY ${file} /${file}`)];
      await buildImage(full, { Dockerfile: lines.join('\n'), ...files });
      const stream = await docker.getImage(full).push({ authconfig: {} as never });
      await new Promise<void>((resolve, reject) => {
        docker.modem.followProgress(stream, (error) => (error === null ? resolve() : reject(error)));
      });
      await removeImage(full);
    },
    async stop(): Promise<void> {
      child.kill();
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A bad line to a server on `port`: it carries `bytesPerSecond` towards the client and can be frozen or cut. */
export async function badLine(port: number, bytesPerSecond: number) {
  const sockets = new Set<Socket>();
  let state: 'open' | 'frozen' | 'cut' = 'open';
  let carried = 0;
  const slow = () =>
    new Transform({
      async transform(chunk: Buffer, _encoding, done) {
        for (let at = 0; at < chunk.length; at += 16_384) {
          const part = chunk.subarray(at, at + 16_384);
          await pause((part.length * 1_000) / bytesPerSecond);
          while (state === 'frozen') await pause(20);
          carried += part.length;
          this.push(part);
        }
        done();
      },
    });
  const server = createServer((client) => {
    if (state === 'cut') return void client.resetAndDestroy();
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => client.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    client.pipe(upstream);
    upstream.pipe(slow()).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get carried() {
      return carried;
    },
    freeze: () => {
      state = 'frozen';
    },
    cut: () => {
      state = 'cut';
      for (const socket of sockets) socket.resetAndDestroy();
    },
    mend: () => {
      state = 'open';
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
