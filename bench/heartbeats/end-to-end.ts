import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { LATE_AFTER_SECONDS } from '#lib/catalogue/machine.ts';
import { SYNC_HOLD_SECONDS } from '#protocol/agent.ts';
import { memoryOf, secondsOf, secondsOfFamily } from './processor-time.ts';

export type EndToEndOptions = {
  readonly client: pg.Client;
  readonly postmasterPid: number;
  /** JSON of the agents' identities. */
  readonly identitiesFile: string;
  readonly agents: number;
  readonly intervalSeconds: number;
  readonly seconds: number;
  /** Processes that serve agents, and processes that the agents live in. */
  readonly doors: number;
  readonly clients: number;
  /** So many lose their power in the middle. */
  readonly deaths: number;
  readonly profileFolder?: string | undefined;
};

export type EndToEnd = {
  readonly connectedMs: number;
  readonly beatsPerSecond: number;
  readonly doorCores: number;
  readonly postgresCores: number;
  readonly doorMemoryBytes: number;
  /** From each death to the first look that saw it, in intervals; Infinity for one that was not seen. */
  readonly noticedAfterIntervals: readonly number[];
  readonly falseAlarms: number;
  readonly failedAgents: number;
  readonly newSilences: number;
};

const LOOK_EVERY_MS = 250;
/** A machine is late after this share of the interval: the market's own 19 s at its 10 s. */
const LATE_INTERVALS = LATE_AFTER_SECONDS / SYNC_HOLD_SECONDS;

const here = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));

async function told<T>(child: ChildProcess): Promise<T> {
  const [word] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`a process of the bench ended: ${code}`);
    }),
  ])) as [T];
  return word;
}

async function ask<T>(child: ChildProcess, word: object | string): Promise<T> {
  const answer = told<T>(child);
  child.send(word);
  return answer;
}

type Counted = { readonly beats: number; readonly failed: number };
type Died = { readonly died: readonly string[]; readonly at: number };

/** Agents that beat through the doors as `npm run agents` serves them: what that costs, and how soon a dead one is noticed. */
export async function endToEnd(options: EndToEndOptions): Promise<EndToEnd> {
  const { client, agents, intervalSeconds, seconds, profileFolder } = options;
  const holdMs = String(intervalSeconds * 1_000);
  const profiling = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  const doors = Array.from({ length: options.doors }, () =>
    fork(here('door.ts'), ['0', holdMs], { execArgv: [...process.execArgv, ...profiling] }),
  );
  const clients: ChildProcess[] = [];
  try {
    const ports = await Promise.all(doors.map((door) => told<{ port: number }>(door)));
    const began = performance.now();
    const share = Math.ceil(agents / options.clients);
    for (let at = 0; at < options.clients; at += 1) {
      const port = String(ports[at % ports.length]?.port);
      const range = [String(at * share), String(Math.min(agents, (at + 1) * share))];
      clients.push(fork(here('agents.ts'), [port, options.identitiesFile, ...range]));
    }
    await Promise.all(clients.map((one) => told(one)));
    const connectedMs = performance.now() - began;
    // Once round, so that each agent is in its rhythm.
    await pause(intervalSeconds * 1_500);

    const dead = new Set<string>();
    const watch = watchFor(client, intervalSeconds * LATE_INTERVALS, dead);
    const count = async () => {
      const counted = await Promise.all(clients.map((one) => ask<Counted>(one, { ask: 'count' })));
      return {
        beats: counted.reduce((sum, { beats }) => sum + beats, 0),
        failed: counted.reduce((sum, { failed }) => sum + failed, 0),
        doorSeconds: doors.reduce((sum, door) => sum + secondsOf(door.pid ?? 0), 0),
        postgresSeconds: secondsOfFamily(options.postmasterPid),
        at: performance.now(),
      };
    };
    const before = await count();
    await pause(seconds * 1_000);
    const after = await count();
    const doorMemoryBytes = doors.reduce((sum, door) => sum + memoryOf(door.pid ?? 0), 0);

    const deaths = await Promise.all(
      clients.map((one) => ask<Died>(one, { ask: 'die', many: Math.ceil(options.deaths / options.clients) })),
    );
    for (const machineId of deaths.flatMap(({ died }) => died)) {
      dead.add(machineId);
      watch.forget(machineId);
    }
    await pause(intervalSeconds * 2_500);
    const seen = await watch.stop();
    const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM silences');
    const lasted = (after.at - before.at) / 1_000;
    return {
      connectedMs,
      beatsPerSecond: (after.beats - before.beats) / lasted,
      doorCores: (after.doorSeconds - before.doorSeconds) / lasted,
      postgresCores: (after.postgresSeconds - before.postgresSeconds) / lasted,
      doorMemoryBytes,
      noticedAfterIntervals: deaths.flatMap(({ died, at }) =>
        died.map(
          (machineId) => ((seen.lateAt.get(machineId) ?? Number.POSITIVE_INFINITY) - at) / intervalSeconds / 1_000,
        ),
      ),
      falseAlarms: seen.falseAlarms,
      failedAgents: after.failed,
      newSilences: rows[0]?.count ?? 0,
    };
  } finally {
    for (const one of clients) one.kill('SIGKILL');
    await Promise.all(
      doors.map(async (door) => {
        const gone = once(door, 'exit');
        if (door.exitCode !== null || !door.connected) return;
        door.send('end');
        const cut = setTimeout(() => door.kill('SIGKILL'), 15_000);
        await gone;
        clearTimeout(cut);
      }),
    );
  }
}

/** Looks at the machines as every page does: by how long ago they were heard. */
function watchFor(client: pg.Client, lateAfterSeconds: number, dead: ReadonlySet<string>) {
  const lateAt = new Map<string, number>();
  let falseAlarms = 0;
  let stopped = false;
  const looking = (async () => {
    while (!stopped) {
      const now = new Date();
      const { rows } = await client.query<{ id: string }>({
        name: 'late machines',
        text: 'SELECT id FROM machines WHERE last_sync_at <= $1',
        values: [new Date(now.getTime() - lateAfterSeconds * 1_000)],
      });
      for (const { id } of rows) {
        if (lateAt.has(id)) continue;
        lateAt.set(id, Date.now());
        if (!dead.has(id)) falseAlarms += 1;
      }
      await pause(LOOK_EVERY_MS);
    }
  })();
  return {
    /** One that was late before it died is to be seen again. */
    forget: (machineId: string) => lateAt.delete(machineId),
    async stop() {
      stopped = true;
      await looking;
      return { lateAt, falseAlarms };
    },
  };
}
