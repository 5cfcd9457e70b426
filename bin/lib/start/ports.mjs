import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Stop } from '../say.mjs';

const RANGE = 100;
const FIRST = 22_000;
const STEP = RANGE + 10;
const PLACES = 90;

/** The ports of the gateway: found free once, then kept, so that a renter's ssh line stays true after a restart. */
export async function gatewayPorts(dir, publicHost, webPort) {
  const path = join(dir, 'ports.json');
  const kept = await readFile(path, 'utf8')
    .then(JSON.parse)
    .catch(() => undefined);
  if (
    kept !== undefined &&
    (await allFree([kept.tunnel, kept.health], '127.0.0.1')) &&
    (await allFree([kept.from], publicHost))
  )
    return kept;
  // Markets that start at the same time on one machine look in different places first: they open their ports only later.
  const first = createHash('sha256').update(dir).digest().readUInt32BE(0);
  for (let place = 0; place < PLACES; place += 1) {
    const from = FIRST + ((first + place) % PLACES) * STEP;
    const ports = { tunnel: from, health: from + 1, from: from + 2, to: from + 1 + RANGE };
    const wanted = Array.from({ length: RANGE + 2 }, (_, i) => from + i);
    if (wanted.includes(webPort) || !(await allFree(wanted, publicHost))) continue;
    await writeFile(path, JSON.stringify(ports), { mode: 0o600 });
    return ports;
  }
  throw new Stop(
    'No hundred ports in a row are free between 22000 and 31900, and the gateway needs them. End some programs and start again.',
  );
}

async function allFree(ports, host) {
  const answers = await Promise.all(ports.map((port) => isFree(port, host)));
  return answers.every(Boolean);
}

function isFree(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
