import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A throw-away ssh identity in a folder of its own. */
export type Identity = { readonly folder: string; readonly publicKey: string; readonly keyFile: string };

/** Makes an ed25519 key with the machine's own ssh-keygen. Remove the folder with {@link forgetIdentity}. */
export async function makeIdentity(): Promise<Identity> {
  const folder = await mkdtemp(join(tmpdir(), 'sublet-smoke-'));
  const keyFile = join(folder, 'key');
  await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'smoke', '-f', keyFile]);
  return { folder, keyFile, publicKey: (await readFile(`${keyFile}.pub`, 'utf8')).trim() };
}

export async function forgetIdentity(identity: Identity): Promise<void> {
  await rm(identity.folder, { recursive: true, force: true });
}

export type Address = { readonly host: string; readonly port: number; readonly user: string; readonly hostKey: string };

/** Runs a command with stock ssh, accepting only the host key that the market named. Answers its stdout. */
export async function runBySsh(identity: Identity, address: Address, command: string): Promise<string> {
  const knownHosts = join(identity.folder, 'known_hosts');
  await writeFile(knownHosts, `[${address.host}]:${address.port} ${address.hostKey}\n`);
  const { stdout } = await execute(
    'ssh',
    [
      '-F',
      '/dev/null',
      '-i',
      identity.keyFile,
      '-o',
      'IdentitiesOnly=yes',
      '-o',
      'BatchMode=yes',
      '-o',
      'ConnectTimeout=15',
      '-o',
      'StrictHostKeyChecking=yes',
      '-o',
      `UserKnownHostsFile=${knownHosts}`,
      '-p',
      String(address.port),
      `${address.user}@${address.host}`,
      command,
    ],
    { timeout: 30_000 },
  );
  return stdout;
}
