import { readFile } from 'node:fs/promises';
import type Docker from 'dockerode';
import { SSH_PORT } from '../shell/tools.ts';
import { unlessGone } from './engine.ts';

/** More are not told: a program that opens hundreds is a scanner or a mistake. */
const MOST_PORTS = 64;
/** The state of a socket that listens, in /proc/net/tcp (Documentation/networking/proc_net_tcp.rst). */
const LISTENING = '0A';
/** 127.0.0.11: the name server that Docker itself puts into a container. */
const DOCKERS_RESOLVER = '0B00007F';

/**
 * On which TCP ports the programs of a running container listen, as the kernel tells of its network; our own ssh server's is
 * left out. Null where this process cannot see the container's (an engine elsewhere). Starts no process.
 */
export async function listeningPorts(container: Docker.Container): Promise<number[] | null> {
  const found = await unlessGone(container.inspect());
  const pid = found?.State.Pid ?? 0;
  if (pid <= 0) return null;
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => null)),
  );
  return tables[0] === null ? null : portsIn(tables.join('\n'));
}

/** The listening ports of tables as /proc/net/tcp and tcp6 have them, each once, in order. */
export function portsIn(tables: string): number[] {
  const ports = new Set<number>();
  for (const line of tables.split('\n')) {
    const [, address = '', port = '', state] = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ ([0-9A-F]{2}) /.exec(line) ?? [];
    if (state === LISTENING && address !== DOCKERS_RESOLVER) ports.add(Number.parseInt(port, 16));
  }
  ports.delete(SSH_PORT);
  return [...ports]
    .filter((port) => port > 0)
    .sort((a, b) => a - b)
    .slice(0, MOST_PORTS);
}
