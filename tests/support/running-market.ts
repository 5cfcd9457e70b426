import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';

/** A whole market as `npm start` runs it, with its data in a folder of its own. */
export type RunningMarket = {
  readonly url: string;
  /** Stops the programs of these roles where they stand: to everybody else they are silent. */
  freeze(...roles: readonly string[]): void;
  thaw(...roles: readonly string[]): void;
  /** Ends a program at once; its supervisor starts it again. */
  kill(role: string): void;
  /** Ends it as Ctrl-C does and keeps its data; resolves to what it said last. */
  end(): Promise<string>;
  /** Starts it anew, after {@link end}, with its data and at its address. */
  again(): Promise<RunningMarket>;
  /** Ends it and throws its data away. */
  stop(): Promise<void>;
  /** Processes of this market that live. */
  processes(): number[];
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** Processes whose environment names this folder, and this role when one is given. */
function processesOf(dir: string, role?: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        return (
          variables.includes(`SUBLET_DIR=${dir}`) && (role === undefined || variables.includes(`SUBLET_ROLE=${role}`))
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}

type Variables = Readonly<Record<string, string>>;

/** Starts a market and waits until it says that it is ready; `more` are further variables of it. */
export async function startMarket(more: Variables = {}): Promise<RunningMarket> {
  return startIn(await mkdtemp(join(tmpdir(), 'sublet-loop-')), await freePort(), more);
}

async function startIn(dir: string, port: number, more: Variables): Promise<RunningMarket> {
  const child: ChildProcess = spawn(process.execPath, ['bin/start.mjs'], {
    env: { ...process.env, ...more, PORT: String(port), SUBLET_DIR: dir, NODE_ENV: 'production', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: Buffer) => (output = `${output}${text}`.slice(-20_000)));
  const url = `http://127.0.0.1:${port}`;
  await eventually(
    async () => {
      if (child.exitCode !== null) throw new Error(`The market ended with exit code ${child.exitCode}:\n${output}`);
      const answer = await fetch(`${url}/api/ready`).catch(() => undefined);
      if (answer?.status !== 200) throw new Error(`not ready: ${await answer?.text()}\n${output}`);
      return true;
    },
    { withinSeconds: 240, everyMs: 250 },
  );
  const signal = (roles: readonly string[], which: NodeJS.Signals) => {
    for (const role of roles) for (const pid of processesOf(dir, role)) process.kill(pid, which);
  };
  return {
    url,
    freeze: (...roles) => signal(roles, 'SIGSTOP'),
    thaw: (...roles) => signal(roles, 'SIGCONT'),
    kill: (role) => signal([role], 'SIGKILL'),
    processes: () => processesOf(dir),
    end: async () => {
      if (child.exitCode === null) {
        child.kill('SIGINT');
        await once(child, 'close');
      }
      return output;
    },
    again: () => startIn(dir, port, more),
    stop: async () => {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}
