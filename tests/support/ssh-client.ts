import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import type { ContainerRuntime } from '#agent/act/runtime.ts';
import { eventually } from './eventually.ts';

export type Finished = { code: number | null; signal: string | null; stdout: Buffer; stderr: string };

/** A person with Debian's ssh client, a key pair and a folder of their own. */
export function sshPerson() {
  const home = mkdtempSync(join(tmpdir(), 'sublet-ssh-'));
  const key = join(home, 'id_ed25519');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'renter', '-f', key]);
  return {
    home,
    publicKey: readFileSync(`${key}.pub`, 'utf8').trim(),
    options: ['-F', '/dev/null', '-i', key, '-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR'],
    /** Trusts exactly this host key for whatever is reached under `alias`. */
    trusting(alias: string, hostKey: string): string[] {
      const knownHosts = join(home, `known_hosts_${alias}`);
      writeFileSync(knownHosts, `${alias} ${hostKey}\n`);
      const known = ['-o', `HostKeyAlias=${alias}`, '-o', `UserKnownHostsFile=${knownHosts}`];
      return [...known, '-o', 'StrictHostKeyChecking=yes'];
    },
    forget: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Runs a program to its end, with bytes on its stdin. */
export async function runProgram(command: string, args: string[], input: Buffer | string = ''): Promise<Finished> {
  const child = spawn(command, args, { stdio: 'pipe' });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString('utf8') };
}

/** A loopback port that leads to a lease's shell, as a gateway's port would. */
export async function doorTo(runtime: ContainerRuntime, leaseId: string): Promise<{ port: number; close: () => void }> {
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    client.on('error', () => {});
    runtime.connect(leaseId).then(
      (shell) => {
        pipeline(client, shell, () => {});
        pipeline(shell, client, () => {});
      },
      () => client.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, close: () => server.close() };
}

/** A program in a terminal of its own (util-linux `script`), driven as a person would. */
export function inTerminal(command: string) {
  const child: ChildProcess = spawn('script', ['-qefc', `tty; ${command}`, '/dev/null'], { stdio: 'pipe' });
  let seen = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    seen += chunk.toString('utf8');
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    type: (text: string) => void child.stdin?.write(text),
    seen: () => seen,
    /** Resolves when what was printed matches; answers the match. */
    sees: (pattern: RegExp) =>
      eventually(() => {
        const match = pattern.exec(seen);
        if (match === null) throw new Error(`${pattern} is not in ${JSON.stringify(seen)}`);
        return match;
      }),
    async resize(columns: number, rows: number) {
      const [terminal = ''] = await eventually(() => /\/dev\/pts\/\d+/.exec(seen));
      execFileSync('stty', ['-F', terminal, 'cols', String(columns), 'rows', String(rows)]);
    },
    ended,
    kill: () => child.kill('SIGKILL'),
  };
}
