import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROTOCOL_VERSION } from '../../protocol/words.ts';
import { type ServedLog, type Witnessed, witnessed } from '../witness.ts';
import { writePrivateFile } from './files.ts';

const SECONDS = 20;
const MOST_BYTES = 256 * 1_024;

/** The public log of the market at `url`, over HTTP. */
export function servedLog(url: string): ServedLog {
  const get = async (path: string): Promise<Uint8Array | null> => {
    const answer = await fetch(`${url}/log/${path}`, {
      redirect: 'error',
      signal: AbortSignal.timeout(SECONDS * 1_000),
    });
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`${url}/log/${path} answered ${answer.status}`);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (bytes.length > MOST_BYTES) throw new Error(`${url}/log/${path} has no end`);
    return bytes;
  };
  const text = async (path: string) => {
    const bytes = await get(path);
    return bytes === null ? null : new TextDecoder().decode(bytes);
  };
  return {
    key: async () => (await text('key'))?.trim() ?? null,
    checkpoint: () => text('checkpoint'),
    tile: get,
    others: async () => ((await text('witnesses')) ?? '').split('\f').filter((note) => note !== ''),
  };
}

/** Tells the market what this machine holds to, and what it refused. Rejects when it is not heard. */
export async function tellWitnessed(url: string, token: string, state: Witnessed): Promise<void> {
  const { checkpoint, refused } = state;
  const answer = await fetch(`${url}/api/agent/v1/witness`, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(SECONDS * 1_000),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      protocol: PROTOCOL_VERSION,
      checkpoint,
      refused: refused === null ? null : { checkpoint: refused.checkpoint, why: refused.why },
    }),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the market answered ${answer.status}`);
}

/** What this machine kept of the log; null at first. What is damaged is begun anew. */
export function keptWitnessed(folder: string): Witnessed | null {
  const path = join(folder, 'witness.json');
  if (!existsSync(path)) return null;
  try {
    return witnessed.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

export function keepWitnessed(folder: string, state: Witnessed): void {
  writePrivateFile(join(folder, 'witness.json'), `${JSON.stringify(state, null, 2)}\n`);
}
