import { connect as connectTcp, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { WorkloadFailure } from '../runtime.ts';
import { SSH_PORT, SSHD_ENVIRONMENT, SSHD_INLINE, SSHD_LISTEN } from '../shell/tools.ts';
import { asFailure, inspect } from './engine.ts';
import { frameReader, onlyStdout } from './frames.ts';

const CONNECT_MS = 2_000;
const ANSWER_MS = 15_000;
/** There is no way from here to the container's address (Docker Desktop, a remote engine): not that nobody listens. */
const NO_PATH = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EACCES', 'EPERM', 'EADDRNOTAVAIL']);

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException)?.code ?? '';
}

function openTcp(host: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port: SSH_PORT, allowHalfOpen: true, noDelay: true });
    socket.setTimeout(CONNECT_MS, () => {
      socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.removeListener('error', reject);
      resolve(socket);
    });
  });
}

/** Resolves when the first bytes of a stream are an ssh server's (RFC 4253 §4.2), and ends it; rejects otherwise. */
export function expectBanner(stream: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = '';
    const timer = setTimeout(() => finish('said nothing'), ANSWER_MS);
    const finish = (problem: string | null) => {
      clearTimeout(timer);
      stream.removeAllListeners('data');
      stream.on('error', () => {});
      stream.destroy();
      if (problem === null) resolve();
      else reject(new WorkloadFailure('shellFailed', `The ssh server in the container ${problem}.`));
    };
    stream.on('data', (chunk: Buffer) => {
      seen += chunk.toString('latin1');
      if (seen.startsWith('SSH-2.0-')) finish(null);
      else if (seen.length >= 8) finish('answered with something else');
    });
    stream.once('error', (error) => finish(`broke the connection (${error.message})`));
    stream.once('close', () => finish('closed the connection'));
  });
}

/** The ssh servers inside containers: started there, reached from here. */
export function shellServers(docker: Docker, reach: 'address' | 'exec') {
  /** The container's address, or `exec` where no address can be reached. */
  const paths = new Map<string, string>();
  const listening = new Map<string, Promise<void>>();

  async function exec(name: string, command: string[], stdin: boolean) {
    const made = await docker.getContainer(name).exec({
      Cmd: command,
      Env: SSHD_ENVIRONMENT,
      User: '0:0',
      WorkingDir: '/',
      AttachStdin: stdin,
      AttachStdout: stdin,
      AttachStderr: true,
      Tty: false,
    });
    return { made, socket: await made.start({ hijack: true, stdin }) };
  }

  /** Starts sshd in the container and resolves when it says that it listens. */
  async function listen(name: string): Promise<void> {
    const { made, socket } = await exec(name, SSHD_LISTEN, false);
    const read = frameReader();
    const impatience = setTimeout(() => socket.destroy(new Error('it does not say that it listens')), ANSWER_MS);
    let said = '';
    try {
      for await (const chunk of socket) {
        for (const { bytes } of read(chunk as Buffer)) said = `${said}${bytes.toString('utf8')}`.slice(-2_000);
        if (said.includes(`Server listening on 0.0.0.0 port ${SSH_PORT}`)) return;
      }
    } finally {
      clearTimeout(impatience);
      socket.destroy();
    }
    const { ExitCode } = await made.inspect();
    const reason = said.trim().split('\n').slice(-3).join(' ') || `it ended with code ${ExitCode}`;
    throw new WorkloadFailure('shellFailed', `The ssh server could not start in the container: ${reason}`);
  }

  function listenOnce(name: string): Promise<void> {
    const already = listening.get(name);
    if (already !== undefined) return already;
    const work = listen(name).finally(() => listening.delete(name));
    listening.set(name, work);
    return work;
  }

  /** A server of its own for one stream: slower, but it needs no network. */
  async function inline(name: string): Promise<Duplex> {
    const { socket } = await exec(name, SSHD_INLINE, true);
    const out = onlyStdout(() => {});
    socket.on('error', (error) => out.destroy(error));
    socket.pipe(out);
    return Duplex.from({ readable: out, writable: socket });
  }

  async function addressOf(name: string): Promise<string> {
    const container = await inspect(docker, name);
    if (container?.State.Running !== true) {
      throw new WorkloadFailure('shellFailed', 'The container of this booking is not running.');
    }
    const networks = Object.values(container.NetworkSettings.Networks ?? {});
    const address = networks.map(({ IPAddress }) => IPAddress).find((ip) => ip !== undefined && ip !== '');
    return address ?? 'exec';
  }

  async function connect(name: string): Promise<Duplex> {
    const path = paths.get(name) ?? (reach === 'exec' ? 'exec' : await addressOf(name));
    paths.set(name, path);
    if (path === 'exec') return inline(name);
    try {
      return await openTcp(path).catch(async (error) => {
        if (codeOf(error) !== 'ECONNREFUSED') throw error;
        await listenOnce(name);
        return openTcp(path);
      });
    } catch (error) {
      paths.delete(name);
      if (!NO_PATH.has(codeOf(error))) throw error;
      await addressOf(name);
      const stream = await inline(name);
      paths.set(name, 'exec');
      return stream;
    }
  }

  return {
    async connect(name: string): Promise<Duplex> {
      try {
        return await connect(name);
      } catch (error) {
        throw asFailure(error, 'shellFailed', 'The ssh server in the container cannot be reached.');
      }
    },

    /** Starts the server where there is none and makes sure that it answers as one. */
    async bringUp(name: string, justStarted: boolean): Promise<void> {
      paths.delete(name);
      try {
        if (justStarted && reach === 'address') await listenOnce(name);
      } catch (error) {
        throw asFailure(error, 'shellFailed', 'The ssh server could not start in the container.');
      }
      await expectBanner(await this.connect(name));
    },

    forget(name: string): void {
      paths.delete(name);
    },
  };
}
