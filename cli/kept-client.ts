import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { KeptClient } from './client.ts';
import { MarketError } from './market.ts';

const witnessed = z.object({
  leaseId: z.string(),
  machineId: z.string(),
  machineKey: z.string(),
  sinceMs: z.number(),
  sequence: z.number(),
  hash: z.string(),
  claimedSeconds: z.number(),
  vouchedSeconds: z.number(),
});
const file = z.object({
  v: z.literal(1),
  /** By the market's address and the account's id. */
  clients: z.record(
    z.string(),
    z.object({ id: z.string(), account: z.string(), key: z.string(), seen: z.record(z.string(), witnessed) }),
  ),
});

/** Where programs of this person keep what belongs to them, unless they say otherwise. */
export function usualKeyFile(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'sublet', 'client-keys.json');
}

const nameOf = (market: string, account: string) => `${market} ${account}`;

/** The client that is kept for an account of a market, or null. Throws where the file is there and is not one. */
export async function keptClient(path: string, market: string, account: string): Promise<KeptClient | null> {
  return (await readKept(path)).clients[nameOf(market, account)] ?? null;
}

/** Keeps a client. The file is its owner's alone (0600), and there whole or as it was before. */
export async function keepClient(path: string, market: string, client: KeptClient): Promise<void> {
  const kept = await readKept(path);
  const clients = { ...kept.clients, [nameOf(market, client.account)]: client };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const next = `${path}.${process.pid}.new`;
  await writeFile(next, `${JSON.stringify({ ...kept, clients }, null, 1)}\n`, { mode: 0o600 });
  await rename(next, path);
}

async function readKept(path: string): Promise<z.infer<typeof file>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return { v: 1, clients: {} };
  try {
    return file.parse(JSON.parse(text));
  } catch {
    throw new MarketError('noKeys', `${path} holds no client keys. Move it away, or name another file with --keys.`);
  }
}
