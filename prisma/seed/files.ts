import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from '#lib/io/env.ts';
import { leaseKey } from '#lib/io/lease-key.ts';
import type { MachineKeys } from './keys.ts';
import type { PlayedMachine } from './machines.ts';

const folder = () => join(env().dir, 'demo');
const hostsPath = () => join(folder(), 'hosts', 'hosts.json');
const identitiesPath = () => join(folder(), 'hosts', 'identities.json');
const codePath = () => join(folder(), 'enrolment-code');

/** Who a simulated host is, as the program that plays them keeps it: by the SHA-256 of its code. */
type Identity = { readonly machineId: string; readonly leaseKey: string; readonly keys: MachineKeys };

/** The keys that an earlier start kept, by machine. */
export async function keptKeys(): Promise<ReadonlyMap<string, MachineKeys>> {
  const text = await readFile(identitiesPath(), 'utf8').catch(() => '{}');
  try {
    const kept = Object.values(JSON.parse(text) as Record<string, Identity>);
    return new Map(kept.map(({ machineId, keys }) => [machineId, keys]));
  } catch {
    return new Map();
  }
}

/**
 * Writes what the program that plays the simulated hosts needs: what each says of itself, and who it is already, so that
 * none has to enrol. Private keys: only the owner can read it.
 */
export async function keepHosts(machines: readonly PlayedMachine[]): Promise<void> {
  const { publicKey } = leaseKey();
  // They are enrolled: the word that stands where a code would is none.
  const hosts = machines.map(({ machineId, specification, selfTest }) => ({
    code: `seeded ${machineId}`,
    specification,
    selfTest,
  }));
  const identities: Record<string, Identity> = Object.fromEntries(
    machines.map(({ machineId, keys }) => [
      createHash('sha256').update(`seeded ${machineId}`).digest('hex'),
      { machineId, leaseKey: publicKey, keys },
    ]),
  );
  await writePrivate(identitiesPath(), `${JSON.stringify(identities)}\n`);
  await writePrivate(hostsPath(), `${JSON.stringify(hosts)}\n`);
}

/** Where the local agent looks for its one-time code. */
export async function keepCode(code: string): Promise<void> {
  await writePrivate(codePath(), `${code}\n`);
}

export async function forgetCode(): Promise<void> {
  await rm(codePath(), { force: true });
}

/** The machine that the local agent believes to be; null before it has enrolled. */
export async function localIdentity(): Promise<string | null> {
  const text = await readFile(join(env().dir, 'agent', 'identity.json'), 'utf8').catch(() => 'null');
  try {
    return (JSON.parse(text) as { machineId?: string } | null)?.machineId ?? null;
  } catch {
    return null;
  }
}

/** Puts an identity aside that this market does not know (any more), so that the local agent enrols anew. */
export async function forgetIdentity(): Promise<void> {
  for (const name of ['identity.json', 'keys.json']) {
    const path = join(env().dir, 'agent', name);
    await rename(path, `${path}.old`).catch(() => undefined);
  }
}

async function writePrivate(path: string, text: string): Promise<void> {
  await mkdir(join(folder(), 'hosts'), { recursive: true, mode: 0o700 });
  await chmod(folder(), 0o700);
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
